"""docs/coverage.md: every member of AWS's API has an answer, and the answers are those of the keys."""

import pytest

from components.passthrough.answers import Root, SettingKey, answer, members, members_in
from components.passthrough.reasons import NOT_POSSIBLE, PASSED
from config import coverage


def test_the_page_is_up_to_date():
    assert coverage.FILE.read_text(encoding="utf-8") == coverage.text(), "Run: make docs"


@pytest.mark.parametrize("root", ["RegisterTaskDefinition", "Target", "RunTask"])
def test_every_member_has_an_answer(root: Root):
    """A new member of AWS's model needs a key, or an entry in components/passthrough/reasons.py."""
    assert coverage.unanswered(root) == []
    assert root != "RegisterTaskDefinition" or coverage.unanswered(root, sidecar=True) == []


@pytest.mark.parametrize("root", ["RegisterTaskDefinition", "Target", "RunTask"])
def test_every_member_without_a_key_exists(root: Root):
    assert members(root).keys() >= PASSED[root] | NOT_POSSIBLE[root].keys()
    assert not PASSED[root] & NOT_POSSIBLE[root].keys()


@pytest.mark.parametrize("root", ["RegisterTaskDefinition", "Target", "RunTask"])
def test_no_key_sets_a_member_that_is_passed_through(root: Root):
    """Except for keys that set only a part of the member."""
    found = {path: answer(root, path) for path in PASSED[root]}
    assert [path for path, each in found.items() if each is None or not each.passed] == []


@pytest.mark.parametrize("root", ["RegisterTaskDefinition", "Target", "RunTask"])
def test_no_key_sets_a_member_that_cannot_be_set(root: Root):
    found = {path: answer(root, path) for path in NOT_POSSIBLE[root]}
    assert [path for path, each in found.items() if each is None or not each.reason] == []


def test_a_text_names_members_and_their_parts():
    assert list(members_in("volumes, containerDefinitions.mountPoints")) == [
        ("RegisterTaskDefinition", ("volumes",), ""),
        ("RegisterTaskDefinition", ("containerDefinitions", "mountPoints"), ""),
    ]
    assert list(members_in("Target.Input: containerOverrides.command")) == [
        ("Target", ("Input",), "containerOverrides.command")
    ]
    assert list(members_in("LaunchType or CapacityProviderStrategy")) == [
        ("Target", ("EcsParameters", "LaunchType"), ""),
        ("Target", ("EcsParameters", "CapacityProviderStrategy"), ""),
    ]
    assert list(members_in("awsx.ecr.Image")) == []


def test_a_key_without_keys_of_its_own_sets_the_members_below():
    found = answer("RegisterTaskDefinition", ("containerDefinitions", "environment", "name"))
    assert found
    assert found.keys == (SettingKey(("environment",)),)


def test_a_key_with_keys_of_its_own_sets_only_what_they_name():
    limit = ("containerDefinitions", "ulimits")
    names = {member: answer("RegisterTaskDefinition", (*limit, member)) for member in ("name", "softLimit")}
    assert {member: found and found.keys for member, found in names.items()} == {
        "name": (SettingKey(("ulimits",)),),
        "softLimit": (SettingKey(("ulimits", "soft")),),
    }
