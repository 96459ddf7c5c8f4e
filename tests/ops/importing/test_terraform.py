"""`import terraform`: the output of `terraform show -json`, of states and plans."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.importing.formats import terraform
from ops.importing.model import Answers, Draft, Reading, Source
from tests.ops.conftest import Ops

DEFINITION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/report:4"
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"
CONTAINER = {
    "name": "app", "image": "report:3", "essential": True, "environment": [{"name": "A", "value": "1"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/x", "awslogs-region": "eu-west-1"}},
    "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": True}], "portMappings": [],
}  # fmt: skip


def resource(kind: str, name: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    address = f"{kind}.{name}"
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values, **more}


RULE = resource(
    "aws_cloudwatch_event_rule",
    "nightly",
    {
        "arn": "arn:aws:events:eu-west-1:123456789012:rule/nightly", "description": "", "event_bus_name": "default",
        "event_pattern": None, "force_destroy": False, "id": "nightly", "is_enabled": None, "name": "nightly",
        "name_prefix": "", "role_arn": "", "schedule_expression": "cron(0 3 * * ? *)", "state": "ENABLED",
        "tags": {}, "tags_all": {"team": "data"},
    },
)  # fmt: skip
TARGET = resource(
    "aws_cloudwatch_event_target",
    "nightly",
    {
        "appsync_target": [], "arn": CLUSTER, "batch_target": [], "dead_letter_config": [],
        "ecs_target": [{
            "capacity_provider_strategy": [], "enable_ecs_managed_tags": False, "enable_execute_command": False,
            "group": "", "launch_type": "FARGATE", "ordered_placement_strategy": [], "placement_constraint": [],
            "network_configuration": [
                {"assign_public_ip": True, "security_groups": ["sg-01"], "subnets": ["subnet-01", "subnet-02"]}
            ],
            "platform_version": "1.4.0", "propagate_tags": "", "tags": None, "task_count": 2,
            "task_definition_arn": DEFINITION,
        }],
        "event_bus_name": "default", "http_target": [], "id": "nightly-job",
        "input": json.dumps({"containerOverrides": [{"name": "app", "command": ["report", ""]}]}), "input_path": "",
        "input_transformer": [], "kinesis_target": [], "redshift_target": [], "retry_policy": [],
        "role_arn": "arn:aws:iam::123456789012:role/events", "rule": "nightly", "run_command_targets": [],
        "sagemaker_pipeline_target": [], "sqs_target": [], "target_id": "job",
    },
)  # fmt: skip
SCHEDULE = resource(
    "aws_scheduler_schedule",
    "weekly",
    {
        "action_after_completion": "NONE", "arn": "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/weekly",
        "description": "", "end_date": "", "flexible_time_window": [{"maximum_window_in_minutes": 0, "mode": "OFF"}],
        "group_name": "default", "id": "default/weekly", "kms_key_arn": "", "name": "weekly", "name_prefix": "",
        "schedule_expression": "rate(7 days)", "schedule_expression_timezone": "UTC", "start_date": "",
        "state": "ENABLED",
        "target": [{
            "arn": CLUSTER, "dead_letter_config": [],
            "ecs_parameters": [{
                "capacity_provider_strategy": [{"base": 0, "capacity_provider": "FARGATE_SPOT", "weight": 1}],
                "enable_ecs_managed_tags": False, "enable_execute_command": False, "group": "", "launch_type": "",
                "network_configuration": [{"assign_public_ip": False, "security_groups": [], "subnets": ["subnet-01"]}],
                "placement_constraints": [], "placement_strategy": [], "platform_version": "",
                "propagate_tags": "TASK_DEFINITION", "reference_id": "", "tags": {"a": "b"}, "task_count": 1,
                "task_definition_arn": DEFINITION,
            }],
            "eventbridge_parameters": [], "input": "", "kinesis_parameters": [],
            "retry_policy": [{"maximum_event_age_in_seconds": 86400, "maximum_retry_attempts": 185}],
            "role_arn": "arn:aws:iam::123456789012:role/scheduler", "sagemaker_pipeline_parameters": [],
            "sqs_parameters": [],
        }],
    },
)  # fmt: skip
TASK = resource(
    "aws_ecs_task_definition",
    "report",
    {
        "arn": DEFINITION, "arn_without_revision": DEFINITION.removesuffix(":4"), "revision": 4, "id": "report",
        "container_definitions": json.dumps([CONTAINER]), "cpu": "512", "memory": "1024", "family": "report",
        "ephemeral_storage": [{"size_in_gib": 40}], "execution_role_arn": "arn:aws:iam::123456789012:role/execution",
        "inference_accelerator": [], "ipc_mode": "", "network_mode": "awsvpc", "pid_mode": "",
        "placement_constraints": [], "proxy_configuration": [], "requires_compatibilities": ["FARGATE"],
        "runtime_platform": [{"cpu_architecture": "ARM64", "operating_system_family": "LINUX"}],
        "skip_destroy": False, "tags": None, "tags_all": {}, "task_role_arn": "", "track_latest": False,
        "volume": [{
            "configure_at_launch": False, "docker_volume_configuration": [], "fsx_windows_file_server_volume_configuration": [],
            "efs_volume_configuration": [{
                "authorization_config": [{"access_point_id": "fsap-01", "iam": "ENABLED"}], "file_system_id": "fs-01",
                "root_directory": "/", "transit_encryption": "ENABLED", "transit_encryption_port": 0,
            }],
            "host_path": "", "name": "data",
        }],
    },
)  # fmt: skip


def state(*resources: dict[str, Any]) -> dict[str, Any]:
    """A state: the first half of the resources is in the root module, the other one in a child module."""
    half = len(resources) // 2
    children = [{"address": "module.jobs", "resources": list(resources[half:])}]
    root = {"resources": list(resources[:half]), "child_modules": children}
    return {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": root}}


WHOLE = state(RULE, TARGET, SCHEDULE, TASK, resource("aws_vpc", "main", {"id": "vpc-1"}))


def read(document: dict[str, Any], answers: Answers = Answers()) -> Reading:  # noqa: B008
    return terraform.read([Source("state.json", json.dumps(document))], answers)


def changed(original: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**original, "values": {**original["values"], **values}}


def only(document: dict[str, Any], answers: Answers = Answers()) -> Draft:  # noqa: B008
    (draft,) = read(document, answers).drafts
    return draft


def notes(draft: Draft) -> str:
    return " ".join(each.note for each in draft.decisions if each.blocks)


def test_a_state_becomes_files(project: Path, ops: Ops):
    (project / "state.json").write_text(json.dumps(WHOLE))
    result = ops("import", "terraform", "state.json")
    assert result.exit_code == 0, result.output
    assert yaml.safe_load((project / "config/tasks/nightly.yaml").read_text()) == {
        "schedule": "cron(0 3 * * ? *)", "timezone": "UTC", "taskDefinition": DEFINITION, "command": ["report", ""],
        "cluster": "jobs", "launch": "fargate", "platformVersion": "1.4.0", "count": 2, "tags": {"team": "data"},
        "network": {"subnets": ["subnet-01", "subnet-02"], "securityGroups": ["sg-01"], "assignPublicIp": True},
        "retry": {"attempts": 5, "maxAge": "1h"},
    }  # fmt: skip
    assert yaml.safe_load((project / "config/tasks/weekly.yaml").read_text()) == {
        "schedule": "rate(7 days)", "timezone": "UTC", "taskDefinition": DEFINITION, "cluster": "jobs",
        "launch": [{"provider": "FARGATE_SPOT", "weight": 1}], "tags": {"a": "b"},
        "network": {"subnets": ["subnet-01"], "assignPublicIp": False}, "retry": {"attempts": 5, "maxAge": "1h"},
    }  # fmt: skip
    assert "state.json: 1 other resource wasn't read." in result.stderr


def test_expand_reads_blocks_and_json():
    found = only(state(RULE, TARGET, TASK), Answers(expand=True))
    assert not found.blocked, notes(found)
    assert found.keys | {
        "image": "report:3", "cpu": 512, "memory": 1024, "architecture": "arm64", "ephemeralStorage": 40,
        "environment": {"A": "1"}, "command": ["report", ""], "readOnlyRoot": False,
        "volumes": {
            "data": {"path": "/data", "efs": "fs-01", "accessPoint": "fsap-01", "iam": True, "readOnly": True}
        },
    } == found.keys  # fmt: skip


def test_a_plan_says_what_it_does_not_know_yet():
    plan = state(RULE, changed(TARGET, ecs_target=[{**TARGET["values"]["ecs_target"][0], "task_definition_arn": None}]))
    plan["planned_values"] = plan.pop("values")
    unknown = {"arn": True, "ecs_target": [{"task_definition_arn": True}]}
    change = {"address": TARGET["address"], "change": {"after_unknown": {**unknown, "arn": False}}}
    found = only({**plan, "resource_changes": [change]})
    assert "The plan doesn't know it yet. Apply the plan" in notes(found)
    assert not only(plan).blocked or "doesn't know" not in notes(only(plan))


def test_sensitive_values_are_not_copied():
    task = {**TASK, "sensitive_values": {"container_definitions": True}}
    assert not only(state(RULE, TARGET, task)).blocked
    found = only(state(RULE, TARGET, task), Answers(expand=True))
    assert "It is sensitive, so it isn't copied to a file." in notes(found)
    secret = {**changed(TARGET, input='{"containerOverrides": [{"name": "app", "command": ["hunter2"]}]}')}
    found = only(state(RULE, {**secret, "sensitive_values": {"input": True}}))
    assert found.blocked
    assert "hunter2" not in json.dumps([each.as_data() for each in found.decisions])


def test_a_target_without_its_rule():
    found = only(state(TARGET))
    assert "The rule nightly isn't in this file. Pass the state that has it." in notes(found)


def test_rules_of_two_buses_can_have_one_name():
    other = changed(RULE, event_bus_name="other", schedule_expression=None, event_pattern="{}")
    found = read(state(RULE, {**other, "address": "aws_cloudwatch_event_rule.other"}, TARGET))
    assert [draft.name for draft in found.drafts] == ["nightly"]
    assert not found.drafts[0].blocked


def test_instances_of_a_resource_are_tasks():
    targets = [changed(TARGET, rule=f"job-{key}", target_id=key) for key in "ab"]
    rules = [changed(RULE, name=f"job-{key}") for key in "ab"]
    for key, rule, target in zip("ab", rules, targets, strict=True):
        rule["address"], target["address"] = f'{RULE["address"]}["{key}"]', f'{TARGET["address"]}["{key}"]'
    found = read(state(*rules, *targets))
    assert [draft.name for draft in found.drafts] == ["job-a", "job-b"]
    keys = [each.key for each in found.drafts[0].decisions]
    assert 'aws_cloudwatch_event_target.nightly["a"].ecs_target[0].launch_type' in keys


BAD = {
    "main.tf": ('resource "aws_cloudwatch_event_rule" "x" {\n}\n', "main.tf:1: This isn't JSON. Run `terraform show -json`"),
    "log.json": ('{"@level":"info"}\n{"@level":"info"}\n', "log.json:1: This is the log of a command of Terraform."),
    "terraform.tfstate": (
        '{"version": 4, "terraform_version": "1.9.0", "resources": []}',
        "terraform.tfstate:1: This is a state file of Terraform, whose format changes.",
    ),
    "other.json": ('{"a": 1}', "other.json:1: This isn't a state or a plan of Terraform."),
    "empty.json": ("", "empty.json:1: This isn't JSON."),
    "vpc.json": (json.dumps(state(resource("aws_vpc", "x", {}), resource("aws_vpc", "y", {}))), "vpc.json:1: There is no aws_cloudwatch_event_rule"),
    "cut.json": (json.dumps(WHOLE)[:-5], "cut.json:1: The file is not JSON: `,` is missing."),
    "large.json": (json.dumps({"a": ["x" * 100] * 100_000}), "large.json: The file has more than 4 MiB."),
    "binary": ("{\0", "binary:1: The file is binary."),
    "chart.yaml": ("kind: CronJob\n", "chart.yaml:1: This isn't JSON."),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_one_message_with_its_place(project: Path, ops: Ops, name: str):
    content, message = BAD[name]
    (project / name).write_text(content)
    result = ops("import", "terraform", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert len(result.stderr.splitlines()) == 1


def _leaves(value: Any) -> int:
    children = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return sum(map(_leaves, children)) if children else 1


def test_every_key_gets_one_decision():
    """The keys are counted here, in the document that Terraform writes."""
    for answers in (Answers(), Answers(expand=True)):
        found = read(WHOLE, answers)
        assert found.uncounted == 0
    target = copy.deepcopy(TARGET["values"])
    target["input"] = json.loads(target["input"])
    computed = {"id", "arn", "tags", "name_prefix", "force_destroy", "rule"}
    expected = (
        sum(_leaves(value) for key, value in RULE["values"].items() if key not in computed)
        + sum(_leaves(value) for key, value in target.items() if key not in computed - {"arn"})
        + sum(_leaves(value) for key, value in SCHEDULE["values"].items() if key not in computed)
    )
    assert read(WHOLE).keys == expected


def test_targets_of_other_services_have_empty_settings_of_ecs():
    """Terraform shows the block of each service, also for a function."""
    function = {"arn": "arn:aws:lambda:eu-west-1:123456789012:function:x", "ecs_target": []}
    found = read(state(RULE, TARGET, changed(TARGET, **function, target_id="fn")))
    assert [sorted({"invoke", "taskDefinition"} & draft.keys.keys()) for draft in found.drafts] == [
        ["taskDefinition"], ["invoke"],
    ]  # fmt: skip
    target = [{**SCHEDULE["values"]["target"][0], "arn": function["arn"], "ecs_parameters": []}]
    [draft] = read(state(changed(SCHEDULE, target=target), RULE)).drafts
    assert draft.keys["invoke"] == {"function": function["arn"]}


def test_an_empty_input_overrides_nothing():
    found = only(state(RULE, changed(TARGET, input="{}")))
    assert not found.blocked
    assert "command" not in found.keys
    assert not any(each.outcome == "not possible" for each in found.decisions)


def test_targets_other_than_ecs_have_their_parameters():
    """AWS provider for Terraform: sqs_target and sagemaker_pipeline_target of rules, pipeline_parameter of schedules."""
    queue = {"arn": "arn:aws:sqs:eu-west-1:123456789012:orders.fifo", "ecs_target": [], "input": "a", "role_arn": ""}
    draft = only(state(RULE, changed(TARGET, **queue, sqs_target=[{"message_group_id": "ticks"}])))
    assert draft.keys["send"] == {"queue": queue["arn"], "body": "a", "messageGroup": "ticks"}
    assert not draft.blocked
    pipeline = {"arn": "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/nightly", "input": ""}
    pair = [{"name": "Day", "value": "1"}]
    of_rule = changed(TARGET, **pipeline, ecs_target=[], sagemaker_pipeline_target=[{"pipeline_parameter_list": pair}])
    values: Any = SCHEDULE["values"]
    target = {**values["target"][0], **pipeline, "ecs_parameters": []}
    target["sagemaker_pipeline_parameters"] = [{"pipeline_parameter": pair}]
    for document in (state(RULE, of_rule), state(changed(SCHEDULE, target=[target]))):
        draft = only(document)
        assert draft.keys["with"] == {"pipelineName": "nightly", "pipelineParameters": pair}
        assert not draft.blocked
