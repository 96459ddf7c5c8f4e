"""How a review shows values, and its maximum length."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import config
from config import Source, StackConfig, StoredSecret, load
from ops.commands.review import review_of
from ops.markdown_text import block, code
from ops.pricing.costs import Assumptions
from ops.review import markdown as renderer
from ops.review.credentials import without_credentials_in_message
from ops.review.differences import compare
from ops.review.formatting import dollars
from ops.review.page import LIMIT, Review, blocks
from ops.review.value_changes import ABSENT, Change, changes
from ops.review.values import HIDDEN_UNDER, NAMES_UNDER, change, value
from tests.ops.review.conftest import Project, in_project

NOW = datetime(2027, 3, 27, 12, tzinfo=UTC)
GITHUB = 65_536


def markdown(reviews: list[Review], assumptions: Assumptions, limit: int = LIMIT) -> str:
    return renderer.markdown(blocks(reviews, assumptions, limit))


def stack(project: Project, tasks: dict[str, Any]) -> StackConfig:
    source = Source("prod", {"catalogue": False, "tasks": tasks}, ())
    return load(source, project({}) / "config" / "tasks")


@pytest.mark.thorough
def test_a_thousand_changes_stay_within_a_comment(project: Project):
    """All changes are different and long."""

    def tasks(memory: int, word: str) -> dict[str, Any]:
        return {
            f"task-{number:04}-{'x' * 40}": {
                "image": "a:1",
                "memory": memory,
                "schedule": f"cron({number % 60} {number // 60} * * ? *)",
                "timezone": "Europe/Berlin",
                "description": f"{number} {word * 400}",
                "tags": {f"tag-{key}": f"{number} {word * 200}" for key in range(5)},
                "permissions": [{"actions": [f"s3:Get{word}"], "resources": [f"arn:aws:s3:::{number}-{word}/*"]}],
            }
            for number in range(1000)
        }

    old, new = stack(project, tasks(512, "a")), stack(project, tasks(1024, "b"))
    found = compare("prod", old, new, NOW, Assumptions())
    text = markdown([Review("prod", found)], Assumptions())
    assert len(found.changed) == 1000
    assert len(text) < GITHUB
    assert len(text.encode()) <= LIMIT
    assert "1,000 tasks changed" in text
    assert "more" in text
    tight = markdown([Review("prod", found)], Assumptions(), limit=1000)
    assert "- 1,000 items" in tight


@pytest.mark.thorough
def test_a_thousand_stacks_stay_within_a_comment(project: Project):
    old, new = (stack(project, {"a": {"image": image, "schedule": "rate(1 hour)"}}) for image in ("a:1", "a:2"))
    found = compare("prod", old, new, NOW, Assumptions())
    text = markdown([Review(f"stack-{number}", found) for number in range(1000)], Assumptions())
    assert len(text.encode()) <= LIMIT
    assert text.startswith("### Stack `stack-0`: 1 task changed;")
    headings = text.count("### Stack")
    assert 800 < headings < 1000
    left_out = f"{1000 - headings} stacks with changes aren't listed."
    assert f"The changes of these 1,000 stacks are too long to show. {left_out} To see them, run" in text


def test_a_review_without_room_has_no_part_of_a_heading():
    """The start of a code span without its end would leave a text to GitHub that it searches for mentions."""
    reviews = [Review(f"{'x' * 200} @org/team", problems="x")]
    for limit in range(100, 600):
        text = markdown(reviews, Assumptions(), limit)
        assert text.startswith(("### Stack `xxx", "The changes of this stack are too long to show."))
        assert text.count("`") % 2 == 0
        assert "@org/team`: " in text or "@" not in text


def test_a_line_of_a_message_is_not_a_heading(project: Project):
    """In a review that is too long, the lines of messages are left out."""
    config = stack(project, {"a": {"image": "a:1", "schedule": "rate(1 hour)"}})
    found = compare("prod", config, config, NOW, Assumptions())
    reviews = [
        Review("prod", found, base_problems="x\n### @org/team"),
        *(Review(f"s{n}", problems="x" * 90) for n in range(9)),
    ]
    assert "@org/team" not in markdown(reviews, Assumptions(), limit=900)


def test_a_long_line_of_an_error_is_truncated(project: Project):
    text = markdown([Review("prod", problems="x" * 100_000)], Assumptions())
    assert len(text) < 3000


def test_unchanged_stacks_share_one_line(project: Project):
    config = stack(project, {"a": {"image": "a:1", "schedule": "rate(1 hour)"}})
    reviews = [Review(f"stack-{n}", compare(f"stack-{n}", config, config, NOW, Assumptions())) for n in range(3)]
    assert markdown(reviews, Assumptions()) == "No changes in stacks `stack-0`, `stack-1`, `stack-2`.\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("a\nb  @someone <b>", "`a<U+000A>b  @someone <b>`"),
        ("", '`""`'),
    ],
)
def test_markup_in_a_value_has_no_effect(text: str, shown: str):
    assert code(text) == shown


def test_a_fence_in_a_block_does_not_end_it():
    assert block("a\n```\nb") == "````text\na\n```\nb\n````"


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (ABSENT, "not set"),
        (True, "`true`"),
        ("x" * 400, f"`{'x' * 159}…`"),
        ({"a": [1, "b"]}, "`{a: [1, b]}`"),
        (StoredSecret("dbPassword", "ciphertext"), "`{config: dbPassword}`"),
        ({"image": "a:1", "environment": {"A": "canary"}}, "`{image: 'a:1', environment: {A: '***'}}`"),
        ("arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders/backup", "`arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders/backup`"),
        ("PGPASSWORD=canary pg_dump", "`PGPASSWORD=*** pg_dump`"),
        ("psql postgres://me:canary@db/orders", "`psql postgres://me:***@db/orders`"),
        ("curl -H 'Authorization: Bearer canary-canary'", "`curl -H 'Authorization: Bearer ***'`"),
        ("load --api-token canary --users 5", "`load --api-token *** --users 5`"),
        (["load", "--password", "canary"], "`[load, --password, '***']`"),
        ("use AKIAIOSFODNN7EXAMPLE", "`use ***`"),
        ("Rotate the secret of the shop", "`Rotate the secret of the shop`"),
        ("arn:x password=canary", "`arn:x password=***`"),
        ("git clone https://canary-canary-canary@example.com/a", "`git clone https://***@example.com/a`"),
        ("curl 'https://a.example/b?X-Amz-Signature=canary&a=b'", "`curl 'https://a.example/b?X-Amz-Signature=***&a=b'`"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.canary", "`***`"),
        ("Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==", "`Authorization: Basic ***`"),
        ("v1:AAAAAAAAAAAAAAAA:Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5", "`v1:***`"),
        ("-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END", "`-----BEGIN RSA PRIVATE KEY-----***-----END`"),
        ("password " + "x" * 3000 + "canary", "`password …`"),
    ],
)  # fmt: skip
def test_credentials_in_a_value_are_hidden(item: object, shown: str):
    assert renderer.inline(value(item)) == shown


HOLDERS = [
    "PGPASSWORD=canary pg_dump",
    "https://u:canary@host/x",
    "a --api-token canary",
    "bearer canary-canary-canary",
]


@pytest.mark.parametrize("value", HOLDERS)
@pytest.mark.parametrize("key", ["command", "image", "memory", "schedule", "timeout", "unknown"])
def test_messages_about_wrong_values_show_no_credentials(project: Project, key: str, value: str):
    lines = {"image": "a:1", "schedule": "rate(1 hour)", key: f"'{value}'"}
    written = "".join(f"{name}: {text}\n" for name, text in lines.items())
    before, after = project({}), project({"config/tasks/backup.yaml": written})
    for old, new in ((before, after), (after, before)):
        text = markdown([review_of("prod", in_project(old), in_project(new), NOW, Assumptions())], Assumptions())
        assert "backup" in text
        assert "canary" not in text


def test_other_messages_are_unchanged():
    """A key can have the name of a credential, followed by a colon."""
    for message in (
        "config/tasks/a.yaml:1:2: tasks.a.secrets.DB_PASSWORD: must be an ARN, or {config: key}.",
        "tasks.a.environment.API_TOKEN: looks like a secret. Put it under secrets: { API_TOKEN: { config: apiToken } }.",
        "tasks.a: basic settings are missing. Set the token of the registry.",
    ):
        assert without_credentials_in_message(message) == message


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (1, 2, "`memory`: `1` → `2`"),
        (StoredSecret("a", "1"), StoredSecret("a", "2"), "`memory`: `{config: a}` (new value)"),
    ],
)
def test_a_change_shows_old_and_new_values(old: object, new: object, shown: str):
    assert renderer.inline(change(Change(("memory",), old, new))) == shown


@pytest.mark.parametrize(("old", "new", "word"), [(ABSENT, "canary", "added"), ("canary", ABSENT, "removed"), ("canary", "b", "changed")])  # fmt: skip
def test_values_of_environment_variables_are_never_shown(old: object, new: object, word: str):
    variables = (("environment", "A"), ("schedules", 0, "environment", "A"), ("image", "args", "A"))
    payloads = (
        ("invoke", "payload", "key"),
        ("execute", "input", "key"),
        ("send", "body"),
        ("submit", "batch", "parameters", "key"),
        ("submit", "glue", "arguments", "--key"),
        ("submit", "build", "environment", "KEY"),
    )
    for path in (*variables, *payloads):
        assert (
            renderer.inline(change(Change(path, old, new)))
            == f"{code('.'.join(map(str, path)))}: {word} (values aren't shown)"
        )


def test_the_payload_of_a_new_call_is_not_shown():
    call = {"function": "reports", "payload": {"key": "canary"}}
    assert renderer.inline(change(Change(("invoke",), ABSENT, call))) == (
        "`invoke`: not set → `{function: reports, payload: {key: '***'}}`"
    )
    message = {"queue": "a", "body": "canary"}
    assert "canary" not in renderer.inline(change(Change(("send",), ABSENT, message)))


@pytest.mark.parametrize(
    ("path", "old", "new", "shown"),
    [
        (("sidecars", "environment", "image"), "a:1", "b:1", "`sidecars.environment.image`: `a:1` → `b:1`"),
        (("sidecars", "args"), ABSENT, {"image": "b:1", "environment": {"A": "canary"}}, "`sidecars.args`: not set → `{image: 'b:1', environment: {A: '***'}}`"),
        (("sidecars",), ABSENT, {"args": {"image": "b:1", "args": "canary"}}, "`sidecars`: not set → `{args: {image: 'b:1', args: '***'}}`"),
        (("sidecars", "sidecars"), ABSENT, {"args": "canary"}, "`sidecars.sidecars`: not set → `{args: '***'}`"),
        (("sidecars", "environment", "environment", "A"), "canary", "b", "`sidecars.environment.environment.A`: changed (values aren't shown)"),
        (("sidecars", "sidecars", "environment", "A"), "canary", "b", "`sidecars.sidecars.environment.A`: changed (values aren't shown)"),
        (("sidecars", "tags"), ABSENT, {"environment": {"A": "canary"}}, "`sidecars.tags`: not set → `{environment: {A: '***'}}`"),
        (("with", "payload"), "dev", "prod", "`with.payload`: `dev` → `prod`"),
        (("tags", "environment"), "dev", "prod", "`tags.environment`: `dev` → `prod`"),
    ],
)  # fmt: skip
def test_a_name_does_not_hide_values(path: tuple[str, ...], old: object, new: object, shown: str):
    """A sidecar can have the name of a key whose values are hidden."""
    assert renderer.inline(change(Change(path, old, new))) == shown


def maps(node: Any, name: str = "") -> Iterator[str]:
    """The keys in a JSON schema whose values are objects with any keys."""
    if isinstance(node, list):
        yield from (found for inner in node for found in maps(inner, name))
    if not isinstance(node, dict):
        return
    if node.get("additionalProperties", False) is not False and "properties" not in node:
        yield name
    for key, inner in node.get("properties", {}).items():
        yield from maps(inner, key.removeprefix("scheduled-tasks:"))
    yield from (found for key in ("anyOf", "oneOf", "allOf", "items") for found in maps(node.get(key), name))


def test_the_keys_of_names_are_those_of_the_schema():
    schema = json.loads((Path(config.__file__).parent / "schema.json").read_text())
    assert {*maps([*schema["$defs"].values()])} - {*HIDDEN_UNDER, "tasks", ""} == NAMES_UNDER


def test_lists_of_objects_are_compared_item_by_item():
    old = {"schedules": [{"expression": "a"}, {"expression": "b", "cpu": 1}], "command": ["a"]}
    new = {"schedules": [{"expression": "a"}, {"expression": "b", "cpu": 2}], "command": ["a", "b"]}
    assert [item.key for item in changes(old, new)] == ["schedules.1.cpu", "command"]
    assert [item.key for item in changes(old, {**old, "schedules": []})] == ["schedules"]


@pytest.mark.parametrize(("amount", "shown"), [(0, "$0.00"), (0.004, "under $0.01"), (1234.5, "$1,234.50")])
def test_amounts_are_rounded_to_the_cent(amount: float, shown: str):
    assert dollars(amount) == shown


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({"schedule": "rate(6 hours)"}, "Next runs: at its creation, ~Sat 2027-03-27 18:00"),
        ({"schedules": [{"expression": "cron(0 3 * * ? *)"}, {"expression": "rate(30 days)"}]}, "Next runs: at its"),
        ({"schedule": "rate(6 hours)", "start": "2040-01-01T00:00:00Z"}, "Next runs: Sun 2040"),
        ({"schedule": "rate(6 hours)", "enabled": False}, "Next runs: paused"),
        ({"schedule": "cron(0 3 * * ? *)"}, "Next runs: Sun 2027-03-28 03:00"),
    ],
)
def test_a_new_rate_without_a_start_runs_at_its_creation(project: Project, settings: dict[str, object], first: str):
    """AWS: EventBridge Scheduler user guide, "Schedule types": "If you do not provide a StartDate for a rate-based
    schedule, your schedule starts invoking the target immediately." """
    before = {"other": {"image": "a:1", "schedule": "rate(1 hour)"}}
    after = {**before, "a": {"image": "a:1", **settings}}
    found = compare("prod", stack(project, before), stack(project, after), NOW, Assumptions())
    assert first in markdown([Review("prod", found)], Assumptions())
