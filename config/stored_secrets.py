"""Secrets of a stack's configuration that the deployment stores in AWS: `{config: dbPassword}`."""

from collections.abc import Iterator

from components.aws.spelling import camel_case
from components.checks.parameters import size_problem
from components.checks.recipient_secrets import problem_of_secret
from components.json_values import Data
from components.problems import Name, Path, Problem, nearest
from components.resolved import RecipientKind

from .keys import STACK_KEYS
from .sources import Source

_HINTS = 100
"""Missing secrets whose message suggests a key."""
_STACK_KEYS = {camel_case(key) for key in STACK_KEYS}


class StoredSecrets:
    """The keys of a stack that contain a secret instead of settings, and what refers to them."""

    def __init__(self, source: Source):
        self._source = source
        self._asked: dict[str, Path] = {}
        self._parameters: set[str] = set()
        self._of_recipients: dict[str, set[RecipientKind]] = {}
        self.keys = {str(path[0]) for path in source.secret_paths} - _STACK_KEYS
        """Keys of the configuration whose values are secret."""

    @property
    def other_values(self) -> Data:
        """The settings: everything except secrets."""
        return {key: value for key, value in self._source.values.items() if key not in self.keys}

    def value(self, key: str, task: str) -> object:
        """The value of a key for a task. Only the engine knows it."""
        self._parameters.add(key)
        return self.value_at(key, ("tasks", Name(task), "secrets"))

    def value_at(self, key: str, path: Path) -> object:
        """The value of a key that a setting refers to."""
        self._asked.setdefault(key, path)
        return self._source.secret(key)

    def value_of_recipient(self, kind: RecipientKind, key: str, path: Path) -> object:
        """The value of a key for a recipient."""
        self._of_recipients.setdefault(key, set()).add(kind)
        return self.value_at(key, path)

    def problems(self) -> list[Problem]:
        """Secrets that a task refers to and that do not exist, secrets that no task refers to, and secrets that
        AWS or a recipient does not accept."""
        missing = [
            Problem(
                path,
                f'the stack has no secret "{key}".{nearest(key, self.keys) if position < _HINTS else ""} Write: '
                f"pulumi config set --secret {key}",
            )
            for position, (key, path) in enumerate(self._asked.items())
            if key not in self.keys
        ]
        unused = [
            Problem(
                (Name(key),),
                f"is a secret that nothing uses. Write {{config: {key}}} under a task's secrets or under notify.",
            )
            for key in sorted(self.keys - self._asked.keys())
        ]
        return [*missing, *unused, *self._sizes(), *self._forms()]

    def _sizes(self) -> Iterator[Problem]:
        for key in sorted(self.keys & self._parameters):
            size = self._source.secret_bytes(key)
            if size is not None and (message := size_problem(size)):
                yield Problem((Name(key),), message)

    def _forms(self) -> Iterator[Problem]:
        for key in sorted(self.keys & self._of_recipients.keys()):
            text = self._source.secret_text(key)
            if text is not None:
                found = {problem_of_secret(kind, text): None for kind in sorted(self._of_recipients[key])}
                yield from (Problem((Name(key),), message) for message in found if message)
