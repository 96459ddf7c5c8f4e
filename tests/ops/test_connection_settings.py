"""Hostile variables of AWS: each command ends with one line, or has its usual result."""

import os
from pathlib import Path
from typing import Any

import pytest

from ops.aws import session
from tests.ops.cloud import REGION, Deployed
from tests.ops.conftest import Ops

FILES = {
    "malformed": b"[profile x\nregion\n",
    "bytes": b"\xff\xfe\x00[default]\n",
    "twice": b"[default]\nregion = eu-west-1\n[default]\nregion = eu-west-1\n",
    "nested": b"[default]\nregion = eu-west-1\nretries =\n  nonsense\n",
    "endpoint": b"[default]\nendpoint_url = :::\n",
    "sso": b"[default]\nsso_session = missing\nsso_account_id = 123456789012\nsso_role_name = x\n",
    "role": b"[default]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = missing\n",
    "process": b"[default]\ncredential_process = /missing/program\n",
}
NO_KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


FAILS: list[tuple[dict[str, str], str]] = [
    ({"AWS_PROFILE": "missing"}, "The config profile (missing) could not be found."),
    ({"AWS_PROFILE": ""}, "The config profile () could not be found."),
    *(({"AWS_CONFIG_FILE": f"{{files}}/{name}"}, "Unable to parse config file") for name in ("malformed", "bytes")),
    *(({"AWS_CONFIG_FILE": f"{{files}}/{name}"}, "Unable to parse config file") for name in ("twice", "nested")),
    ({"AWS_SHARED_CREDENTIALS_FILE": "{files}/malformed"}, "Unable to parse config file"),
    ({"AWS_CONFIG_FILE": "{files}/endpoint"}, "The connection to AWS can't be set up: Invalid endpoint: :::."),
    ({"AWS_CONFIG_FILE": "{files}/sso", **NO_KEYS}, 'The specified sso-session does not exist: "missing"'),
    (
        {"AWS_CONFIG_FILE": "{files}/role", **NO_KEYS},
        'The source_profile "missing" referenced in the profile "default" does not exist.',
    ),
    ({"AWS_CONFIG_FILE": "{files}/process", **NO_KEYS}, "/missing/program"),
    ({"AWS_ENDPOINT_URL": ":::"}, "The connection to AWS can't be set up: Invalid endpoint: :::."),
    ({"AWS_ENDPOINT_URL": "http://[::1"}, "The connection to AWS can't be set up: Invalid IPv6 URL."),
    ({"AWS_ENDPOINT_URL_SCHEDULER": "x"}, "The connection to AWS can't be set up: Invalid endpoint: x."),
    ({"AWS_STS_REGIONAL_ENDPOINTS": "maybe"}, "STS regional endpoints option maybe is invalid."),
    ({"AWS_METADATA_SERVICE_TIMEOUT": "abc"}, "invalid literal for int() with base 10: 'abc'"),
    ({"AWS_ACCESS_KEY_ID": ""}, "There are no credentials for AWS"),
    ({"AWS_DEFAULTS_MODE": "x"}, "invalid defaults mode: x"),
    ({"SSLKEYLOGFILE": "/missing/file"}, "No such file or directory: '/missing/file'"),
    (
        {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x", "AWS_WEB_IDENTITY_TOKEN_FILE": "/missing", **NO_KEYS},
        "could not be called: [Errno 2] No such file or directory: '/missing'",
    ),
]
PASSES: list[dict[str, str]] = [
    *({"AWS_MAX_ATTEMPTS": value} for value in ("abc", "0", "-1", "")),
    {"AWS_RETRY_MODE": "x"},
    {"AWS_DEFAULT_REGION": "x y"},  # the Region of the stack counts
    {"AWS_USE_FIPS_ENDPOINT": "maybe", "AWS_USE_DUALSTACK_ENDPOINT": "maybe"},
    {"AWS_CONFIG_FILE": "{files}"},
    # Reading this file is an error, for root too.
    {"AWS_CONFIG_FILE": "/proc/self/mem"},
    {"AWS_CONFIG_FILE": "{files}/missing", "AWS_SHARED_CREDENTIALS_FILE": ""},
    {"AWS_CA_BUNDLE": "{files}/missing"},
    {"AWS_DATA_PATH": "{files}/malformed", "AWS_EC2_METADATA_DISABLED": "maybe", "AWS_SDK_UA_APP_ID": "é\n"},
    {"HTTPS_PROXY": ":::", "HTTP_PROXY": "http://[::1", "ALL_PROXY": "x", "NO_PROXY": "[::"},
    {"COLUMNS": "abc", "LINES": "abc", "TERM": "nonsense", "TZ": "Nowhere/City", "TMPDIR": "/missing"},
]
"""Settings that botocore ignores, or that matter only on the network, which these tests don't reach."""


def set_all(monkeypatch: pytest.MonkeyPatch, files: Path, variables: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    usual = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": REGION}
    for name, value in {**usual, **variables}.items():
        monkeypatch.setenv(name, value.replace("{files}", str(files)))


@pytest.mark.parametrize(
    ("variables", "message"), FAILS, ids=lambda value: str(value) if isinstance(value, dict) else ""
)
def test_an_invalid_setting_ends_the_command_with_one_line(
    deployed: Deployed,
    ops: Ops,
    monkeypatch: pytest.MonkeyPatch,
    files: Path,
    variables: dict[str, str],
    message: str,
):
    set_all(monkeypatch, files, variables)
    result = ops("status")
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert len([line for line in result.stderr.splitlines() if not line.startswith("Using stack ")]) == 1


@pytest.mark.parametrize("variables", PASSES, ids=str)
def test_other_settings_do_not_matter(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, files: Path, variables: dict[str, str]
):
    set_all(monkeypatch, files, variables)
    result = ops("status")
    assert (result.exit_code, "backup" in result.stdout) == (0, True), result.stderr


def test_an_invalid_region_ends_the_command(deployed: Deployed, ops: Ops):
    result = ops("status", "--region", "x y")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Provided region_name 'x y' doesn't match a supported format." in result.stderr


def test_the_settings_of_retries_are_those_of_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    set_all(monkeypatch, tmp_path, {"AWS_MAX_ATTEMPTS": "500", "AWS_RETRY_MODE": "legacy"})
    config: Any = session.Aws(region=REGION).client("ecs").meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": session.ATTEMPTS}
