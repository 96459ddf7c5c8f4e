"""A project on this machine for `run --local`, with a container engine that only records its calls."""

import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from ops.commands import running_locally

PROJECT, STACK = "project", "laptop"
DEFINED, WITH_SECRETS = "defined", "secrets"
"""The tasks: one with an existing task definition in AWS, and one with secrets in AWS."""
SECRETS = {"TOKEN": "a-token", "PASSWORD": "a-password"}
_SETTINGS = """\
config:
  aws:region: {region}
  trial:cluster: main
  trial:catalogue: false
  trial:tasks:
    defined: {{ taskDefinition: "{definition}", container: main, schedule: rate(6 hours) }}
    secrets:
      image: secrets:1
      cpu: 256
      memory: 512
      schedule: rate(6 hours)
      secrets: {{ TOKEN: "{token}", PASSWORD: "{password}" }}
"""


class Engine:
    """The container engine."""

    def __init__(self) -> None:
        self.started: list[dict[str, str]] = []
        """The secrets of each started container."""

    def call(self, _: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
        """Start a container, in place of `call_engine`."""
        assert arguments[0] == "run"
        self.started.append(dict(environment or {}))
        return 0


def store_secrets(ssm: Any, secrets_manager: Any) -> dict[str, str]:
    """Store the secrets in AWS, and return the references to them."""
    ssm.put_parameter(Name="/trial/token", Value=SECRETS["TOKEN"], Type="SecureString")
    token = ssm.get_parameter(Name="/trial/token")["Parameter"]["ARN"]
    created = secrets_manager.create_secret(Name="trial", SecretString=SECRETS["PASSWORD"])
    return {"token": token, "password": created["ARN"]}


@contextmanager
def local_stack(engine: Engine, region: str, definition: str, references: Mapping[str, str]) -> Generator[None]:
    """Work in a folder whose subfolder has the project, and let the commands find the engine."""
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name) / PROJECT
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text("name: trial\nruntime: python\n", encoding="utf-8")
        text = _SETTINGS.format(region=region, definition=definition, **references)
        (folder / f"Pulumi.{STACK}.yaml").write_text(text, encoding="utf-8")
        with (
            chdir(name),
            mock.patch.object(running_locally, "find_engine", return_value="engine"),
            mock.patch.object(running_locally, "call_engine", engine.call),
        ):
            yield
