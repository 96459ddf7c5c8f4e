"""The comparison of what two providers store."""

import pytest

from sandbox.comparison.deployments import Comparison, Deployment
from sandbox.comparison.report import as_data, as_markdown
from sandbox.comparison.states import Difference, differences

QUEUE, TOPIC = "aws:sqs/queue:Queue", "aws:sns/topic:Topic"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}


def state(*resources: tuple[str, str, dict[str, object]]) -> list[dict[str, object]]:
    return [
        {"urn": f"urn:pulumi:local::project::{kind}::{name}", "type": kind, "outputs": outputs}
        for kind, name, outputs in resources
    ]


def queue(**outputs: object) -> list[dict[str, object]]:
    return state((QUEUE, "dead-letters", outputs))


@pytest.mark.parametrize(
    ("ours", "theirs", "difference"),
    [
        ({"fifo": True}, {"fifo": False}, Difference(QUEUE, "fifo", "True", None)),
        ({"delay": 5}, {"delay": 6}, Difference(QUEUE, "delay", "5", "6")),
        ({"tags": {"a": "1"}}, {"tags": {"a": "1", "b": "2"}}, Difference(QUEUE, "tags.b", None, "2")),
        ({"list": [{"a": 1}]}, {"list": [{"a": 2}]}, Difference(QUEUE, "list[*].a", "1", "2")),
        ({"token": SECRET}, {"token": "plain"}, Difference(QUEUE, "token", "[secret]", "plain")),
        ({"policy": '{"a":1}'}, {"policy": '{"a":2}'}, Difference(QUEUE, "policy", '{"a":1}', '{"a":2}')),
    ],
)
def test_a_difference_has_its_property_and_both_values(
    ours: dict[str, object], theirs: dict[str, object], difference: Difference
):
    assert differences(queue(**ours), queue(**ours), queue(**theirs)) == [difference]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"name": "a"}, {"name": "a", "policy": "", "delay": 0, "fifo": False, "kms": None, "list": []}),
        ({"policy": '{"a": 1, "b": 2}'}, {"policy": '{"b":2,"a":1}'}),
        ({"token": SECRET}, {"token": {**SECRET, "ciphertext": "v1:other"}}),
        ({"name": "a"}, {"name": "a", "__meta": "{}"}),
    ],
    ids=["not set", "the same JSON", "a secret", "a member of Pulumi"],
)
def test_no_difference(ours: dict[str, object], theirs: dict[str, object]):
    assert differences(queue(**ours), queue(**ours), queue(**theirs)) == []


def test_of_random_values_only_the_presence_is_compared():
    first, again, official = queue(id="q-1", arn="x"), queue(id="q-2", arn="x"), queue(id="q-3")
    assert differences(first, again, official) == [Difference(QUEUE, "arn", "x", None)]
    assert differences(first, again, queue(arn="x")) == [Difference(QUEUE, "id", "q-1", None)]


def test_a_missing_resource_is_a_difference():
    both = state((QUEUE, "a", {}), (TOPIC, "b", {}))
    assert differences(both, both, state((QUEUE, "a", {}))) == [Difference(TOPIC, "", "exists", None)]
    assert differences(state((QUEUE, "a", {})), [], both) == [Difference(TOPIC, "", None, "exists")]


def test_resources_with_the_same_difference_are_counted():
    ours = state((QUEUE, "a", {"delay": 1}), (QUEUE, "b", {"delay": 2}), (TOPIC, "c", {"delay": 1}))
    theirs = state((QUEUE, "a", {}), (QUEUE, "b", {}), (TOPIC, "c", {"delay": 1}))
    assert differences(ours, ours, theirs) == [Difference(QUEUE, "delay", "1", None, resources=2)]


def test_only_resources_of_aws_are_compared():
    program = state(("pulumi:pulumi:Stack", "local", {"a": 1}))
    assert differences(program, program, []) == []


def test_a_report_has_failures_and_differences():
    resource = "urn:pulumi:local::project::aws:sqs/queue:Queue::a"
    found = [
        Comparison("local", Deployment(), Deployment(), [Difference(QUEUE, "tags[*].a|b", "1", None)]),
        Comparison("sidecar", Deployment(), Deployment(error="No such type: <a>"), []),
        Comparison("on-call", Deployment(changed_again=(f"update {resource}",)), Deployment(), []),
    ]
    assert as_markdown(found) == (
        "## Official AWS provider and the sandbox's provider\n\n"
        "Programs: 3. Failed, or changed by a second deployment: 2. Resource types with differences: 1.\n\n"
        "### `sidecar` fails with the official provider\n\n```text\nNo such type: <a>\n```\n\n"
        f"### `on-call` changes again with the sandbox provider\n\n```text\nupdate {resource}\n```\n\n"
        "### `aws:sqs/queue:Queue`\n\n"
        "| Property | Sandbox | Official | For example in |\n| --- | --- | --- | --- |\n"
        "| `tags[*].a\\|b` | `1` | not set | `local` |\n"
    )
    assert [comparison.failed for comparison in found] == [False, True, True]
    assert as_data(found)[1] == {
        "program": "sidecar",
        "sandbox": {"error": "", "changedAgain": []},
        "official": {"error": "No such type: <a>", "changedAgain": []},
        "differences": [],
    }
