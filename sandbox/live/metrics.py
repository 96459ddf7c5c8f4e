"""The metrics of the emulator: what AWS services report, and what metric filters count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from ops.simulation.clock import Clock


@dataclass(frozen=True, slots=True)
class Metrics:
    """Reports metrics to CloudWatch in the emulator, not by its API: no customer may use AWS's own namespaces.

    AWS: CloudWatch API reference, PutMetricData, Namespace: "Do not start your namespace with AWS/".
    """

    clock: Clock
    account: str
    region: str

    def put(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float) -> None:
        """Report a value of now."""
        datum = {
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": item} for key, item in dimensions.items()],
            "Value": value,
            # As moto reads times from requests.
            "Timestamp": datetime.fromtimestamp(self.clock.now, UTC).replace(tzinfo=None),
        }
        self.backend.put_metric_data(namespace, [datum])

    @property
    def backend(self) -> Any:
        """CloudWatch in the emulator."""
        return cloudwatch_backends[self.account][self.region]

    def values(self, namespace: str, name: str, dimensions: Mapping[str, str], begin: float, end: float) -> list[float]:
        """The values of a metric in a period. `begin` is inclusive and `end` is exclusive."""
        return [
            datum.value
            for datum in self.backend.metric_data
            if datum.name == name
            and datum.namespace == namespace
            and {each.name: each.value for each in datum.dimensions} == dimensions
            and begin <= datum.timestamp.replace(tzinfo=UTC).timestamp() < end
        ]
