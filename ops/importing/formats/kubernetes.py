"""CronJobs of Kubernetes (batch/v1). Pure.

Source: Kubernetes API reference, CronJob v1 batch, and Container v1 core.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from components.schedules import known_timezone

from ..cron_fields import FieldError, parsed
from ..model import Answers, Decision, Draft, Reading, Source, SourceError
from ..names import task_name
from ..schedules import interval_minutes, rate, scheduled, seconds_text
from ..times import robfig
from ..times.days import every
from ..yaml_counts import leaves_of
from ..yaml_sources import Ledger, Value, documents
from .kubernetes_pod import Pod

_NO_KEY = "ECS or this tool has nothing that corresponds to it."
_HISTORY = "Kubernetes deletes old jobs by it. ECS keeps stopped runs for an hour, and `history` shows older ones."
_LABELS = "Kubernetes selects objects by it. Set `tags` if you need them."
_MOST_RETRIES = 10


def read(sources: Sequence[Source], answers: Answers) -> Reading:
    """Make a draft of each CronJob. Raises SourceError."""
    reading = Reading()
    for source in sources:
        roots = documents(source)
        reading.keys += leaves_of(source.text)
        found = [each for root in roots for each in _objects(root)]
        if not any(_is_cron_job(each) for each in found):
            line = found[0].line if found else None
            raise SourceError(source.file, line, "There is no CronJob in this file. Pass a Kubernetes manifest.")
        for each in found:
            _read_object(each, source.file, answers, reading)
        reading.decisions += [decision for root in roots for decision in _of_list(root, source.file)]
    return reading


def _objects(document: Value) -> Iterator[Value]:
    """The objects of a document: itself, or the items of a List."""
    items = document.at("items")
    yield from items.items if items and _is_list(document) else [document]


def _is_list(document: Value) -> bool:
    kind = document.at("kind")
    return kind is not None and kind.text.endswith("List") and document.at("items") is not None


def _of_list(root: Value, file: str) -> list[Decision]:
    """Decide about the keys of a List beside its items."""
    ledger = Ledger(file)
    for key, value in root.entries.items() if _is_list(root) else ():
        if key != "items":
            ledger.change(value, "", "It is about the list, not about its items.", whole=True)
    return ledger.decisions


def _is_cron_job(found: Value) -> bool:
    kind = found.at("kind")
    return kind is not None and kind.text == "CronJob"


def _read_object(found: Value, file: str, answers: Answers, reading: Reading) -> None:
    ledger = Ledger(file)
    if not _is_cron_job(found):
        ledger.lose(found, "Only CronJobs are imported.")
        reading.decisions += [_named(each, "(document)") for each in ledger.decisions]
        return
    name = found.at("metadata", "name")
    taken = {draft.name for draft in reading.drafts}
    draft = Draft(task_name(name.text if name else "cronjob", taken), file, found.line, decisions=ledger.decisions)
    _CronJob(found, draft, ledger, answers).read()
    reading.drafts.append(draft)


def _named(decision: Decision, key: str) -> Decision:
    return replace(decision, key=decision.key or key)


@dataclass(slots=True)
class _CronJob:
    """One CronJob."""

    root: Value
    draft: Draft
    ledger: Ledger
    answers: Answers

    def read(self) -> None:
        """Add its keys and decisions."""
        root, ledger = self.root, self.ledger
        spec = root.at("spec") or Value("spec", root.line)
        job = spec.at("jobTemplate", "spec") or Value("spec.jobTemplate.spec", root.line)
        for key in ("apiVersion", "kind"):
            ledger.change(root.at(key), "", "")
        ledger.take(root.at("metadata", "name"), "the file's name")
        ledger.change(root.at("metadata", "namespace"), "", "A stack takes the place of a namespace.")
        for metadata in (root, spec.at("jobTemplate"), job.at("template")):
            for key in ("labels", "annotations"):
                ledger.change(metadata.at("metadata", key) if metadata else None, "", _LABELS, whole=True)
        self._schedule(spec)
        self._policies(spec)
        self._job(job)
        Pod(self.draft, ledger, self.answers).read(job.at("template", "spec"), root.line)
        ledger.finish([root], _NO_KEY)

    def _schedule(self, spec: Value) -> None:
        value, zone = spec.at("schedule"), spec.at("timeZone")
        if value is None:
            self.draft.block(self.root.line, "spec.schedule", "The CronJob has no schedule.", "not possible")
            return
        expression, timezone = _split_zone(value.text, zone.text if zone else self.answers.timezone)
        try:
            if expression.startswith("@every"):
                self._interval(interval_minutes(expression.removeprefix("@every").strip()))
                self.ledger.change(value, "schedule", "AWS counts the interval from the deployment.")
                self.ledger.change(zone, "", "An interval has no time zone.")
                return
            fields = parsed(expression, "robfig")
            if not timezone:
                note = "Without timeZone, it is the zone of the cluster's controller, mostly UTC. Pass --timezone."
                self.ledger.add(value, "undecided", "timezone", note, blocks=True)
                return
            if not known_timezone(timezone):
                self.ledger.add(zone or value, "undecided", "timezone", f"{timezone} isn't an IANA zone.", blocks=True)
                return
            found = scheduled(fields, timezone, datetime.now(UTC))
        except FieldError as error:
            self.ledger.add(value, "not possible", "schedule", f"{expression}: {error}", blocks=True)
            return
        self.draft.keys |= found.keys
        self.draft.times = robfig.times_of(expression, timezone)
        self.ledger.change(value, "schedule", found.changed)
        self.ledger.take(zone, "timezone")

    def _interval(self, minutes: int) -> None:
        self.draft.keys["schedule"] = rate(minutes)
        self.draft.times = every(timedelta(minutes=minutes))

    def _policies(self, spec: Value) -> None:
        keys, ledger = self.draft.keys, self.ledger
        if policy := spec.at("concurrencyPolicy"):
            if policy.text in ("Forbid", "Replace"):
                keys["overlap"] = policy.text.lower()
            ledger.change(policy, "overlap")
        if suspend := spec.at("suspend"):
            if suspend.text in ("true", "yes", "on"):
                keys["enabled"] = False
            ledger.change(suspend, "enabled")
        if deadline := spec.at("startingDeadlineSeconds"):
            seconds = _number(deadline)
            kept = min(max(seconds, 60), 86400)
            keys["retry"] = {"maxAge": seconds_text(kept)}
            ledger.change(deadline, "retry.maxAge", "" if kept == seconds else "AWS accepts 1m to 1d.")
        for key in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
            ledger.change(spec.at(key), "", _HISTORY)

    def _job(self, job: Value) -> None:
        keys, ledger = self.draft.keys, self.ledger
        limit = job.at("backoffLimit")
        retries = _number(limit) if limit else 6
        if retries:
            keys["retryRun"] = {"attempts": min(retries, _MOST_RETRIES)}
        if limit:
            note = f"The most is {_MOST_RETRIES}." if retries > _MOST_RETRIES else ""
            ledger.change(limit, "retryRun.attempts", note)
        else:
            self._default("backoffLimit", "retryRun.attempts", "Kubernetes retries a failed job 6 times by default.")
        if deadline := job.at("activeDeadlineSeconds"):
            seconds = _number(deadline)
            keys["timeout"] = seconds_text(min(max(seconds, 60), 30 * 86400))
            short = " The shortest is 1m." if seconds < 60 else ""
            ledger.change(deadline, "timeout", f"In Kubernetes it includes retries, here it is per run.{short}")
        ledger.change(job.at("ttlSecondsAfterFinished"), "", _HISTORY)
        for key in ("completions", "parallelism"):
            if (value := job.at(key)) and value.text == "1":
                ledger.take(value, "")
        self._failure_policy(job)

    def _failure_policy(self, job: Value) -> None:
        """Exit codes that aren't retried, of a policy with one rule."""
        rules = job.at("podFailurePolicy", "rules")
        if not rules or len(rules.items) != 1 or "retryRun" not in self.draft.keys:
            return
        rule = rules.items[0]
        action, codes = rule.at("action"), rule.at("onExitCodes", "values")
        operator = rule.at("onExitCodes", "operator")
        known = {"action", "onExitCodes"} == set(rule.entries) and set(rule.entries["onExitCodes"].entries) <= {
            "values",
            "operator",
        }
        if not (known and action and codes and operator and action.text == "FailJob"):
            return
        listed = {int(text) for text in codes.texts if text.isascii() and text.isdecimal()}
        kept = sorted(listed & set(range(1, 256)) if operator.text == "NotIn" else set(range(1, 256)) - listed)
        retry = cast("dict[str, object]", self.draft.keys["retryRun"])
        retry["exitCodes"] = kept
        self.ledger.change(rules, "retryRun.exitCodes", whole=True)

    def _default(self, key: str, to: str, note: str) -> None:
        self.ledger.decisions.append(Decision(self.draft.file, self.root.line, key, "changed", to, note, keys=0))


def _split_zone(schedule: str, timezone: str) -> tuple[str, str]:
    """The expression and the zone of `CRON_TZ=Zone expression`, which robfig/cron reads too."""
    first, _, rest = schedule.strip().partition(" ")
    for prefix in ("CRON_TZ=", "TZ="):
        if first.startswith(prefix):
            return rest.strip(), first.removeprefix(prefix)
    return schedule.strip(), timezone


def _number(value: Value) -> int:
    return int(value.text) if value.text.isascii() and value.text.isdecimal() else 0
