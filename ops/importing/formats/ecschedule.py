"""Rules of ecschedule files. Each runs an existing task definition. Pure.

Source: Songmu/ecschedule, rule.go (the names of keys, and what EventBridge receives for them).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..model import Answers, Decision, Draft, Reading, Source, SourceError
from ..names import task_name
from ..times import rules as rule_times
from ..yaml_counts import leaves_of
from ..yaml_sources import Ledger, Value, documents
from .ecschedule_templates import filled

_UNREAD = "ecschedule doesn't read this key. Its aliases are filled in."
_NO_KEY = "ecschedule doesn't read this key, or nothing here corresponds to it."
_LAUNCH = {"FARGATE": "fargate", "EC2": "ec2", "EXTERNAL": "external"}
_ROLE = "The stack's role for EventBridge Scheduler takes its place."
_LONGEST_DESCRIPTION = 512
_TEMPLATE = "This template isn't one of ecschedule. Write the file with its results."
_KNOWN = ("region", "cluster", "role", "rules", "plugins")
_CPU = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:(vcpu))?", re.IGNORECASE | re.ASCII)
_MEMORY = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:(gb))?", re.IGNORECASE | re.ASCII)


def read(sources: Sequence[Source], answers: Answers) -> Reading:
    """Make a draft of each rule. Raises SourceError."""
    reading = Reading()
    for source in sources:
        text = filled(source, answers.values)
        roots = documents(text, _TEMPLATE)
        rules = roots[0].at("rules") if roots else None
        if len(roots) != 1 or rules is None or not all(rule.at("scheduleExpression") for rule in rules.items):
            line = roots[0].line if roots else None
            raise SourceError(source.file, line, "There are no rules of ecschedule in this file.")
        reading.keys += leaves_of(text.text)
        _read_file(roots[0], source.file, reading)
    return reading


def _read_file(root: Value, file: str, reading: Reading) -> None:
    ledger = Ledger(file)
    ledger.change(root.at("role"), "", _ROLE)
    if region := root.at("region"):
        ledger.change(region, "aws:region", f"The stack must be in {region.text}.")
    ledger.change(root.at("plugins"), "", "Only ecschedule uses it.", whole=True)
    for key, value in root.entries.items():
        if key not in _KNOWN:
            ledger.change(value, "", _UNREAD, whole=True)
    cluster, rules = root.at("cluster"), root.at("rules")
    if not rules or not rules.items:
        ledger.change(rules, "", "There is no rule.", whole=True)
    ledger.take(cluster, "cluster")
    for rule in rules.items if rules else []:
        own = Ledger(file)
        name = rule.at("name")
        taken = {draft.name for draft in reading.drafts}
        draft = Draft(task_name(name.text if name else "rule", taken), file, rule.line, decisions=own.decisions)
        _Rule(rule, draft, own, cluster.text if cluster else "").read()
        reading.drafts.append(draft)
    ledger.finish([value for key, value in root.entries.items() if key != "rules"], _NO_KEY)
    reading.decisions += ledger.decisions


@dataclass(slots=True)
class _Rule:
    """One rule."""

    rule: Value
    draft: Draft
    ledger: Ledger
    cluster: str

    def read(self) -> None:
        """Add its keys and decisions."""
        rule, ledger, keys = self.rule, self.ledger, self.draft.keys
        ledger.take(rule.at("name"), "the file's name")
        if (description := rule.at("description")) and description.text:
            keys["description"] = description.text[:_LONGEST_DESCRIPTION]
        ledger.take(rule.at("description"), "description")
        self._schedule()
        if disabled := rule.at("disabled"):
            keys |= {"enabled": False} if disabled.text == "true" else {}
            ledger.change(disabled, "enabled")
        self._definition()
        self._cluster()
        self._launch()
        self._network(rule.at("network_configuration", "aws_vpc_configuration"))
        self._overrides()
        self._rest()
        ledger.finish([rule], _NO_KEY)

    def _schedule(self) -> None:
        value = self.rule.at("scheduleExpression")
        if value is None:
            return
        expression = value.text.strip()
        try:
            self.draft.times = rule_times.times_of(expression)
        except ValueError:
            note = f"An EventBridge rule doesn't accept {expression or 'an object'}."
            self.ledger.add(value, "not possible", "schedule", note, blocks=True)
            return
        self.draft.keys["schedule"] = expression
        if expression.startswith("cron"):
            self.draft.keys["timezone"] = "UTC"
            self.ledger.take(value, "schedule")
            note = "EventBridge rules run in UTC."
            self.ledger.decisions.append(
                Decision(self.draft.file, value.line, "timezone", "changed", "timezone", note, keys=0)
            )
        else:
            self.ledger.change(value, "schedule", "AWS counts the interval from the deployment.")

    def _definition(self) -> None:
        value = self.rule.at("taskDefinition")
        if value is None or not value.text:
            self.draft.block(self.rule.line, "taskDefinition", "The rule has no task definition.", "not possible")
            return
        self.draft.keys["taskDefinition"] = value.text
        if re.search(r":[0-9]+$", value.text):
            self.ledger.take(value, "taskDefinition")
        else:
            note = "Each deployment chooses the newest revision. With ecschedule, each run does."
            self.ledger.change(value, "taskDefinition", note)

    def _cluster(self) -> None:
        own = self.rule.at("cluster")
        name = own.text if own and own.text else self.cluster
        if name:
            self.draft.keys["cluster"] = name
        self.ledger.take(own, "cluster")
        if region := self.rule.at("region"):
            self.ledger.change(region, "aws:region", f"The stack must be in {region.text}.")

    def _launch(self) -> None:
        keys, launch = self.draft.keys, self.rule.at("launch_type")
        strategy = self.rule.at("capacityProviderStrategy")
        if strategy and strategy.items:
            if providers := _providers(strategy):
                keys["launch"] = providers
                self.ledger.change(strategy, "launch", whole=True)
                self.ledger.lose(launch, "ECS refuses a launch type beside a capacity provider strategy.")
        elif launch and launch.text in _LAUNCH:
            keys["launch"] = _LAUNCH[launch.text]
            self.ledger.change(launch, "launch")
        elif launch is None:
            keys["launch"] = "clusterDefault"
            note = "Without a launch type, ECS uses the cluster's default capacity provider strategy, or EC2."
            self.ledger.decisions.append(
                Decision(self.draft.file, self.rule.line, "launch_type", "changed", "launch", note, keys=0)
            )
        if (version := self.rule.at("platform_version")) and version.text:
            keys["platformVersion"] = version.written
            self.ledger.take(version, "platformVersion")

    def _network(self, vpc: Value | None) -> None:
        if vpc is None:
            return
        subnets, groups, public = vpc.at("subnets"), vpc.at("security_groups"), vpc.at("assign_public_ip")
        network: dict[str, object] = {"assignPublicIp": public is not None and public.text == "ENABLED"}
        if subnets and subnets.texts:
            network["subnets"] = subnets.texts
            self.ledger.take(subnets, "network.subnets", whole=True)
        if groups and groups.texts:
            network["securityGroups"] = groups.texts
            self.ledger.take(groups, "network.securityGroups", whole=True)
        if public is None or public.text in ("ENABLED", "DISABLED", ""):
            self.ledger.change(public, "network.assignPublicIp")
        self.draft.keys["network"] = network

    def _overrides(self) -> None:
        overrides = self.rule.at("containerOverrides")
        items = overrides.items if overrides else []
        used = [item for item in items if set(item.entries) - {"name"}]
        if len(used) > 1:
            note = "Only one container of a task can have overrides. Put the others into the task definition."
            self.draft.block(used[1].line, used[1].path, note, "not possible")
        for item in items if len(used) <= 1 else []:
            self._override(item, is_main=item in used or not used)
        task = self.rule.at("taskOverride")
        for key, pattern in (("cpu", _CPU), ("memory", _MEMORY)):
            value = task.at(key) if task else None
            found = pattern.fullmatch(value.text.strip()) if value else None
            if value and found:
                self.draft.keys[key] = int(Decimal(found[1]) * (1024 if found[2] or "." in found[1] else 1))
                self.ledger.take(value, key)

    def _override(self, item: Value, *, is_main: bool) -> None:
        keys, ledger = self.draft.keys, self.ledger
        name, command, environment = item.at("name"), item.at("command"), item.at("environment")
        if name and is_main:
            keys["container"] = name.text
        ledger.take(name, "container")
        if command and command.items and all(word.children is None for word in command.items):
            keys["command"] = [word.written for word in command.items]
            ledger.take(command, "command", whole=True)
        elif command and command.children == []:
            ledger.change(command, "", "The image's command runs.", whole=True)
        values = environment.entries if environment else {}
        if values and all(value.children is None for value in values.values()):
            keys["environment"] = {name: value.written for name, value in values.items()}
            ledger.take(environment, "environment", whole=True)
        for key in ("cpu", "memory", "memoryReservation"):
            ledger.lose(item.at(key), "A schedule sets the size of the task, not of a container: `cpu` and `memory`.")

    def _rest(self) -> None:
        rule, ledger, keys = self.rule, self.ledger, self.draft.keys
        if (count := rule.at("taskCount")) and count.text.isdecimal():
            keys |= {"count": int(count.text)} if int(count.text) > 1 else {}
            ledger.take(count, "count")
        if (tags := rule.at("propagateTags")) and tags.text in ("TASK_DEFINITION", ""):
            keys["propagateTags"] = bool(tags.text)
            ledger.change(tags, "propagateTags")
        for key in ("targetId", "trackingId"):
            ledger.change(rule.at(key), "", "Only the rule uses it.")
        ledger.change(rule.at("role"), "", _ROLE)
        ledger.change(rule.at("dead_letter_config"), "", "The stack's dead-letter queue takes its place.", whole=True)
        ledger.lose(rule.at("group"), "Runs of a task have no ECS group of your choice. Use `tags`.")


def _providers(strategy: Value) -> list[dict[str, object]]:
    """A capacity provider strategy; empty if it has something else."""
    found: list[dict[str, object]] = []
    for item in strategy.items:
        provider, weight, base = item.at("capacityProvider"), item.at("weight"), item.at("base")
        numbers = [value for value in (weight, base) if value]
        wrong = any(not value.text.isdecimal() for value in numbers) or set(item.entries) - _STRATEGY
        if provider is None or wrong:
            return []
        entry: dict[str, object] = {"provider": provider.text}
        entry |= {key: int(value.text) for key, value in (("weight", weight), ("base", base)) if value}
        found.append(entry)
    return found


_STRATEGY = {"capacityProvider", "weight", "base"}
