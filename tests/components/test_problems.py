"""Problems, and the spelling of keys in them."""

import pytest

from components.aws.spelling import camel_case
from components.problems import Name, Problem, key, listed, nearest, report
from config.translation import as_written, group_as_written

PROBLEM = Problem(
    ("sidecars", Name("my_name"), "retry_run", 0), f"needs {key('retry_run')}: 1, or {key('cpu')}. my_text"
)


def test_keys_are_in_the_spelling_of_python_by_default():
    assert str(PROBLEM) == "sidecars.my_name.retry_run.0: needs retry_run: 1, or cpu. my_text"


def test_keys_are_in_the_spelling_of_the_reader():
    spelled = PROBLEM.spelled(camel_case)
    assert spelled.path == ("sidecars", "my_name", "retryRun", 0)
    assert spelled.message == "needs retryRun: 1, or cpu. my_text"
    assert str(PROBLEM.spelled(str.upper)) == "SIDECARS.my_name.RETRY_RUN.0: needs RETRY_RUN: 1, or CPU. my_text"


def test_path_can_have_its_own_spelling():
    spelled = PROBLEM.spelled(camel_case, lambda path: ("top", *path[1:2]))
    assert str(spelled) == "top.my_name: needs retryRun: 1, or cpu. my_text"


def test_problem_without_a_path_is_its_message():
    assert str(Problem((), f"{key('a_b')} is missing.")) == "a_b is missing."


def test_further_lines_are_indented():
    assert str(Problem(("a",), "is wrong:\n  x\n  ^")) == "a: is wrong:\n      x\n      ^"


def test_problem_seen_from_further_up():
    assert PROBLEM.within("tasks", Name("a_b")).path == ("tasks", "a_b", *PROBLEM.path)
    assert (
        str(Problem(("cpu",), "is wrong.").within("tasks", Name("a_b")).spelled(camel_case))
        == "tasks.a_b.cpu: is wrong."
    )


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("read_only_root",), "readOnlyRoot"),
        (("capacity_providers", 0, "provider"), "launch.0.provider"),
        (("build",), "image"),
        (("build", "context"), "image.build"),
        (("build", "dockerfile"), "image.dockerfile"),
        (("secret_values", Name("A_B")), "secrets.A_B"),
        (("create_cluster", "default_strategy", 0), "cluster.defaultStrategy.0"),
        (("create_cluster", "capacity_providers", 0), "cluster.capacityProviders.0"),
        (("network", "vpc_tags", Name("a_b")), "network.vpc.a_b"),
        (("network", "create_vpc", "nat_gateways"), "network.vpc.create.natGateways"),
        (("network", "subnet_ids", 0), "network.subnets.0"),
        (("network", "subnet_tags"), "network.subnets"),
        (("network", "security_group_ids", 0), "network.securityGroups.0"),
        (("iam_path",), "iam.path"),
        (("permissions_boundary",), "iam.permissionsBoundary"),
        (("scheduler_role",), "iam.schedulerRole"),
        (("supervisor_role",), "iam.supervisorRole"),
        (("execution_role",), "executionRole"),
        (("schedules", 0, "expression"), "schedules.0.expression"),
    ],
    ids=str,
)
def test_path_of_an_argument_in_yaml(path: tuple[str | int, ...], written: str):
    assert str(as_written(Problem(path, "is wrong."))) == f"{written}: is wrong."


def test_path_of_an_argument_that_groups_and_tasks_have():
    assert group_as_written(Problem(("execution_role",), "")).path == ("iam.executionRole",)
    assert group_as_written(Problem(("iam_path",), "")).path == ("iam.path",)


def test_path_of_an_argument_if_schedule_is_a_list():
    for path in (("schedules", 1), ("schedules", 1, "expression")):
        assert as_written(Problem(path, ""), schedule_is_list=True).path == ("schedule", 1)


@pytest.mark.parametrize(
    "path", [("iam", "permissions_boundary"), ("image", "build"), ("cluster", "capacity_providers")]
)
def test_path_of_a_key_of_yaml_stays(path: tuple[str, ...]):
    assert Problem(path, "").in_camel_case().path == tuple(camel_case(part) for part in path)


def test_keys_in_messages_are_those_of_yaml():
    message = f"{key('capacity_providers')}, {key('secret_values')}, {key('iam_path')} and {key('retry_run')}"
    assert as_written(Problem((), message)).message == "launch, secrets, iam.path and retryRun"


def test_report_counts_problems():
    one = Problem(("a",), "is wrong.")
    assert report([one], "Stack dev") == "Stack dev: 1 problem\n  - a: is wrong."
    assert report([one, one], "Stack dev").startswith("Stack dev: 2 problems\n")


def test_options_in_a_sentence():
    assert [listed(options) for options in ([], ["a"], ["a", "b"], [1, 2, 3])] == ["", "a", "a or b", "1, 2 or 3"]
    assert listed(["a", "b", "c"], "and") == "a, b and c"


def test_nearest_option():
    assert nearest("memroy", ["cpu", "memory"]) == ' Did you mean "memory"?'
    assert nearest("FARGATESPOT", ["fargateSpot"]) == ' Did you mean "fargateSpot"?'
    assert nearest("x", ["cpu", "memory"]) == ""
