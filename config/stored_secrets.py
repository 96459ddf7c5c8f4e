"""Secrets of a stack's configuration that are stored for its tasks: `{config: dbPassword}`."""

from collections.abc import Mapping
from typing import Any

from components.problems import Name, Problem, nearest

from .models import Stack
from .sources import Source

_STACK_KEYS = {field.alias for field in Stack.model_fields.values()}


class StoredSecrets:
    """The keys of a stack that hold a secret and no settings, and which tasks ask for them."""

    def __init__(self, source: Source):
        self._source = source
        self._asked: dict[str, str] = {}
        self.keys = {str(path[0]) for path in source.secret_paths} - _STACK_KEYS
        """Keys of the configuration whose values are secret."""

    @property
    def other_values(self) -> Mapping[str, Any]:
        """The settings: all but secrets, and but values that a task takes for a secret."""
        return {key: value for key, value in self._source.values.items() if key not in self.keys}

    def value(self, key: str, task: str) -> object:
        """The value of a key for a task: known to the engine alone."""
        self._asked.setdefault(key, task)
        return self._source.secret(key)

    def problems(self) -> list[Problem]:
        """Secrets that are asked for and not there, and those that nobody asks for."""
        missing = [
            Problem(
                ("tasks", Name(task), "secrets"),
                f'the stack has no secret "{key}".{nearest(key, self.keys)} Write: pulumi config set --secret {key}',
            )
            for key, task in self._asked.items()
            if key not in self.keys
        ]
        unused = [
            Problem((Name(key),), "is a secret that no task takes. Write {config: " + key + "} under a task's secrets.")
            for key in sorted(self.keys - self._asked.keys())
        ]
        return [*missing, *unused]
