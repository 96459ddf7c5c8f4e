"""The parts of a container definition that ECS reads only when a run starts. Pure functions of AWS's answers."""

from collections.abc import Iterator, Sequence

from components.aws.container_paths import mount_path_problem
from components.aws.secret_references import SecretReference
from components.json_values import Data


def start_problems(containers: Sequence[Data], *, windows: bool) -> Iterator[str]:
    """Why no run can start, as sentences. The values of secrets are not read."""
    for container in containers:
        for secret in container.get("secrets", []):
            reference = str(secret.get("valueFrom", ""))
            try:
                # ECS also accepts the name of a parameter without a slash.
                SecretReference.parse(reference if reference.startswith(("arn:", "/")) else f"/{reference}")
            except ValueError as error:
                yield f"{secret.get('name')} of {container.get('name')}: {error}"
        for mount in container.get("mountPoints", []):
            if problem := mount_path_problem(str(mount.get("containerPath", "")), windows=windows):
                yield f"{mount.get('sourceVolume')} of {container.get('name')}: {problem}"
