"""Manifests of scheduled jobs of AWS Copilot. Pure.

Copilot's code and its stack template say what ran, not its documentation. Sources: aws/copilot-cli,
internal/pkg/manifest/job.go, internal/pkg/manifest/interpolate.go, internal/pkg/deploy/cloudformation/stack/
transformers.go, and internal/pkg/template/templates/workloads/jobs/scheduled-job/cf.yml with its partials.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from components.json_values import is_list

from ..model import Answers, Decision, Draft, Reading, Source, SourceError
from ..names import task_name
from ..overrides import copied, difference, overridden, void, without
from ..yaml_counts import leaves_of
from ..yaml_sources import Ledger, Value, documents
from .copilot_job import Job

_TYPE = "Scheduled Job"
_NO_KEY = "ECS or this tool has nothing that corresponds to it."
_VARIABLE = re.compile(r"(\\?)\$\{([_a-zA-Z][_a-zA-Z0-9]*)\}")
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]*", re.ASCII)
_APP, _ENVIRONMENT = "COPILOT_APPLICATION_NAME", "COPILOT_ENVIRONMENT_NAME"
_OPTIONS = {_APP: "--app", _ENVIRONMENT: "--env"}
_MARKER = f"${{{_ENVIRONMENT}}}"
_EXCLUSIVE = tuple(map(frozenset, (("build", "location"), ("uid", "id"), ("gid", "id"))))
_INJECTED = (
    "Copilot sets COPILOT_APPLICATION_NAME, COPILOT_ENVIRONMENT_NAME, COPILOT_SERVICE_NAME and "
    "COPILOT_SERVICE_DISCOVERY_ENDPOINT in each container. Set those that the program reads in `environment`."
)


def read(sources: Sequence[Source], answers: Answers) -> Reading:
    """Make a draft of each manifest of a scheduled job. Raises SourceError."""
    reading = Reading()
    others: list[str] = []
    for source in sources:
        roots = documents(source, template="")
        kinds = [root.at("type") for root in roots]
        if len(roots) > 1:
            raise SourceError(source.file, roots[1].line, "A manifest is one YAML document. Split the file.")
        if not roots or (kind := kinds[0]) is None or kind.text != _TYPE:
            others.append(_other(source, roots, kinds))
            continue
        reading.keys += leaves_of(source.text)
        _Manifest(roots[0], source.file, answers, reading).read()
    if not reading.drafts and others:
        raise SourceError(
            sources[0].file, None, f"{others[0].partition(': ')[2]} Pass the manifest of a scheduled job."
        )
    reading.remarks += [f"{other} It wasn't imported." for other in others]
    return reading


def _other(source: Source, roots: Sequence[Value], kinds: Sequence[Value | None]) -> str:
    kind = kinds[0] if kinds else None
    if kind is not None and kind.text:
        return f"{source.file}: The manifest is of type {kind.text}."
    return f"{source.file}: {'It has no type, so it is no manifest of Copilot.' if roots else 'It is empty.'}"


@dataclass(slots=True)
class _Pass:
    """The keys and decisions for one environment, or for the manifest without any."""

    environment: str
    root: Value
    draft: Draft
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.draft.file)
        self.draft.decisions = self.ledger.decisions

    @property
    def path(self) -> str:
        """The path of the environment's overrides."""
        return f"environments.{self.environment}"


class _Manifest:
    """One manifest."""

    def __init__(self, root: Value, file: str, answers: Answers, reading: Reading):
        self.root, self.file, self.answers, self.reading = root, file, answers, reading
        entries = root.at("environments")
        self.overrides = dict(entries.entries) if entries else {}
        names = dict.fromkeys([*self.overrides, *answers.environments])
        self.environments = [name for name in names if _NAME.fullmatch(name)]

    def read(self) -> None:
        """Add the draft of the manifest."""
        name = self.root.at("name")
        taken = {draft.name for draft in self.reading.drafts}
        draft = Draft(task_name(name.text if name else "job", taken), self.file, self.root.line)
        base = self._pass("")
        injected = Decision(self.file, self.root.line, "COPILOT_*", "not possible", note=_INJECTED, keys=0)
        draft.decisions = [*base.draft.decisions, injected]
        draft.times = base.draft.times
        draft.keys = without(base.draft.keys, _MARKER) if self.environments else base.draft.keys
        draft.complete = draft.keys == base.draft.keys
        for environment in self.environments:
            self._add_stack(draft, base, self._pass(environment))
        self._environments(draft)
        self.reading.drafts.append(draft)

    def _pass(self, environment: str) -> _Pass:
        """Map the manifest as Copilot merges it for an environment."""
        unknown: dict[str, Value] = {}
        root = copied(self.root, lambda value: self._filled(value, environment, unknown))
        over = root.at("environments", environment) if environment else None
        merged = Value(root.path, root.line, children={**root.entries})
        merged.entries.pop("environments", None)
        if over and isinstance(over.children, dict):
            merged = overridden(merged, over, _EXCLUSIVE)
        found = _Pass(environment, merged, Draft("", self.file, self.root.line))
        Job(found.draft, found.ledger, self.answers).read(merged)
        for name, value in unknown.items():
            option = _OPTIONS.get(name, f"--set {name}=VALUE")
            found.draft.block(value.line, value.path, f"The manifest refers to ${{{name}}}. Pass {option}.")
        for leaf in merged.leaves():
            if leaf.data is not None and _is_list(leaf.text):
                note = "Copilot reads the string as a list. Write a list."
                found.ledger.add(leaf, "undecided", note=note, blocks=True)
            if not leaf.decided and not leaf.children and leaf.data is None:
                found.ledger.change(leaf, "", "It has no value.", whole=True)
        found.ledger.finish([merged], _NO_KEY)
        return found

    def _filled(self, value: Value, environment: str, unknown: dict[str, Value]) -> str:
        known = dict(self.answers.values)
        if self.answers.app:
            known[_APP] = self.answers.app
        if environment:
            known[_ENVIRONMENT] = environment
        own = f"environments.{environment}"
        for escape, name in _VARIABLE.findall(value.written):
            elsewhere = value.path.startswith("environments.") and not value.path.startswith((f"{own}.", f"{own}["))
            later = name == _ENVIRONMENT and not environment and self.environments
            if not escape and name not in known and not later and not elsewhere:
                unknown.setdefault(name, value)
        return _VARIABLE.sub(lambda match: match[0][1:] if match[1] else known.get(match[2], match[0]), value.written)

    def _add_stack(self, draft: Draft, base: _Pass, own: _Pass) -> None:
        stack = self.answers.stacks.get(own.environment, own.environment)
        if stack in draft.stacks:
            draft.block(self.root.line, "environments", f"Two environments have the stack {stack}. Change --stack.")
        draft.stacks[stack] = difference(draft.keys, own.draft.keys)
        draft.stack_times[stack] = own.draft.times
        known = {*base.draft.decisions, *draft.decisions}
        covered = {id(decision) for decision, _, _ in own.ledger.covered}
        for decision, value, leaves in own.ledger.covered:
            draft.decisions += _of_environment(decision, value, leaves, own.path, stack)
        for decision in own.draft.decisions:
            # A problem of the manifest itself can be one of this environment only.
            elsewhere = decision.blocks and not decision.key.startswith(own.path)
            if decision not in known and (id(decision) not in covered or not decision.keys or elsewhere):
                draft.decisions.append(replace(decision, keys=0))

    def _environments(self, draft: Draft) -> None:
        """Decide about what overrides nothing."""
        entries = self.root.at("environments")
        if entries is None:
            return
        decisions = draft.decisions
        for value in void(entries):
            decisions.append(Decision(self.file, value.line, value.path, "changed", note="It overrides nothing."))
        wrong = [entries] if not isinstance(entries.children, dict) and not void(entries) else []
        wrong += [over for over in self.overrides.values() if not isinstance(over.children, dict) and not void(over)]
        wrong += [
            over
            for name, over in self.overrides.items()
            if name not in self.environments and over not in wrong and not _all_void(over)
        ]
        for value in wrong:
            keys = sum(1 for _ in value.leaves()) - len(void(value))
            note = "It isn't an environment: a name of letters, digits and -, and an object."
            decisions.append(Decision(self.file, value.line, value.path, "not possible", note=note, keys=keys))


def _is_list(text: str) -> bool:
    """Whether Copilot makes a list of a string: it does of a JSON list of strings."""
    try:
        found = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        return False
    return is_list(found) and bool(found) and all(isinstance(item, str) for item in found)


def _all_void(value: Value) -> bool:
    return sum(1 for _ in value.leaves()) == len(void(value))


def _of_environment(decision: Decision, value: Value, leaves: Sequence[Value], path: str, stack: str) -> list[Decision]:
    """The part of a decision that is about keys of an environment's overrides."""
    own = [leaf for leaf in leaves if leaf.path.startswith(f"{path}.")]
    to = f"{stack}: {decision.to}" if decision.to else ""
    if value.path.startswith(f"{path}.") and own:
        return [replace(decision, to=to, keys=len(own))]
    return [replace(decision, line=leaf.line, key=leaf.path, to=to, keys=1) for leaf in own]
