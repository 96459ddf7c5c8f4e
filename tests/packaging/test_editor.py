"""Help of an editor in a program that uses the package: completion, and documentation of arguments and outputs.

The judge is pyright's language server, which VS Code and other editors use.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components import ScheduledTaskArgs, ScheduledTaskGroupArgs
from components.keys.reference import descriptions_of, keys_of

from .language_server import LanguageServer

COMPONENTS = Path(__file__).parents[2] / "components"
PROGRAM = """\
from pulumi_ecs_scheduled_tasks import ScheduledTask, ScheduledTaskGroup, ScheduledTaskArgs, SidecarArgs

group = ScheduledTaskGroup("jobs", cluster="main", network={"subnets": "private"})
job = ScheduledTask("a", group=group, image="a:1", schedule="rate(1 day)", overlap="forbid", retry={"max_age": "1h"})
more: ScheduledTaskArgs = {"timeout": "1h", "launch": "fargate", "user": "app", "linux": {"max_swap": 0}}
proxy: SidecarArgs = {"image": "proxy:1", "firelens": {"type": "fluentbit"}}
last = ScheduledTask("e", image="a:1", schedule="none", working_directory="/app")
ScheduledTask("b", )
ScheduledTask("c", {""})
ScheduledTaskGroup("d", )
role = group.scheduler_role_name
table = group.resources.lease_table
alerts = group.resources.monitoring.topic
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    """An editor with the program, beside the package as it is installed."""
    root = tmp_path_factory.mktemp("project")
    (root / "pulumi_ecs_scheduled_tasks").symlink_to(COMPONENTS)
    with LanguageServer(root) as server:
        server.open(PROGRAM)
        # The first answer takes as long as it takes to read the types of Pulumi.
        server.hover("ScheduledTask")
        yield server


pytestmark = [pytest.mark.thorough, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("after", "shape"),
    [('ScheduledTask("b", ', ScheduledTaskArgs), ('ScheduledTaskGroup("d", ', ScheduledTaskGroupArgs)],
)
def test_every_argument_is_completed_as_a_keyword(editor: LanguageServer, after: str, shape: Any):
    assert {f"{name}=" for name in keys_of(shape)} <= set(editor.completions(after))


def test_every_key_of_a_dictionary_is_completed(editor: LanguageServer):
    completed = editor.completions('ScheduledTask("c", {"')
    assert {f'"{name}"' for name in keys_of(ScheduledTaskArgs)} <= set(completed)


@pytest.mark.parametrize(
    ("after", "choices"),
    [
        ('overlap="', ['"allow"', '"forbid"', '"replace"']),
        ('"launch": "', ['"ec2"', '"external"', '"fargate"', '"fargateSpot"']),
        ('"subnets": "', ['"private"']),
    ],
)
def test_enumerated_strings_are_completed(editor: LanguageServer, after: str, choices: list[str]):
    assert set(choices) <= set(editor.completions(after))


@pytest.mark.parametrize(
    ("word", "shape", "key"),
    [
        ("cluster=", ScheduledTaskGroupArgs, "cluster"),
        ("image=", ScheduledTaskArgs, "image"),
        ("schedule=", ScheduledTaskArgs, "schedule"),
        ("overlap=", ScheduledTaskArgs, "overlap"),
        ("working_directory=", ScheduledTaskArgs, "working_directory"),
    ],
)
def test_keyword_arguments_show_their_documentation(editor: LanguageServer, word: str, shape: Any, key: str):
    shown = " ".join(editor.hover(word).split())
    assert descriptions_of(shape)[key].split(". ")[0] in shown


@pytest.mark.parametrize(
    ("word", "documentation"),
    [
        ('"subnets"', "`public` selects the VPC's subnets"),
        # The server shows no documentation of keys that a TypedDict inherits, such as "user". Keyword arguments have it.
        ('"firelens"', "Makes the sidecar"),
        ('"max_swap"', "MiB of swap"),
        ('"max_age"', "Maximum time after the scheduled time, 1m to 1d."),
        ("ScheduledTaskGroup(", "Create the shared resources of scheduled tasks."),
        ("scheduler_role_name", "Name of the role that EventBridge Scheduler assumes"),
        ("lease_table", "The table by which supervised tasks prevent overlapping runs."),
        ("topic", "None for an existing topic"),
    ],
)
def test_keys_outputs_and_resources_show_their_documentation(editor: LanguageServer, word: str, documentation: str):
    assert documentation in " ".join(editor.hover(word).split())
