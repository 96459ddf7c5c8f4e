"""`import ecschedule`: rules that keep their task definition, and template functions with values of the user."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.importing.formats import ecschedule
from ops.importing.model import Answers, Draft, Reading, Source, SourceError
from tests.ops.conftest import Ops
from tests.referees import examples

TEXT = """region: eu-west-1
cluster: jobs
shared: &shared
  launch_type: FARGATE
  network_configuration:
    aws_vpc_configuration:
      subnets: [subnet-0123456789abcdef0]
      security_groups: [sg-0123456789abcdef0]
      assign_public_ip: ENABLED
rules:
- name: nightly
  <<: *shared
  description: Nightly report
  scheduleExpression: cron(30 2 * * ? *)
  taskDefinition: "report:{{ must_env `REVISION` }}"
  taskOverride: { cpu: "1024", memory: 2 GB }
  containerOverrides:
  - name: app
    command: [report, --all]
    environment: { LEVEL: '{{ env "LEVEL" "info" }}', NUMBER: 007 }
  dead_letter_config: { sqs: failed }
  propagateTags: TASK_DEFINITION
- name: poll
  scheduleExpression: rate(5 minutes)
  taskDefinition: poll
  disabled: true
  taskCount: 2
"""
ANSWERS = Answers(values={"REVISION": "7", "LEVEL": "debug"})
DOCUMENT = yaml.safe_load(TEXT.replace("{{ must_env `REVISION` }}", "7").replace('{{ env "LEVEL" "info" }}', "debug"))


def read(text: str, answers: Answers = ANSWERS) -> Reading:
    found = ecschedule.read([Source("ecschedule.yaml", text)], answers)
    assert found.uncounted == 0
    return found


def changed(key: str, value: object) -> Draft:
    """The first rule with another value of a key. None removes it."""
    document = copy.deepcopy(DOCUMENT)
    rule = document["rules"][0]
    if value is None:
        del rule[key]
    else:
        rule[key] = value
    return read(json.dumps(document, indent=1)).drafts[0]


def test_each_rule_becomes_a_file(project: Path, ops: Ops):
    (project / "ecschedule.yaml").write_text(TEXT)
    result = ops("import", "ecschedule", "ecschedule.yaml", "--set", "REVISION=7", "--set", "LEVEL=debug")
    assert result.exit_code == 0, result.output
    assert yaml.safe_load((project / "config/tasks/nightly.yaml").read_text()) == {
        "description": "Nightly report",
        "schedule": "cron(30 2 * * ? *)",
        "timezone": "UTC",
        "taskDefinition": "report:7",
        "cluster": "jobs",
        "launch": "fargate",
        "network": {
            "assignPublicIp": True,
            "subnets": ["subnet-0123456789abcdef0"],
            "securityGroups": ["sg-0123456789abcdef0"],
        },
        "container": "app",
        "command": ["report", "--all"],
        "environment": {"LEVEL": "debug", "NUMBER": "007"},
        "cpu": 1024,
        "memory": 2048,
        "propagateTags": True,
    }
    assert yaml.safe_load((project / "config/tasks/poll.yaml").read_text()) == {
        "schedule": "rate(5 minutes)", "enabled": False, "taskDefinition": "poll", "cluster": "jobs",
        "launch": "clusterDefault", "count": 2,
    }  # fmt: skip
    assert "nightly.yaml: the same 366 runs in 366 days as the source." in result.stdout


KEYS: dict[str, tuple[str, object, dict[str, object]]] = {
    "strategy": (
        "capacityProviderStrategy",
        [{"capacityProvider": "FARGATE_SPOT", "weight": 2, "base": 1}],
        {"launch": [{"provider": "FARGATE_SPOT", "weight": 2, "base": 1}]},
    ),
    "version": ("platform_version", "1.4.0", {"platformVersion": "1.4.0"}),
    "cluster": ("cluster", "other", {"cluster": "other"}),
    "vCPU": ("taskOverride", {"cpu": "0.5 vCPU"}, {"cpu": 512}),
    "no public IP": ("network_configuration", {"aws_vpc_configuration": {}}, {"network": {"assignPublicIp": False}}),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys(name: str):
    key, value, expected = KEYS[name]
    found = changed(key, value)
    assert not found.blocked
    assert found.keys | expected == found.keys


NOTES: dict[str, tuple[str, object, str]] = {
    "role": ("role", "events", "The stack's role for EventBridge Scheduler takes its place."),
    "family": ("taskDefinition", "report", "Each deployment chooses the newest revision."),
    "group": ("group", "x", "Runs of a task have no ECS group"),
    "other spelling": ("launchType", "EC2", "ecschedule doesn't read this key"),
    "both": ("capacityProviderStrategy", [{"capacityProvider": "FARGATE"}], "ECS refuses a launch type beside"),
    "wrong strategy": ("capacityProviderStrategy", [{"capacityProvider": "A", "x": 1}], "nothing here corresponds"),
    "size of a container": ("containerOverrides", [{"name": "app", "cpu": 10}], "sets the size of the task"),
}


@pytest.mark.parametrize("name", NOTES)
def test_what_is_not_taken_is_reported(name: str):
    key, value, note = NOTES[name]
    assert note in " ".join(each.note for each in changed(key, value).decisions)


BLOCKED: dict[str, tuple[str, object, str]] = {
    "no task definition": ("taskDefinition", None, "The rule has no task definition."),
    "expression": ("scheduleExpression", "cron(0 3 * * * *)", "An EventBridge rule doesn't accept cron(0 3 * * * *)."),
    "several containers": (
        "containerOverrides",
        [{"name": "a", "command": ["x"]}, {"name": "b", "command": ["y"]}],
        "Only one container of a task can have overrides.",
    ),
}


@pytest.mark.parametrize("name", BLOCKED)
def test_a_draft_that_cannot_be_written_says_why(name: str):
    key, value, note = BLOCKED[name]
    found = changed(key, value)
    assert note in " ".join(each.note for each in found.decisions if each.blocks)


RULE = "rules:\n- {{ name: a, scheduleExpression: rate(1 day), taskDefinition: {} }}\n"
TEMPLATES = {
    "{{ must_env `A` }}": "7",
    '{{- must_env "A" -}}': "7",
    '{{ env "MISSING" "A" "default" }}': "7",
    "{{ tfstate `aws_x.y['z'].id` }}": "8",
    "{{ tfstatef `aws_x.y['%s'].id` `z` }}": "8",
    "{{ tfstatef `aws_x.y['%s'].id` (must_env `Z`) }}": "8",
    "{{ plugin `first_tfstate` `aws_x.y['z'].id` }}": "8",
    "{{ first_tfstate `aws_x.y['z'].id` }}": "8",
    "{{ ssm `/a/b` }}": "9",
    "x{{/* a\ncomment */}}": "x",
}


@pytest.mark.parametrize("text", TEMPLATES)
def test_template_functions_have_values_of_the_user(text: str):
    values = {"A": "7", "aws_x.y['z'].id": "8", "Z": "z", "/a/b": "9"}
    (draft,) = read(RULE.format(text), Answers(values=values)).drafts
    assert draft.keys["taskDefinition"] == TEMPLATES[text]


REFUSED = {
    "{{ must_env `A` }}": "ecschedule.yaml:2: What is the value of A? Pass --set 'A=VALUE'.",
    '{{ env "A" "b" }}': "ecschedule.yaml:2: What is the value of A? Pass --set A=VALUE. The default is b.",
    "{{ if .X }}": "ecschedule.yaml:2: {{ if .X }} isn't a function with a value",
    "{{ .Values.x }}": "ecschedule.yaml:2: {{ .Values.x }} isn't a function with a value",
    "{{ printf `%s` `a` }}": "isn't a function with a value",
    "{{ must_env `A` | upper }}": "isn't a function with a value",
    "{{ open": "ecschedule.yaml:2: A template function isn't closed with }}",
    "{% if x %}": "ecschedule.yaml:2: This template isn't one of ecschedule.",
}


@pytest.mark.parametrize("text", REFUSED)
def test_another_template_is_refused_with_its_line(text: str):
    with pytest.raises(SourceError) as error:
        read(RULE.format(text), Answers())
    assert REFUSED[text] in str(error.value)


def test_a_comment_keeps_its_templates_and_lines_stay():
    text = f"# {{{{ must_env `A` }}}}\n{{{{/* one\ntwo */}}}}\n{RULE.format('a')}".replace("name: a", "zz: 1")
    found = [each for each in read(text, Answers()).every if each.outcome == "not possible"]
    assert [(each.key, each.line) for each in found] == [("rules[0].zz", 5)]


BAD = {
    "many.yaml": ("{{" * 500_000, "many.yaml:1: A template function isn't closed"),
    "other.yaml": ("kind: CronJob\n", "other.yaml:1: There are no rules of ecschedule in this file."),
    "cloudformation.yaml": ("rules:\n- name: a\n", "cloudformation.yaml:1: There are no rules of ecschedule"),
    "empty.yaml": ("", "empty.yaml: There are no rules of ecschedule in this file."),
    "x.jsonnet": ("local a = 1;\n{ rules: [] }\n", "x.jsonnet:2: The file is not YAML"),
    "large.yaml": ("a: 1\n" * 2_500_000, "large.yaml: The file has more than 4 MiB."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_one_message_with_its_place(project: Path, ops: Ops, name: str):
    content, message = BAD[name]
    (project / name).write_text(content)
    result = ops("import", "ecschedule", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert len(result.stderr.splitlines()) == 1


def _objects(value: Any) -> list[dict[str, Any]]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [*([value] if isinstance(value, dict) else []), *(found for child in children for found in _objects(child))]


@settings(max_examples=examples(60))
@given(st.data())
def test_no_key_is_lost(data: st.DataObject):
    """Random keys anywhere in the rules: each is decided once, and reported."""
    document = copy.deepcopy(DOCUMENT)
    names = data.draw(st.lists(st.from_regex(r"zz[a-z]{3}", fullmatch=True), min_size=1, max_size=4, unique=True))
    for name in names:
        free = {"LEVEL", "sqs", *names}
        new = ([], ["a"], ["b"])
        objects = [each for each in _objects(document["rules"]) if not free & set(each) and list(each) not in new]
        data.draw(st.sampled_from(objects))[name] = data.draw(st.sampled_from([1, "x", {"a": {"b": 1}}, [1, 2], {}]))
    found = read(json.dumps(document, indent=1))
    lost = " ".join(each.key for each in found.every if each.outcome == "not possible")
    for name in names:
        assert name in lost


def test_plugins_are_not_needed():
    document = {**copy.deepcopy(DOCUMENT), "plugins": [{"name": "tfstate", "config": {"url": "s3://a/b"}}]}
    found = read(json.dumps(document, indent=1))
    assert [each.outcome for each in found.every if each.key.startswith("plugins")] == ["changed"]
