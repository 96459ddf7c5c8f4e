"""Drafts of tasks from rules, schedules and task definitions: the one mapping of all sources of AWS. Pure.

Without `--expand`, a task keeps the task definition that exists.
"""

from dataclasses import dataclass

from components.json_values import is_object

from ..model import Answers, Draft, Reading
from ..names import task_name
from ..yaml_sources import Ledger, Value
from .calls import apply_call, refusal_of
from .expansion import expand
from .launching import launching, tags
from .model import Definition, Found, Rule, Schedule, is_ecs
from .overrides import apply_overrides, choose_container, overrides_of
from .timing import retries, rule_timing, schedule_timing
from .universal import CALL, with_ecs_target
from .values import is_empty, leaf_count, parsed_json, plain
from .work import Work

_NO_KEY = "There is no key for it."
_ON_EVENTS = "The rule reacts to events. A task runs only on a schedule."


@dataclass(slots=True)
class Origin:
    """A draft, and what it comes from: a schedule, or a rule with the ID of a target."""

    draft: Draft
    origin: Rule | Schedule
    target: str = ""


def reading_of(found: Found, answers: Answers) -> tuple[Reading, list[Origin]]:
    """Make a draft of each target of a rule with a schedule, and of each schedule, if a task can do the same."""
    mapping = _Mapping(found, answers, Reading(remarks=list(found.remarks)), [])
    for rule in found.rules:
        mapping.rule(rule)
    for schedule in found.schedules:
        mapping.schedule(schedule)
    if mapping.unrelated:
        rules = (
            "1 rule that reacts to events and has"
            if mapping.unrelated == 1
            else (f"{mapping.unrelated} rules that react to events and have")
        )
        mapping.reading.remarks.append(f"Not imported: {rules} no ECS target.")
    return mapping.reading, mapping.imported


def counted_keys(value: Value) -> int:
    """The number of keys of a rule, a schedule or a target, counted in its plain data. Its input is JSON in JSON."""
    return leaf_count(_with_input(plain(value), value))


def _with_input(data: object, value: Value) -> object:
    """The data in which the input of each target is an object."""
    if isinstance(value.children, dict) and is_object(data):
        parsed = parsed_json(value.children["Input"]) if "Input" in value.children else None
        own = {key: _with_input(data[key], child) for key, child in value.children.items()}
        return {**own, "Input": plain(parsed)} if parsed is not None and isinstance(parsed.children, dict) else own
    return data


@dataclass(slots=True)
class _Mapping:
    """The drafts of one source."""

    found: Found
    answers: Answers
    reading: Reading
    imported: list[Origin]
    unrelated: int = 0
    """Rules for events without an ECS target."""

    def rule(self, rule: Rule) -> None:
        """Add the drafts of a rule."""
        scheduled = not is_empty(rule.value.at("ScheduleExpression"))
        targets = [target for target in rule.targets if _is_possible(target.value, of_rule=True, calls=scheduled)]
        if is_empty(rule.value.at("ScheduleExpression")) and not targets:
            self.unrelated += 1
            return
        self.reading.keys += counted_keys(rule.value)
        others = [target for target in rule.targets if target not in targets]
        ledger = Ledger(rule.file)
        if is_empty(rule.value.at("ScheduleExpression")) or not targets:
            note = "No target of the rule can be a task." if scheduled else _ON_EVENTS
            self._lose(ledger, rule.value, note, rule.label)
            for target in rule.targets:
                why = refusal_of(target.value, of_rule=True) if scheduled else note
                self._lose(ledger, target.value, why, f"{rule.label}/{target.id}")
            self.reading.keys += sum(counted_keys(target.value) for target in rule.targets)
            self.reading.decisions += ledger.decisions
            return
        for target in targets:
            self.reading.keys += counted_keys(target.value)
            name = rule.name if len(targets) == 1 else f"{rule.name}-{target.id}"
            work = self._work(name, rule.file, rule.value.line)
            work.leave_empty(rule.value)
            work.found(rule.value.at("Condition"), "")
            rule_timing(work, rule)
            tags(work, rule.value.at("Tags"))
            work.ledger.change(target.value.at("Id"), "")
            work.ledger.change(target.value.at("EventBusName"), "", "Schedules need no event bus.")
            self._target(work, target.value, of_rule=True)
            self.imported.append(Origin(work.draft, rule, target.id))
            work.ledger.finish([target.value, rule.value], _NO_KEY)
        for target in others:
            self.reading.keys += counted_keys(target.value)
            self._lose(ledger, target.value, refusal_of(target.value, of_rule=True), f"{rule.label}/{target.id}")
        self.reading.decisions += ledger.decisions

    def schedule(self, schedule: Schedule) -> None:
        """Add the draft of a schedule."""
        with_ecs_target(schedule)
        self.reading.keys += counted_keys(schedule.value)
        target = schedule.value.at("Target")
        if target is None or not _is_possible(target, of_rule=False, calls=True):
            ledger = Ledger(schedule.file)
            note = refusal_of(target, of_rule=False) if target else "The schedule has no target."
            self._lose(ledger, schedule.value, note, schedule.label)
            self.reading.decisions += ledger.decisions
            return
        work = self._work(schedule.name, schedule.file, schedule.value.line)
        work.leave_empty(schedule.value)
        work.found(schedule.value.at("Condition"), "")
        schedule_timing(work, schedule)
        work.ledger.change(target.at(CALL), "", "The task calls RunTask itself.")
        self._target(work, target, of_rule=False)
        self.imported.append(Origin(work.draft, schedule))
        work.ledger.finish([schedule.value], _NO_KEY)

    def _work(self, name: str, file: str, line: int) -> Work:
        ledger = Ledger(file)
        draft = Draft(
            task_name(name, {each.name for each in self.reading.drafts}), file, line, decisions=ledger.decisions
        )
        self.reading.drafts.append(draft)
        return Work(draft, ledger)

    def _lose(self, ledger: Ledger, value: Value, note: str, key: str) -> None:
        """Report a value as a whole. Its input counts as many keys as it has."""
        whole = Value(value.path, value.line, None, [value, *_inputs(value)])
        ledger.add(whole, "not possible", note=note, key=key)

    def _target(self, work: Work, target: Value, *, of_rule: bool) -> None:
        work.leave_empty(target)
        if not is_ecs(target):
            apply_call(work, target, of_rule=of_rule)
            retries(work, target)
            return
        work.ledger.change(target.at("RoleArn"), "", "The stack's own role starts runs.", whole=True)
        overrides = overrides_of(work, target)
        parameters = target.at("EcsParameters")
        if parameters is None:
            work.draft.block(target.line, "EcsParameters", "The target has no EcsParameters.", "not possible")
            return
        given = parameters.at("TaskDefinitionArn")
        definition = self.found.definition(given.text) if given is not None else None
        # A template without the ARN of its own task definition still has the definition.
        known = definition is not None and self.answers.expand
        reference = given if known else work.found(given, "taskDefinition")
        if reference is not None and self.answers.expand:
            self._expand(work, reference, definition, target, overrides)
        elif reference is not None:
            self._keep(work, reference, definition, overrides)
        elif overrides is not None:
            apply_overrides(work, overrides, None, self.answers.container)
        launching(work, target, definition)
        retries(work, target)

    def _keep(self, work: Work, reference: Value, definition: Definition | None, overrides: Value | None) -> None:
        """Keep a task definition."""
        text = reference.text
        work.draft.keys["taskDefinition"] = text
        if _has_revision(text):
            work.ledger.take(reference, "taskDefinition")
        elif definition is not None and definition.arn:
            work.draft.keys["taskDefinition"] = definition.arn
            note = (
                f"EventBridge runs the newest revision at each launch. The task is pinned to today's, "
                f"{definition.arn.rsplit(':', 1)[-1]}. To let each deployment pin the newest, remove the revision."
            )
            work.ledger.change(reference, "taskDefinition", note)
        else:
            note = "EventBridge runs the newest revision at each launch. Here, each deployment pins the newest."
            work.ledger.change(reference, "taskDefinition", note)
        if overrides is not None:
            apply_overrides(work, overrides, definition, self.answers.container)
        else:
            choose_container(work, definition, self.answers.container)

    def _expand(
        self,
        work: Work,
        reference: Value,
        definition: Definition | None,
        target: Value,
        overrides: Value | None,
    ) -> None:
        """Rewrite a task definition into keys."""
        if definition is None:
            note = f"The source doesn't contain {reference.text}. Without --expand, it is kept as it is."
            work.block(reference, "taskDefinition", note)
            if overrides is not None:
                work.ledger.change(overrides, "", whole=True)
            return
        work.ledger.change(reference, "image", "The task registers its own task definition.")
        # Each task decides about a copy: several can use the same definition.
        copy = Definition(copied(definition.value), definition.file, definition.arn)
        self.reading.keys += leaf_count(plain(copy.value))
        expand(work, copy, target, overrides, self.answers.container)


def _has_revision(text: str) -> bool:
    return text.rsplit(":", 1)[-1].isdecimal() and ":" in text.rsplit("/", 1)[-1]


def _inputs(value: Value) -> list[Value]:
    """The objects in inputs, which count as keys of their own. The strings that contain them no longer count."""
    found: list[Value] = []
    for key, child in value.entries.items():
        if key == "Input" and (parsed := parsed_json(child)) is not None and isinstance(parsed.children, dict):
            child.decided = True
            found.append(parsed)
        else:
            found += _inputs(child)
    return found


def copied(value: Value) -> Value:
    """A copy of a value about which nothing is decided."""
    children = value.children
    if isinstance(children, dict):
        return Value(value.path, value.line, value.data, {key: copied(child) for key, child in children.items()})
    if isinstance(children, list):
        return Value(value.path, value.line, value.data, [copied(child) for child in children])
    return Value(value.path, value.line, value.data)


def _is_possible(target: Value, *, of_rule: bool, calls: bool) -> bool:
    """Whether a target can be a task: it starts ECS tasks, or it can be a call."""
    return is_ecs(target) or (calls and not refusal_of(target, of_rule=of_rule))
