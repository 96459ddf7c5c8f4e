"""The Pulumi CLI in the user's cache folder."""

from pathlib import Path

import pytest

from sandbox import pulumi_cli
from sandbox.errors import SandboxError


@pytest.fixture
def read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder in which no file can be created."""

    def denied() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pulumi_cli, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(pulumi_cli, "_on_path", lambda: None)
    monkeypatch.setattr(pulumi_cli, "_lock", denied)
    return tmp_path


def test_a_cli_in_a_read_only_cache_is_used(read_only: Path):
    executable = read_only / "pulumi-official" / "bin" / "pulumi"
    executable.parent.mkdir(parents=True)
    executable.write_text(f"#!/bin/sh\necho v{pulumi_cli.BUILT_VERSION}\n")
    executable.chmod(0o755)
    assert pulumi_cli.find() == pulumi_cli.find_or_get(lambda _: None) == read_only / "pulumi-official"


def test_a_cache_that_cannot_be_written_is_a_message(read_only: Path):
    assert pulumi_cli.find() is None
    with pytest.raises(SandboxError, match=r"can't be kept in .*: Permission denied\. Set XDG_CACHE_HOME"):
        pulumi_cli.find_or_get(lambda _: None)
