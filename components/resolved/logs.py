"""Logs of runs."""

from __future__ import annotations

from dataclasses import dataclass

from .. import args
from ..args import LogMode
from ..keys.resolution import resolves


@resolves(args.LogsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """CloudWatch Logs of runs. None is the group's setting."""

    retention_days: int | None
    mode: LogMode
    kms_key: str | None
