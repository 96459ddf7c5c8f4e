"""Reads the rules, schedules and task definitions of a live account.

The members that describe a resource and don't configure it, such as its ARN and the time of its creation, are left out.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeVar

from components.aws.names import GROUP_TAG
from components.json_values import Object
from components.problems import listed

from ...aws.errors import explained, read_part
from ...aws.pages import Tokens
from ...aws.parallel import call_in_parallel
from ...aws.session import Aws
from ...errors import OpsError
from .model import Definition, Found, Rule, Schedule, Target, text_at
from .universal import with_ecs_target
from .values import value_of

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import RuleTypeDef
    from mypy_boto3_scheduler.type_defs import ScheduleSummaryTypeDef

Key = TypeVar("Key")
Answer = TypeVar("Answer")
_OF_RULES = frozenset({"Arn", "CreatedBy", "ManagedBy", "ResponseMetadata"})
_OF_SCHEDULES = frozenset({"Arn", "CreationDate", "LastModificationDate", "ResponseMetadata"})
_OF_DEFINITIONS = frozenset(
    {"taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy",
     "deregisteredAt", "deleteRequestedAt"}
)  # fmt: skip


class _Failures:
    """The calls that failed. All are reported at once, so that the user can request all missing permissions."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def read(self, what: str, default: Answer, read: Callable[[], Answer]) -> Answer:
        """Read a part, or return the default and remember the failure."""
        return read_part(what, default, read, self.sentences)

    def each(self, what: str, call: Callable[[Key], Answer], keys: Collection[Key]) -> Iterator[tuple[Key, Answer]]:
        """Make a call for each key. A failure that repeats is remembered once."""
        for key, future in call_in_parallel(call, keys):
            if error := future.exception():
                line = explained(error)
                if line is None:
                    raise error
                sentence = f"{what} can't be read. {line}"
                if sentence not in self.sentences:
                    self.sentences.append(sentence)
                continue
            yield key, future.result()


def read_account(aws: Aws, names: Sequence[str], *, expand: bool) -> Found:
    """The rules of all event buses, and the schedules of all groups, with their task definitions.

    Args:
        aws: The session.
        names: Patterns of names such as `nightly-*`; empty for all.
        expand: Whether each task definition is needed, and not only those that say what runs.

    Raises:
        OpsError: A call failed, or no name matches. The message has all failed calls.
    """
    failures, found = _Failures(), Found()
    _rules(aws, names, found, failures)
    _schedules(aws, names, found, failures)
    if failures.sentences:
        raise OpsError(" ".join([*failures.sentences, "Nothing was written."]))
    if not found.rules and not found.schedules:
        which = f" whose name is {listed(names)}" if names else ""
        raise OpsError(f"There is no rule and no schedule{which} in {aws.region}. Check --region and the account.")
    _definitions(aws, found, expand=expand)
    return found


def _wanted(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _buses(aws: Aws) -> list[str]:
    """The event buses. botocore has no paginator for them."""
    found: list[str] = []
    client, tokens = aws.client("events"), Tokens("ListEventBuses")
    answer = client.list_event_buses(Limit=100)
    while True:
        found += [bus["Name"] for bus in answer["EventBuses"] if "Name" in bus]
        token = answer.get("NextToken")
        if not token:
            return found
        tokens.check(token, items=bool(answer["EventBuses"]))
        answer = client.list_event_buses(Limit=100, NextToken=token)


def _rules(aws: Aws, names: Sequence[str], found: Found, failures: _Failures) -> None:
    listed_rules: list[tuple[str, RuleTypeDef]] = []
    for bus in failures.read("The event buses", [], lambda: _buses(aws)):

        def of_bus(bus: str = bus) -> list[tuple[str, "RuleTypeDef"]]:
            return [(bus, rule) for rule in aws.pages("events", "list_rules", "Rules", EventBusName=bus)]

        listed_rules += failures.read(f"The rules of the event bus {bus}", [], of_bus)
    wanted = [(bus, rule) for bus, rule in listed_rules if _wanted(rule.get("Name", ""), names)]
    managed = [rule.get("Name", "") for _, rule in wanted if rule.get("ManagedBy")]
    if managed:
        found.remarks.append(f"Not imported: rules that an AWS service manages ({len(managed)}).")
    by_arn = {rule.get("Arn", ""): (bus, rule) for bus, rule in wanted if not rule.get("ManagedBy")}

    def targets_of(arn: str) -> list[Any]:
        bus, rule = by_arn[arn]
        name = rule.get("Name", "")
        return list(aws.pages("events", "list_targets_by_rule", "Targets", Rule=name, EventBusName=bus))

    for arn, targets in failures.each("The targets of rules", targets_of, by_arn):
        bus, rule = by_arn[arn]
        place = "" if bus == "default" else f"{bus}/"
        label = f"rule/{place}{rule.get('Name', '')}"
        found.rules.append(
            Rule(label, label, _value(rule, _OF_RULES), [Target(value_of(each)) for each in targets], arn, bus)
        )
    _tags(aws, found)


def _value(members: Any, without: frozenset[str]) -> Any:
    return value_of({key: item for key, item in members.items() if key not in without})


def _tags(aws: Aws, found: Found) -> None:
    """Add the tags of the rules that are imported. Without them, the import continues."""
    scheduled = {rule.arn: rule for rule in found.rules if rule.value.at("ScheduleExpression")}
    failures = _Failures()

    def tags_of(arn: str) -> list[Any]:
        return list(aws.client("events").list_tags_for_resource(ResourceARN=arn).get("Tags", []))

    for arn, tags in failures.each("The tags of rules", tags_of, scheduled):
        if tags:
            scheduled[arn].value.entries["Tags"] = value_of(tags, "Tags")
    found.remarks += [f"{sentence} Tasks are imported without them." for sentence in failures.sentences]


def _schedules(aws: Aws, names: Sequence[str], found: Found, failures: _Failures) -> None:
    def all_schedules() -> list["ScheduleSummaryTypeDef"]:
        return list(aws.pages("scheduler", "list_schedules", "Schedules", PaginationConfig={"PageSize": 100}))

    summaries = failures.read("The schedules", [], all_schedules)
    wanted = [each for each in summaries if _wanted(each.get("Name", ""), names)]
    own = _own_groups(aws, {each.get("GroupName", "") for each in wanted}, failures)
    for group in sorted(own):
        found.remarks.append(f"Not imported: the schedules of {group}, which belong to a stack of this tool.")
    by_arn = {each.get("Arn", ""): each for each in wanted if each.get("GroupName", "") not in own}

    def details(arn: str) -> Any:
        summary = by_arn[arn]
        return aws.client("scheduler").get_schedule(GroupName=summary["GroupName"], Name=summary["Name"])

    for arn, members in failures.each("Schedules", details, by_arn):
        group = by_arn[arn].get("GroupName", "default")
        label = f"schedule/{group}/{by_arn[arn].get('Name', '')}"
        schedule = Schedule(label, label, _value(members, _OF_SCHEDULES), arn, group)
        with_ecs_target(schedule)
        found.schedules.append(schedule)


def _own_groups(aws: Aws, groups: Collection[str], failures: _Failures) -> set[str]:
    """The schedule groups that stacks of this tool created."""
    client = aws.client("scheduler")

    def is_own(group: str) -> bool:
        if group == "default":
            return False
        arn = client.get_schedule_group(Name=group)["Arn"]
        return any(tag["Key"] == GROUP_TAG for tag in client.list_tags_for_resource(ResourceArn=arn).get("Tags", []))

    return {group for group, own in failures.each("The schedule groups", is_own, sorted(groups)) if own}


def _definitions(aws: Aws, found: Found, *, expand: bool) -> None:
    """Add the task definitions. With `expand`, a failure is an error: they can't be rewritten."""
    targets = [target.value for rule in found.rules if rule.value.at("ScheduleExpression") for target in rule.targets]
    targets += [target for schedule in found.schedules if (target := schedule.value.at("Target"))]
    references = sorted({text_at(target, "EcsParameters", "TaskDefinitionArn") for target in targets} - {""})
    failures = _Failures()

    def describe(reference: str) -> Object:
        answer = aws.client("ecs").describe_task_definition(taskDefinition=reference, include=["TAGS"])
        return {**answer["taskDefinition"], "tags": answer.get("tags", [])}

    for reference, members in failures.each("Task definitions", describe, references):
        arn = str(members.get("taskDefinitionArn", ""))
        if members.get("status") not in (None, "ACTIVE"):
            found.remarks.append(f"{reference} is {members['status']}. ECS starts no new runs of it.")
        found.definitions[reference] = found.definitions[arn] = Definition(_value(members, _OF_DEFINITIONS), arn, arn)
    if failures.sentences and expand:
        raise OpsError(" ".join([*failures.sentences, "Nothing was written."]))
    found.remarks += [
        f"{sentence} So the revisions of families aren't pinned, and containers aren't checked."
        for sentence in failures.sentences
    ]
