"""Fields of JSON log events, and the largest limit, in queries of CloudWatch Logs Insights. moto leaves both out.

AWS: CloudWatch Logs user guide, "Supported logs and discovered fields", "Fields in JSON logs": nested fields are named
with dots, elements of arrays with their position.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.logs.exceptions import InvalidParameterException
from moto.logs.logs_query import ParsedEvent
from moto.logs.models import LogsBackend

MOST_ROWS = 100_000
"""AWS: CloudWatch Logs user guide, "limit". The code of the error is not documented."""
_LIMIT = re.compile(r"\|\s*limit\s+([0-9]+)", re.IGNORECASE)


def fix_insights() -> None:
    """Return the discovered fields that a query names, as strings, and refuse a limit that is too large."""
    _fix_fields()
    start: Any = LogsBackend.start_query

    def start_checked(self: Any, log_group_names: Any, start_time: Any, end_time: Any, query_string: str) -> str:
        if any(int(limit) > MOST_ROWS for limit in _LIMIT.findall(query_string)):
            raise InvalidParameterException(f"The limit of a query is at most {MOST_ROWS}.")
        return start(self, log_group_names, start_time, end_time, query_string)

    LogsBackend.start_query = start_checked


def _fix_fields() -> None:
    event: Any = ParsedEvent
    create = event._create_fields

    def create_with_discovered(self: Any) -> dict[str, Any]:
        found: dict[str, Any] = create(self)
        # Names with other characters than letters, digits and dots have backticks.
        wanted = [name.strip("`") for name in self.query.fields if not name.startswith("@")]
        if wanted:
            discovered = discovered_fields(self.event.message)
            found |= {name: discovered[name] for name in wanted if name in discovered}
        return found

    event._create_fields = create_with_discovered


def discovered_fields(message: str) -> dict[str, str]:
    """The fields of a JSON log event by name. Empty for any other log event."""
    try:
        content = json.loads(message)
    except ValueError:
        return {}
    return dict(_flat(content, "")) if isinstance(content, dict) else {}


def _flat(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _flat(item, f"{name}.{position}")
    elif value is not None:
        yield name, value if isinstance(value, str) else json.dumps(value)
