"""Keywords of EventBridge Scheduler in places where it would not replace them, and keywords that it does not know."""

import pytest

from .refused import Case, assert_one, in_stack, in_task

TIME = "<aws.scheduler.scheduled-time>"
WRONG = "<aws.scheduler.schedule-time>"
SIDECAR = {"image": "a:1"}
EXPRESSION = "cron(0 3 * * ? *)"
CASES: dict[str, Case] = {
    "unknown in command": ({"command": ["a", WRONG]}, "command.1", f"Write {TIME}"),
    "unknown in environment": ({"environment": {"A": f"x {WRONG}"}}, "environment.A", f"Write {TIME}"),
    "in capitals": ({"environment": {"A": "<AWS.Scheduler.Scheduled-Time>"}}, "environment.A", f"Write {TIME}"),
    "nothing like it": ({"command": ["<aws.scheduler.x>"]}, "command.0", "<aws.scheduler.execution-id>"),
    "unknown in a sidecar": ({"sidecars": {"a": {**SIDECAR, "command": [WRONG]}}}, "sidecars.a.command.0", TIME),
    "unknown in a schedule": (
        {"schedule": None, "schedules": [{"expression": EXPRESSION, "command": [WRONG]}]}, "schedules.0.command.0", TIME,
    ),
    "entry point": ({"entryPoint": ["a", TIME]}, "entryPoint.1", "command"),
    "entry point of a sidecar": ({"sidecars": {"a": {**SIDECAR, "entryPoint": [TIME]}}}, "sidecars.a.entryPoint.0", "command"),
    "health check": (
        {"sidecars": {"a": {**SIDECAR, "healthCheck": {"command": ["CMD", TIME]}}}}, "sidecars.a.healthCheck.command.1", "environment",
    ),
    "secret": ({"secrets": {"A": f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf:{TIME}::"}}, "secrets.A", "environment"),
    "working directory": ({"workingDirectory": f"/{TIME}"}, "workingDirectory", "environment"),
    "description": ({"description": TIME}, "description", "environment"),
    "description of one of several": (
        {"schedule": None, "schedules": [{"expression": EXPRESSION, "description": TIME}]}, "schedules.0.description", "environment",
    ),
    "path of a volume": ({"volumes": {"a": {"path": f"/{TIME}"}}}, "volumes.a.path", "environment"),
    "resource of a permission": (
        {"permissions": [{"actions": ["s3:GetObject"], "resources": [f"arn:aws:s3:::a/{TIME}"]}]}, "permissions.0.resources.0", "environment",
    ),
    "build argument": ({"image": {"build": ".", "args": {"A": TIME}}}, "image.args.A", "environment"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_keyword_that_nobody_would_replace(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.{path}", part)


def test_a_variable_called_command_is_not_a_command():
    assert_one(in_task({"tags": {"command": "x"}, "secrets": {"command": f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf:{TIME}::"}}), "tasks.job.secrets.command", TIME)  # fmt: skip


def test_one_text_of_a_task_with_several_schedules_is_one_problem():
    task = {"image": "a:1", "schedule": ["rate(1 hour)", "rate(1 day)"], "description": TIME}
    assert_one(in_stack({}, {"job": task}), "tasks.job.description", TIME)
