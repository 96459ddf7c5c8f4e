"""All tags of a resource count: the task's, its group's, the default tags of the provider, and those that we add.

At most 50 (https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html).
"""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from components import ScheduledTask, ScheduledTaskGroup
from components.aws.provider_tags import tags_of_provider
from components.checks.errors import InvalidArgumentsError
from config import ConfigError, from_file, load
from tests.mocks import Recorded, run

TAGS = 50


def tags(prefix: str, count: int) -> dict[str, str]:
    return {f"{prefix}{number}": "a" for number in range(count)}


def deployed(of_task: int, of_group: int, by_default: int) -> Recorded:
    def program() -> None:
        group = ScheduledTaskGroup("tasks", {"cluster": "main", "tags": tags("g", of_group)})
        task: Any = {"image": "a:1", "schedule": "rate(1 day)", "tags": tags("t", of_task)}
        ScheduledTask("job", cast("Any", {**task, "group": group.reference}))

    config = {"aws:defaultTags": json.dumps({"tags": tags("d", by_default)})}
    return run(program, preview=False, config=config)


@pytest.mark.parametrize(("of_task", "of_group", "by_default"), [(10, 20, 19), (0, 0, 49), (49, 0, 0), (0, 49, 0)])
def test_as_many_tags_as_aws_accepts(of_task: int, of_group: int, by_default: int):
    recorded = deployed(of_task, of_group, by_default)
    assert recorded.error is None
    tagged = [len(found.inputs["tags"]) for found in recorded.of_aws if "tags" in found.inputs]
    assert max(tagged) + by_default == TAGS


@pytest.mark.parametrize(("of_task", "of_group", "by_default"), [(10, 20, 20), (0, 0, 50), (25, 25, 0)])
def test_one_tag_more_than_aws_accepts(of_task: int, of_group: int, by_default: int):
    error = deployed(of_task, of_group, by_default).error
    assert isinstance(error, InvalidArgumentsError)
    [problem] = error.problems
    assert problem.path == ("tags",)
    assert "51" in problem.message


@pytest.mark.parametrize(
    ("of_group", "by_default", "refused"), [(48, 0, False), (28, 20, False), (49, 0, True), (29, 20, True)]
)
def test_tags_of_a_group_with_several_clusters(of_group: int, by_default: int, refused: bool):
    def program() -> None:
        ScheduledTaskGroup("tasks", {"cluster": "main", "clusters": ["batch"], "tags": tags("g", of_group)})

    recorded = run(program, preview=False, config={"aws:defaultTags": json.dumps({"tags": tags("d", by_default)})})
    assert bool(recorded.error) is refused
    if refused:
        assert "tags: makes 51 tags of the schedule group" in str(recorded.error)
    else:
        [group] = [it for it in recorded.of_aws if it.type == "aws:scheduler/scheduleGroup:ScheduleGroup"]
        assert len(group.inputs["tags"]) + by_default == TAGS
        assert group.inputs["tags"]["scheduled-tasks/clusters"] == "batch main"


@pytest.mark.parametrize(("length", "refused"), [(251, False), (252, True)])
def test_names_of_clusters_that_fit_into_a_tag(length: int, refused: bool):
    """AWS: botocore scheduler, TagValue: at most 256 characters."""

    def program() -> None:
        ScheduledTaskGroup("tasks", {"cluster": "main", "clusters": ["b" * length]})

    error = run(program, preview=False).error
    assert bool(error) is refused
    assert not refused or "clusters: have names with 257 characters together" in str(error)


@pytest.mark.parametrize(("by_default", "refused"), [(19, False), (20, True)])
def test_default_tags_of_the_stacks_file_count_before_a_deployment(tmp_path: Path, by_default: int, refused: bool):
    task = {"image": "a:1", "schedule": "rate(1 day)", "tags": tags("t", 10)}
    values = {
        "aws:defaultTags": {"tags": tags("d", by_default)},
        "jobs:tags": tags("g", 20),
        "jobs:catalogue": False,
        "jobs:tasks": {"job": task},
    }
    (tmp_path / "Pulumi.dev.yaml").write_text(json.dumps({"config": values}))
    source = from_file("jobs", "dev", tmp_path)
    if not refused:
        assert load(source, tmp_path / "none").tasks
        return
    with pytest.raises(ConfigError, match=r"tasks\.job\.tags.*51"):
        load(source, tmp_path / "none")


@pytest.mark.parametrize("declared", [{"tags": tags("d", 50)}, {"value": {"tags": tags("d", 50)}}])
def test_default_tags_of_the_projects_file_count_too(tmp_path: Path, declared: dict[str, Any]):
    (tmp_path / "Pulumi.yaml").write_text(json.dumps({"name": "jobs", "config": {"aws:defaultTags": declared}}))
    values = {"jobs:catalogue": False, "jobs:tasks": {"job": {"image": "a:1", "schedule": "rate(1 day)"}}}
    (tmp_path / "Pulumi.dev.yaml").write_text(json.dumps({"config": values}))
    with pytest.raises(ConfigError, match=r"tasks\.job\.tags.*51"):
        load(from_file("jobs", "dev", tmp_path), tmp_path / "none")


def test_a_default_tag_that_the_stack_sets_itself_counts_once():
    def program() -> None:
        ScheduledTaskGroup("tasks", {"cluster": "main", "tags": tags("d", 49)})

    config = {"aws:defaultTags": json.dumps({"tags": tags("d", 49)})}
    assert run(program, preview=False, config=config).error is None


@pytest.mark.parametrize("value", [None, "", "no JSON", "[]", {"tags": []}, {}, 1])
def test_other_values_have_no_tags(value: object):
    assert tags_of_provider(value) == {}
