"""The policies that `policies` writes for existing roles: an IAM simulator decides the same requests as for the roles
that a deployment creates."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from config import Source, StackConfig, load
from ops.deployer.access import Place
from ops.deployer.documents import files
from ops.deployer.existing_roles import creates_roles, role_files, unknown_roles
from ops.deployer.stack import place_of
from tests.components.policies.calls import Request
from tests.components.policies.cases import CASES, Case
from tests.components.policies.simulation import decisions, simulation
from tests.components.policies.stacks import CREDENTIALS, FILE, KEY, OTHER_KEY, REGISTRY, S3_FILES, SECRET, SPLUNK
from tests.mocks import ACCOUNT, REGION
from tests.ops.conftest import Ops
from tests.ops.deployments import DEPLOYER, decided

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "existing-roles"
OWN = {
    "tasks-scheduler": "jobs-scheduler",
    "tasks-supervisor": "jobs-supervisor",
    "secret-execution": "jobs-execution",
    "secret-task": "secret-task",
    "files-task": "files-task",
}
"""The existing role in place of each role that the stack `everything` creates."""


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/teams/{name}"


def stack(iam: Mapping[str, str], secret: Mapping[str, Any] | None = None) -> StackConfig:
    """The stack `everything` of the policies' tests, with existing roles, and without existing task definitions."""
    values: dict[str, Any] = {
        "cluster": "main",
        "catalogue": False,
        "iam": iam,
        "encryption": {"deadLetters": KEY, "schedules": OTHER_KEY, "secrets": [KEY]},
        "monitoring": {"tracing": True},
        "pullThroughCaches": ["docker-hub"],
        "token": "t",
        "tasks": {
            "job": {"image": f"{REGISTRY}.dkr.ecr.{REGION}.amazonaws.com/job:1", "schedule": "rate(6 hours)"},
            "secret": {
                "image": "job:1",
                "schedule": "rate(6 hours)",
                "registryCredentials": CREDENTIALS,
                "environmentFiles": [FILE],
                "logs": {"group": "/shared/batch"},
                "sidecars": {
                    "ship": {
                        "image": "a:1",
                        "logs": {
                            "driver": "splunk",
                            "options": {"splunk-url": "https://a"},
                            "secretOptions": {"splunk-token": SPLUNK},
                        },
                    }
                },
                "secrets": {
                    "PASSWORD": SECRET,
                    "TOKEN": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/prod/token",
                    "STORED": {"config": "token"},
                },
                **(secret or {"taskRole": f"arn:aws:iam::{ACCOUNT}:role/reader"}),
            },
            "watched": {"image": "job:1", "schedule": "rate(6 hours)", "timeout": "1h", "overlap": "forbid"},
            "split": {"image": "job:1", "schedule": "rate(6 hours)", "parallel": {"tasks": 2, "atOnce": 1}},
        },
    }
    return load(Source("test", values, (("token",),)), Path("missing"))


def place(config: StackConfig) -> Place:
    return place_of(config, prefix="shop-dev", region=REGION, account_id=ACCOUNT)


def documents(config: StackConfig) -> dict[str, dict[str, list[Any]]]:
    """The trust policy and the permissions of each existing role, by its name."""
    found: dict[str, dict[str, list[Any]]] = {}
    for path, text in role_files(config, place(config)).items():
        _, name, file = path.split("/")
        kind = "trust" if file == "trust.json" else "permissions"
        found.setdefault(name, {"trust": [], "permissions": []})[kind].append(json.loads(text))
    return found


STARTS = stack({"schedulerRole": role("jobs-scheduler"), "supervisorRole": role("jobs-supervisor")})
"""A stack whose run roles the deployment creates."""
ALL = stack(
    {name: role(OWN[to]) for name, to in (
        ("schedulerRole", "tasks-scheduler"), ("supervisorRole", "tasks-supervisor"), ("executionRole", "secret-execution"),
    )},
    {"taskRole": role("secret-task"), "exec": True},
)  # fmt: skip
"""A stack without a role that the deployment creates."""


def cases(*roles: str) -> list[Case]:
    return [case for case in CASES if case.to in roles and "legacy" not in case.resource and not case.service]


def asked(config: StackConfig, found: Iterable[Case], without: object = None) -> list[Mapping[str, Any]]:
    own = documents(config)

    def policies(case: Case) -> list[dict[str, Any]]:
        return [
            {**document, "Statement": [one for one in document["Statement"] if one != without] or [_NOTHING]}
            for document in own[OWN[case.to]]["permissions"]
        ]

    return [simulation(case.action, case.resource, case.context, identity_policies=policies(case)) for case in found]


_NOTHING = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
"""A statement in place of the only one."""


def differing(config: StackConfig, found: list[Case]) -> list[str]:
    answers = decisions(asked(config, found))
    return [
        f"{case}: {answer}"
        for case, answer in zip(found, answers, strict=True)
        if (answer == "Allowed") is not case.allowed
    ]


def test_existing_roles_may_do_what_new_ones_may():
    starting = cases("tasks-scheduler", "tasks-supervisor")
    assert len(starting) > 100
    assert differing(STARTS, starting) == []
    reading = cases("secret-execution")
    assert len(reading) > 30
    assert differing(ALL, reading) == []


def test_a_role_passes_only_existing_roles_if_the_deployment_creates_none():
    context = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    passed = [role("jobs-execution"), role("secret-task")]
    own = f"arn:aws:iam::{ACCOUNT}:role/shop-dev/runs/shop-dev-execution"
    for name in ("tasks-scheduler", "tasks-supervisor"):
        found = [Case(name, "iam:PassRole", arn, arn != own, context) for arn in (*passed, own, role("other"))]
        assert differing(ALL, [found[0], found[1], found[2]]) == []
        assert differing(ALL, [Case(name, "iam:PassRole", role("other"), False, context)]) == []


@pytest.mark.thorough
def test_one_missing_statement_is_found():
    for config, roles in ((STARTS, ("tasks-scheduler", "tasks-supervisor")), (ALL, ("secret-execution",))):
        needed = [case for case in cases(*roles) if case.allowed]
        for to in roles:
            own = [case for case in needed if case.to == to]
            for document in documents(config)[OWN[to]]["permissions"]:
                for statement in document["Statement"]:
                    answers = decisions(asked(config, own, without=statement))
                    assert any("Denied" in answer for answer in answers), statement["Sid"]


def test_the_role_of_a_run_with_exec_may_be_entered():
    own = documents(ALL)["secret-task"]
    assert [one["Sid"] for document in own["permissions"] for one in document["Statement"]] == ["EnterRuns"]
    assert own["trust"][0]["Statement"][0]["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert documents(STARTS)["reader"]["permissions"] == []


FILES: dict[str, Any] = {
    "pages": {"path": "/a", "efs": "fs-0a", "accessPoint": "fsap-0a", "iam": True, "readOnly": True},
    "cache": {"path": "/b", "efs": "fs-0b", "iam": True, "rootAccess": True},
    "photos": {
        "path": "/c",
        "s3Files": {
            "fileSystem": f"{S3_FILES}fs-0c",
            "accessPoint": f"{S3_FILES}fs-0c/access-point/fsap-0c",
            "bucket": "arn:aws:s3:::photos",
        },
    },
}
"""The volumes of the task `files` in tests/components/policies/stacks.py."""


def test_an_existing_task_role_may_mount_the_volumes_of_its_task():
    values = {"taskRole": role("files-task"), "volumes": FILES}
    config = stack({"schedulerRole": role("jobs-scheduler")}, values)
    found = cases("files-task")
    assert sum(case.allowed for case in found) > 8
    assert differing(config, found) == []
    for document in documents(config)["files-task"]["permissions"]:
        for statement in document["Statement"]:
            allowed = [case for case in found if case.allowed]
            assert any("Denied" in answer for answer in decisions(asked(config, allowed, without=statement)))


SERVICES = {
    "jobs-scheduler": ("scheduler.amazonaws.com", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/shop-dev"),
    "jobs-supervisor": ("states.amazonaws.com", f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev__watched"),
    "jobs-execution": ("ecs-tasks.amazonaws.com", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/0a"),
    "secret-task": ("ecs-tasks.amazonaws.com", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/0a"),
}


def test_each_service_may_assume_its_role_only():
    own = documents(ALL)
    assert own.keys() == SERVICES.keys()
    assumed: list[Mapping[str, Any]] = []
    expected: list[bool] = []
    for name in SERVICES:
        for other, (service, source) in SERVICES.items():
            context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source}
            [trust] = own[name]["trust"]
            assumed.append(simulation("sts:AssumeRole", role(name), context, service=service, resource_policy=trust))
            expected.append(SERVICES[name][0] == SERVICES[other][0])
    assert [answer == "Allowed" for answer in decisions(assumed)] == expected


def test_one_role_can_be_used_in_several_places():
    both = role("jobs")
    config = stack({"schedulerRole": both, "supervisorRole": both})
    own = documents(config)["jobs"]
    [trust] = own["trust"]
    services = [one["Principal"]["Service"] for one in trust["Statement"]]
    assert services == ["scheduler.amazonaws.com", "states.amazonaws.com"]
    assert len(own["permissions"]) == 2
    assert sorted(role_files(config, place(config))) == [
        "roles/jobs/policy-2.json", "roles/jobs/policy.json", "roles/jobs/trust.json", "roles/reader/trust.json",
    ]  # fmt: skip


def test_a_deployer_needs_no_permission_to_create_roles_if_all_exist():
    where = place(ALL)
    granting = [
        Request(f"iam:{action}", arn)
        for action in (
            "CreateRole",
            "PutRolePolicy",
            "AttachRolePolicy",
            "DeleteRole",
            "GetRole",
            "UpdateAssumeRolePolicy",
        )
        for arn in (role("jobs-scheduler"), f"arn:aws:iam::{ACCOUNT}:role/shop-dev/shop-dev-scheduler")
    ]
    granting.append(Request("iam:CreatePolicy", f"arn:aws:iam::{ACCOUNT}:policy/shop-dev/x"))
    assert decided(where, DEPLOYER, granting, allowed=False) == []
    text = "".join(files(where).values())
    assert "iam:Create" not in text.replace("iam:CreateServiceLinkedRole", "")
    assert "iam:CreateRole" in "".join(files(place(STARTS)).values())


def test_a_deployer_passes_each_existing_role_only_to_its_service():
    services = ("scheduler.amazonaws.com", "states.amazonaws.com", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com")
    right = {name: service for name, (service, _) in SERVICES.items()}

    def passes(*, correctly: bool) -> list[Request]:
        return [
            Request("iam:PassRole", role(name), {"iam:PassedToService": service})
            for name in right
            for service in services
            if (service == right[name]) is correctly
        ]

    assert decided(place(ALL), DEPLOYER, passes(correctly=True), allowed=True) == []
    assert decided(place(ALL), DEPLOYER, passes(correctly=False), allowed=False) == []


def test_a_deployer_creates_roles_for_permissions_of_a_task():
    given = {"schedulerRole": role("s"), "supervisorRole": role("v"), "executionRole": role("e")}
    statement = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::in/*"]}
    config = stack(given, {"permissions": [statement]})
    assert "iam:CreateRole" in files(place(config))["deploy.json"]
    assert "shop-dev/runs/" in role_files(config, place(config))["roles/s/policy.json"]


@pytest.mark.parametrize(
    ("reference", "covered"),
    [("legacy", "legacy:*"), ("legacy:7", "legacy:7"), (f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/x:1", "x:1"),
     (f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/x", "x:*")],
)  # fmt: skip
def test_a_family_covers_its_later_revisions(reference: str, covered: str):
    values: dict[str, Any] = {
        "cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main",
        "catalogue": False,
        "iam": {"schedulerRole": role("s")},
        "tasks": {"old": {"taskDefinition": reference, "schedule": "rate(1 day)"}},
    }
    config = load(Source("test", values, ()), Path("missing"))
    [policy] = documents(config)["s"]["permissions"]
    starts = next(one for one in policy["Statement"] if one["Sid"] == "StartRuns")
    assert f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{covered}" in starts["Resource"]
    assert starts["Condition"]["ArnEquals"]["ecs:cluster"].endswith(":cluster/main")
    assert unknown_roles(config) == [reference]


def test_the_command_names_task_definitions_whose_roles_it_does_not_know(ops: Ops, project: Path):
    file = project / "Pulumi.test.yaml"
    text = file.read_text().replace('image: "backup:1", cpu: 256, memory: 512', "taskDefinition: legacy")
    file.write_text(f'{text}  scheduled-tasks:iam: {{ schedulerRole: "{role("s")}" }}\n')
    result = ops("policies", "--stack", "test", "--account", ACCOUNT, "--to", "made")
    assert result.exit_code == 0, result.output
    assert "Wrote made/roles/s/trust.json." in result.stdout
    assert "add the task role and the execution role of: legacy." in result.stderr
    assert (project / "made" / "roles" / "s" / "policy.json").is_file()


def test_the_files_of_the_example_are_current(ops: Ops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("Pulumi.yaml",):
        (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / "Pulumi.local.yaml").write_text((EXAMPLE / "Pulumi.example.yaml").read_text())
    (tmp_path / "config" / "tasks").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    result = ops("policies", "--stack", "local", "--account", ACCOUNT)
    assert result.exit_code == 0, result.output
    written = {str(file.relative_to(tmp_path)): file.read_text() for file in (tmp_path / "policies").rglob("*.json")}
    kept = {str(file.relative_to(EXAMPLE)): file.read_text() for file in (EXAMPLE / "policies").rglob("*.json")}
    assert written == kept


def test_an_existing_scheduler_role_may_make_all_calls():
    values = {
        "iam": {"schedulerRole": role("jobs")},
        "tasks": {
            "stop-orders": {"stop": {"database": "orders"}, "schedule": "rate(1 day)"},
            "stop-users": {"stop": {"database": "users"}, "schedule": "rate(1 day)"},
        },
    }
    config = load(Source("test", values, ()), Path("missing"))
    assert not creates_roles(config)
    [document] = documents(config)["jobs"]["permissions"]
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(sids) == len(set(sids))
    databases = [f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}" for name in ("orders", "users", "others")]
    asked = [simulation("rds:StopDBInstance", each, {}, identity_policies=[document]) for each in databases]
    assert decisions(asked) == ["Allowed", "Allowed", "ImplicitlyDenied"]


def test_an_existing_scheduler_role_also_starts_tasks_after_others():
    """AWS: Amazon EventBridge user guide, "Cross-service confused deputy prevention", event buses."""
    tasks = {"job": {"image": "a:1", "schedule": "rate(1 day)"}, "later": {"image": "a:1", "after": "job"}}
    values = {"cluster": "main", "catalogue": False, "iam": {"schedulerRole": role("s")}, "tasks": tasks}
    config = load(Source("test", values, ()), Path("missing"))
    trust = json.loads(role_files(config, place(config))["roles/s/trust.json"])["Statement"]
    assert [each["Principal"]["Service"] for each in trust] == ["scheduler.amazonaws.com", "events.amazonaws.com"]
    assert trust[1]["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/shop-dev__*",
    }
    policy = json.loads(role_files(config, place(config))["roles/s/policy.json"])["Statement"]
    assert [each["Resource"] for each in policy if each["Action"] == "states:StartExecution"] == [
        [f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:shop-dev__*"]
    ]
