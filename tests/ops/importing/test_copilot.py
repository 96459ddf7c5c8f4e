"""`import copilot`: what it writes per environment, what it asks, and what it refuses."""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from config.layers import merged
from ops.importing.formats import copilot
from ops.importing.model import Answers, Draft, Reading, Source, SourceError
from ops.importing.neighbors import neighbors
from tests.ops.conftest import Ops
from tests.referees import examples

ANSWERS = Answers(app="shop", region="eu-west-1", account="111111111111", values={"TAG": "7"})
TEXT = """name: report
type: Scheduled Job
on:
  schedule: "0 9 * * 1-5"
image:
  build: jobs/report/Dockerfile
  healthcheck:
    command: ["CMD-SHELL", "true"]
command: run --all 'a b'
cpu: 512
memory: 1024
platform: linux/arm64
retries: 2
timeout: 1h30m
network:
  vpc:
    placement: private
    security_groups: [sg-0123456789abcdef0]
variables:
  LEVEL: info
  NUMBER: 007
  FLAG: True
secrets:
  TOKEN: /copilot/${COPILOT_APPLICATION_NAME}/${COPILOT_ENVIRONMENT_NAME}/secrets/token
  DATABASE:
    secretsmanager: shop/database
storage:
  ephemeral: 30
  volumes:
    scratch: { path: /data, read_only: false }
sidecars:
  proxy:
    image: proxy:${TAG}
    port: 80
    mount_points: [{ source_volume: scratch, path: /srv }]
logging: { retention: 90 }
environments:
  test:
  prod:
    cpu: 1024
    memory: 2048
    on: { schedule: "@daily" }
    image: { location: "report:7" }
    variables: { LEVEL: warn, NUMBER: null }
"""
# PyYAML reads the key `on` as true.
DOCUMENT = yaml.safe_load(re.sub(r"\bon:", '"on":', TEXT))


def read(text: str, answers: Answers = ANSWERS) -> Reading:
    found = copilot.read([Source("manifest.yml", text)], answers)
    assert found.uncounted == 0
    return found


def changed(path: str, value: object, answers: Answers = ANSWERS) -> Draft:
    """The draft of a manifest without environments in which a path of keys has another value. None removes the key."""
    document = copy.deepcopy(DOCUMENT)
    del document["environments"]
    document["secrets"].pop("TOKEN")
    *parents, last = path.split(".")
    found = document
    for part in parents:
        found = found.setdefault(part, {})
    if value is None:
        del found[last]
    else:
        found[last] = value
    (draft,) = read(json.dumps(document, indent=1), answers).drafts
    return draft


def notes(draft: Draft) -> str:
    return " ".join(each.note for each in draft.decisions)


STACK = """config:
  aws:region: eu-west-1 # near
  scheduled-tasks:catalogue: [backup] # listed
  scheduled-tasks:tasks:
    # kept
    backup: { image: "backup:1", schedule: rate(1 day) }
"""


def test_each_environment_becomes_an_entry_of_its_stack(project: Path, ops: Ops):
    (project / "copilot" / "report").mkdir(parents=True)
    (project / "copilot" / "report" / "manifest.yml").write_text(TEXT)
    (project / "Pulumi.production.yaml").write_text(STACK)
    (project / "Pulumi.test.yaml").unlink()
    given = ("--app", "shop", "--region", "eu-west-1", "--account", "111111111111", "--set", "TAG=7")
    given += ("--stack", "prod=production", "--leave-out", "COPILOT_*", "--force")
    result = ops("import", "copilot", "copilot", *given)
    assert result.exit_code == 0, result.output
    assert yaml.safe_load((project / "config/tasks/report.yaml").read_text()) == {
        "schedule": "cron(0 9 ? * MON-FRI *)",
        "timezone": "UTC",
        "cpu": 512,
        "memory": 1024,
        "ephemeralStorage": 30,
        "image": {"build": "jobs/report"},
        "healthCheck": {"command": ["CMD-SHELL", "true"], "retries": 2, "interval": "10s", "timeout": "5s"},
        "command": ["run", "--all", "a b"],
        "environment": {"LEVEL": "info", "NUMBER": "007", "FLAG": "True"},
        "secrets": {"DATABASE": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/database"},
        "volumes": {"scratch": {"path": "/data", "readOnly": False}},
        "readOnlyRoot": False,
        "sidecars": {
            "proxy": {
                "image": "proxy:7",
                "essential": True,
                "mounts": {"scratch": "/srv"},
                "readOnlyMounts": {"scratch": True},
            }
        },
        "retryRun": {"attempts": 2, "delay": "10s"},
        "timeout": "90m",
        "network": {"subnets": "private", "assignPublicIp": False, "securityGroups": ["sg-0123456789abcdef0"]},
        "architecture": "arm64",
        "logs": {"retentionDays": 90},
    }
    assert (project / "Pulumi.production.yaml").read_text() == (
        STACK.replace("[backup]", "[backup, report]")
        + """    report:
      schedule: "cron(0 0 * * ? *)"
      cpu: 1024
      memory: 2048
      image: report:7
      environment: { LEVEL: warn }
      secrets: { TOKEN: "/copilot/shop/prod/secrets/token" }
"""
    )
    tests = yaml.safe_load((project / "Pulumi.test.yaml").read_text())["config"]["scheduled-tasks:tasks"]
    assert tests["report"] == {"secrets": {"TOKEN": "/copilot/shop/test/secrets/token"}}
    assert "test has the same 26" in result.stdout
    assert "production has the same 366 runs in 366 days as the source." in result.stdout


def test_a_lost_key_stops_the_import(project: Path, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(copilot, "leaves_of", lambda text: 1000)
    (project / "manifest.yml").write_text(TEXT)
    result = ops("import", "copilot", "manifest.yml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "its decisions don't cover each key of the files exactly once. Nothing was written." in result.stderr


def test_a_dry_run_shows_the_entries_and_writes_nothing(project: Path, ops: Ops):
    (project / "manifest.yml").write_text(TEXT.replace("  test:\n", ""))
    given = ("--app", "shop", "--region", "eu-west-1", "--account", "111111111111", "--set", "TAG=7")
    result = ops("import", "copilot", "manifest.yml", *given, "--dry-run")
    assert (
        "Pulumi.prod.yaml, with these lines:\n  config:\n    scheduled-tasks:tasks:\n      report:\n" in result.stdout
    )
    assert not (project / "Pulumi.prod.yaml").exists()
    data = json.loads(ops("import", "copilot", "manifest.yml", *given, "--dry-run", "--json").stdout)
    assert data["tasks"][0]["stacks"]["prod"]["keys"]["cpu"] == 1024
    assert data["tasks"][0]["stacks"]["prod"]["runs"] == 366
    assert data["stackFiles"][0]["lines"][0] == "config:"


def test_an_existing_entry_is_replaced_only_with_force(project: Path, ops: Ops):
    text = TEXT.replace("  test:\n", "")
    (project / "manifest.yml").write_text(text)
    entry = "    report:\n      cpu: 256\n    last: { schedule: rate(1 day), image: last:1 }\n"
    (project / "Pulumi.prod.yaml").write_text(STACK.replace("[backup]", "true") + entry)
    given = ("--app", "shop", "--region", "eu-west-1", "--account", "111111111111", "--set", "TAG=7")
    refused = ops("import", "copilot", "manifest.yml", *given)
    assert refused.exit_code == 1
    assert 'Pulumi.prod.yaml has an entry for "report". To replace it, pass --force.' in refused.stdout
    assert not (project / "config/tasks/report.yaml").exists()
    ops("import", "copilot", "manifest.yml", *given, "--force")
    written = (project / "Pulumi.prod.yaml").read_text()
    assert written.startswith(STACK.replace("[backup]", "true") + "    report:\n      schedule:")
    assert written.endswith("    last: { schedule: rate(1 day), image: last:1 }\n")
    assert "cpu: 256" not in written


def test_a_schedule_that_differs_in_one_environment_blocks_the_task():
    found = read(TEXT.replace('"@daily"', '"0 0 1 * 1"')).drafts[0]
    assert found.blocked
    (problem,) = [each for each in found.decisions if each.blocks]
    assert problem.key == "environments.prod.on.schedule"
    assert "Copilot refuses a day of the month and a day of the week." in problem.note


def test_the_base_is_checked_too_if_it_is_complete():
    complete = read(TEXT.replace("/${COPILOT_ENVIRONMENT_NAME}", "")).drafts[0]
    assert (complete.complete, read(TEXT).drafts[0].complete) == (True, False)
    assert complete.stacks["test"] == {}


KEYS: dict[str, tuple[str, object, dict[str, object]]] = {
    "old schedule": ("schedule", "@hourly", {"schedule": "cron(0 9 ? * MON-FRI *)"}),
    "interval": ("on.schedule", "@every 1h30m", {"schedule": "rate(90 minutes)"}),
    "AWS expression": ("on.schedule", "cron(0 6 ? * MON *)", {"schedule": "cron(0 6 ? * MON *)", "timezone": "UTC"}),
    "none": ("on.schedule", "none", {"schedule": "none"}),
    "location": ("image", {"location": "a:1", "credentials": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:r"},
        {"image": "a:1", "registryCredentials": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:r"}),
    "context only": ("image", {"build": {"context": "jobs"}}, {"image": {"build": "jobs"}}),
    "both": ("image", {"build": {"context": ".", "dockerfile": "jobs/Dockerfile", "target": "run", "args": {"A": 1}}},
        {"image": {"build": ".", "dockerfile": "jobs/Dockerfile", "target": "run", "args": {"A": "1"}}}),
    "list": ("command", ["a", "b c"], {"command": ["a", "b c"]}),
    "entrypoint": ("entrypoint", "/bin/sh -c", {"entryPoint": ["/bin/sh", "-c"]}),
    "no retries": ("retries", 0, {"timeout": "90m"}),
    "many retries": ("retries", 20, {"retryRun": {"attempts": 10, "delay": "10s"}}),
    "short timeout": ("timeout", "10s", {"timeout": "1m"}),
    "public": ("network", {"vpc": {"placement": "public"}}, {"network": {"subnets": "public", "assignPublicIp": True}}),
    "default placement": ("network", {}, {"network": {"subnets": "public", "assignPublicIp": True}}),
    "subnets": ("network.vpc", {"placement": {"subnets": ["subnet-0123456789abcdef0"]}},
        {"network": {"assignPublicIp": False, "subnets": ["subnet-0123456789abcdef0"]}}),
    "tags of subnets": ("network.vpc", {"placement": {"subnets": {"from_tags": {"tier": ["private"]}}}},
        {"network": {"assignPublicIp": False, "subnets": {"tags": {"tier": "private"}}}}),
    "groups": ("network.vpc.security_groups", {"groups": ["sg-0123456789abcdef1"], "deny_default": True},
        {"network": {"subnets": "private", "assignPublicIp": False, "securityGroups": ["sg-0123456789abcdef1"]}}),
    "windows": ("platform", "windows/x86_64", {"operatingSystem": "WINDOWS_SERVER_2019_CORE"}),
    "platform": ("platform", {"osfamily": "linux", "architecture": "arm64"}, {"architecture": "arm64"}),
    "default size": ("cpu", None, {"cpu": 256}),
    "efs": ("storage.volumes", {"data": {"path": "/d", "efs": {"id": "fs-0123456789abcdef0", "root_dir": "/x",
        "auth": {"iam": True, "access_point_id": "fsap-0123456789abcdef0"}}}},
        {"volumes": {"data": {"path": "/d", "readOnly": True, "efs": "fs-0123456789abcdef0", "rootDirectory": "/x",
        "accessPoint": "fsap-0123456789abcdef0", "iam": True}}}),
    "read-only": ("storage.readonly_fs", True, {"readOnlyRoot": True}),
    "labels": ("image.labels", {"team": "shop"}, {"dockerLabels": {"team": "shop"}}),
    "dependency": ("image.depends_on", {"proxy": "start"}, {"dependsOn": {"proxy": "START"}}),
    "tags": ("tags", {"team": "shop"}, {"tags": {"team": "shop"}}),
    "secret": ("secrets", {"A": "PLAIN"}, {"secrets": {"A": "arn:aws:ssm:eu-west-1:111111111111:parameter/PLAIN"}}),
    "ARN": ("secrets", {"A": "arn:aws:ssm:eu-west-1:111111111111:parameter/a"},
        {"secrets": {"A": "arn:aws:ssm:eu-west-1:111111111111:parameter/a"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", KEYS)
def test_keys(name: str):
    path, value, expected = KEYS[name]
    found = changed(path, value)
    assert not found.blocked, notes(found)
    assert found.keys | expected == found.keys


def test_an_escaped_variable_stays():
    """Source: interpolate.go of aws/copilot-cli."""
    assert changed("variables.A", "\\${TAG} ${TAG}").keys["environment"] == {
        "LEVEL": "info", "NUMBER": "7", "FLAG": "true", "A": "${TAG} 7",
    }  # fmt: skip


def test_a_key_that_an_environment_does_not_have_is_removed_there():
    text = TEXT.replace('    on: { schedule: "@daily" }\n', "    platform: linux/x86_64\n    retries: 0\n")
    entry = read(text).drafts[0].stacks["prod"]
    assert {key: entry[key] for key in ("architecture", "retryRun")} == {"architecture": None, "retryRun": None}


def test_two_environments_never_have_one_stack():
    answers = replace(ANSWERS, stacks={"test": "prod"})
    assert "Two environments have the stack prod." in notes(read(TEXT, answers).drafts[0])


def test_other_stacks_that_run_the_task_are_named(project: Path, ops: Ops):
    (project / "manifest.yml").write_text(TEXT)
    (project / "Pulumi.test.yaml").unlink()
    (project / "Pulumi.staging.yaml").write_text(STACK.replace("[backup]", "true"))
    given = ("--app", "shop", "--region", "eu-west-1", "--account", "111111111111", "--set", "TAG=7")
    result = ops("import", "copilot", "manifest.yml", *given, "--dry-run")
    assert "Stack staging runs report too, without an entry of its own" in " ".join(result.stderr.split())
    assert "Stack prod runs" not in result.stderr


def test_no_retries_has_no_key():
    assert "retryRun" not in changed("retries", 0).keys


CHANGED: dict[str, tuple[str, object, str]] = {
    "days": ("on.schedule", "0 9 */2 * *", "Copilot deployed `0 9 */2 * *` as cron(0 9 * * ? *)"),
    "steps": ("on.schedule", "0 9 * * 0-6/2", "Copilot deployed `0 9 * * 0-6/2` as cron(0 9 ? * SUN,WED,SAT *)"),
    "count": ("count", 2, "Copilot starts one run of a job, whatever its count is."),
    "exec": ("exec", True, "Copilot doesn't enable ECS Exec for the runs of a schedule."),
    "timeout": ("timeout", "1h", "In Copilot it includes all retries, here it is per run."),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_ran_is_imported_and_what_was_written_is_reported(name: str):
    path, value, note = CHANGED[name]
    found = changed(path, value)
    assert not found.blocked
    assert note in notes(found)


BLOCKED: dict[str, tuple[str, object, str]] = {
    "no schedule": ("on", None, "The job has no schedule."),
    "seconds": ("on.schedule", "@every 90s", "shortest unit is a minute"),
    "weekday 7": ("on.schedule", "0 0 * * 7", "use 0 to 6"),
    "both days": ("on.schedule", "0 0 1 * 1", "`1` and `1`: Copilot refuses"),
    "hour": ("on.schedule", "0 ? * * *", "`?` isn't a hour"),
    "zone": ("on.schedule", "CRON_TZ=Asia/Tokyo 0 3 * * *", "doesn't have five fields"),
    "expression": ("on.schedule", "cron(0 3 * * * *)", "An EventBridge rule doesn't accept cron(0 3 * * * *)."),
    "no image": ("image", {"port": 80}, "Pass --image."),
    "quotes": ("command", "echo 'a", "A quotation mark isn't closed."),
    "unknown variable": ("cpu", "${SIZE}", "The manifest refers to ${SIZE}. Pass --set SIZE=VALUE."),
    "environment": ("variables.A", "${COPILOT_ENVIRONMENT_NAME}", "Pass --env."),
    "list in a string": ("entrypoint", '["a", "b"]', "Copilot reads the string as a list."),
    "many tags": ("network.vpc.placement", {"subnets": {"from_tags": {"a": ["b", "c"]}}}, "several values"),
}


@pytest.mark.parametrize("name", BLOCKED)
def test_a_draft_that_cannot_be_written_says_why(name: str):
    path, value, note = BLOCKED[name]
    found = changed(path, value)
    assert found.blocked
    assert note in " ".join(each.note for each in found.decisions if each.blocks)


def test_secrets_without_an_arn_need_a_region_and_an_account():
    found = changed("secrets", {"A": "PLAIN"}, Answers(values={"TAG": "7"}))
    assert "Pass --region and --account, or --secret A=ARN." in notes(found)
    assert changed("secrets", {"A": "PLAIN"}, Answers(values={"TAG": "7"}, secrets={"A": "/a"})).keys["secrets"] == {
        "A": "/a"
    }


LOST: dict[str, tuple[str, object]] = {
    "variables.A": ("variables.A", {"from_cfn": "x"}),
    "secrets.A": ("secrets.A", {"from_cfn": "x"}),
    "network.vpc.security_groups[0]": ("network.vpc.security_groups", [{"from_cfn": "x"}]),
    "network.connect": ("network.connect", True),
    "env_file": ("env_file", "x.env"),
    "publish": ("publish", {"topics": [{"name": "x"}]}),
    "taskdef_overrides": ("taskdef_overrides", [{"path": "a", "value": 1}]),
    "logging.destination": ("logging.destination", {"Name": "cloudwatch"}),
    "storage.volumes.managed": ("storage.volumes", {"managed": {"path": "/x", "efs": True}}),
    "image.build.cache_from": ("image.build", {"dockerfile": "Dockerfile", "cache_from": ["a:1"]}),
    "unknown": ("unknown", {"a": [1, {"b": None}]}),
}


@pytest.mark.parametrize("name", LOST)
def test_a_key_without_a_counterpart_is_reported(name: str):
    found = [each for each in changed(*LOST[name]).decisions if each.outcome == "not possible"]
    assert any(each.key.startswith(name) or name.startswith(each.key) for each in found), [each.key for each in found]


def test_variables_of_copilot_are_reported():
    (injected,) = [each for each in changed("cpu", 256).decisions if each.key == "COPILOT_*"]
    assert (injected.outcome, injected.keys) == ("not possible", 0)


def test_folders_beside_a_manifest_are_reported(tmp_path: Path):
    (tmp_path / "addons").mkdir()
    assert [each.key for each in neighbors([tmp_path / "manifest.yml"])] == ["addons"]


BAD = {
    "service.yml": ("name: a\ntype: Load Balanced Web Service\n", "service.yml: The manifest is of type Load Balanced"),
    "other.yml": ("a: 1\n", "other.yml: It has no type, so it is no manifest of Copilot."),
    "empty.yml": ("", "empty.yml: It is empty."),
    "two.yml": ("type: Scheduled Job\n---\ntype: Scheduled Job\n", "two.yml:3: A manifest is one YAML document."),
    "chart.yml": ("type: {{ .Values.x }}\n", "chart.yml:1: A key occurs twice, or is a list or an object."),
    "x.jsonnet": ("local a = 1;\n{ type: 'Scheduled Job' }\n", "x.jsonnet:2: The file is not YAML"),
    "binary": ("a\0b", "binary:1: The file is binary."),
    "large.yml": ("a: 1\n" * 2_500_000, "large.yml: The file has more than 4 MiB."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_one_message_with_its_place(project: Path, ops: Ops, name: str):
    content, message = BAD[name]
    (project / name).write_text(content)
    result = ops("import", "copilot", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert len(result.stderr.splitlines()) == 1


def test_other_manifests_of_a_folder_are_named():
    sources = [Source("a/manifest.yml", TEXT), Source("b/manifest.yml", "type: Worker Service\n")]
    found = copilot.read(sources, ANSWERS)
    assert found.remarks == ["b/manifest.yml: The manifest is of type Worker Service. It wasn't imported."]
    with pytest.raises(SourceError, match="Worker Service"):
        copilot.read(sources[1:], ANSWERS)


@pytest.mark.parametrize("value", [[], ["a", {}], 5, "x", None, {}])
def test_environments_of_another_form_are_reported(value: object):
    document = copy.deepcopy(DOCUMENT)
    document["environments"] = value
    document["secrets"].pop("TOKEN")
    (draft,) = read(json.dumps(document)).drafts
    assert draft.stacks == {}
    found = [each.outcome for each in draft.decisions if each.key == "environments"]
    assert found == ["changed" if value in (None, {}) else "not possible"]


def test_the_name_of_an_environment_is_never_a_path(project: Path, ops: Ops):
    found = read(TEXT.replace("  prod:", "  ../../prod:")).drafts[0]
    assert list(found.stacks) == ["test"]
    assert any(each.key == "environments.../../prod" and each.outcome == "not possible" for each in found.decisions)
    (project / "manifest.yml").write_text(TEXT)
    for option in ("--env=../x", "--stack=prod=../x", "--account=1", "--region=Berlin", "--set=X"):
        assert ops("import", "copilot", "manifest.yml", option).exit_code == 2


OVERRIDES = st.dictionaries(
    st.sampled_from(["cpu", "command", "variables", "image", "secrets", "timeout", "sidecars", "zz", "network"]),
    st.sampled_from(
        [None, 512, "a b", ["x"], {}, {"LEVEL": "x"}, {"location": "a:1"}, {"build": "x/Dockerfile"}, {"A": None},
         {"proxy": {"essential": False, "zz": {"a": [1, {}]}}}, {"vpc": {"placement": "public"}}, {"zzz": [None, {}]}]
    ),
)  # fmt: skip
VOID = ({}, {"A": None}, {"zzz": [None, {}]})
"""Values without a value: a key without a counterpart isn't missed."""


@settings(max_examples=examples(150))
@given(st.dictionaries(st.sampled_from(["test", "prod", "a/b"]), OVERRIDES | st.none() | st.just(5) | st.just([1, {}])))
def test_every_override_is_decided_once_and_reaches_its_stack(environments: dict[str, Any]):
    document = {**copy.deepcopy(DOCUMENT), "environments": environments}
    reading = read(json.dumps(document, indent=1))
    (draft,) = reading.drafts
    for name, entry in draft.stacks.items():
        own = {key: value for key, value in document.items() if key != "environments"}
        (alone,) = read(json.dumps({**own, "environments": {name: environments[name]}}, indent=1)).drafts
        layered, _ = merged([("file", draft.keys), ("stack", entry)])
        assert layered == merged([("file", alone.keys), ("stack", alone.stacks[name])])[0]
    reported = [each.key for each in draft.decisions if each.outcome == "not possible"]
    for name, over in environments.items():
        if isinstance(over, dict) and over.get("zz") is not None and over["zz"] not in VOID:
            assert any(key.startswith(f"environments.{name}") for key in reported)


def test_a_schedule_that_no_rule_accepts_is_decided_once():
    """EventBridge accepts `rate(1 minute)` and `rate(2 minutes)`. AWS: EventBridge user guide, "Setting a schedule"."""
    found = changed("on.schedule", "rate(1 minutes)")
    [decision] = [each for each in found.decisions if each.key == "on.schedule"]
    assert (decision.outcome, decision.blocks) == ("not possible", True)
    assert decision.note == "An EventBridge rule doesn't accept rate(1 minutes)."
    assert "schedule" not in found.keys
