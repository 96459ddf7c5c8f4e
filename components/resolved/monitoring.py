"""Monitoring and encryption."""

from __future__ import annotations

from dataclasses import dataclass

from .. import args
from ..args import SuccessMetrics
from ..keys.resolution import resolves


@resolves(args.MonitoringArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Monitoring of a group: outcome logs, alarms, dashboard and tracing."""

    outcomes: bool
    alarms: bool
    success_metrics: SuccessMetrics
    dashboard: bool
    tracing: bool


@resolves(args.EncryptionArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """KMS keys of a group, by ARN."""

    dead_letters: str | None
    undelivered_events: str | None
    schedules: str | None
    secrets: tuple[str, ...]
