"""The user's environment variables, and the processes of the sandbox."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sandbox import server
from sandbox.environment import ADDED, of_emulator, of_engine, of_installation, of_version, replaced, start_clean
from sandbox.plugin.aws import Session
from torture.user_settings import SETTINGS

ROOT = Path(__file__).parents[2]
HOSTILE = {name: value or "" for name, value in SETTINGS}
USER = {**HOSTILE, "PATH": "/bin", "USER": "alice", "LD_LIBRARY_PATH": "/opt/lib"}
PROVIDER = Path("/home/alice/.sandbox/plugin")


def engine(plugin_folder: Path | None, given: dict[str, str] = USER) -> dict[str, str]:
    home = Path("/home/alice/.sandbox")
    return of_engine(
        given, endpoint="http://aws.test:5000", home=home, base=home / "endpoints" / "x", plugin_folder=plugin_folder
    )


def test_the_engine_gets_none_of_the_users_settings():
    made = engine(PROVIDER)
    kept = {name for name, value in made.items() if USER.get(name) == value}
    assert kept == {"USER", "LD_LIBRARY_PATH"}
    assert made["PATH"] == "/home/alice/.sandbox/plugin:/bin"
    assert made.keys() - USER.keys() == {"AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED", "PULUMI_SKIP_UPDATE_CHECK"}  # fmt: skip
    assert (made["HOME"], made["TMPDIR"]) == ("/home/alice/.sandbox", "/home/alice/.sandbox/endpoints/x/tmp")
    assert not ADDED


def test_the_engine_starts_without_variables():
    assert engine(PROVIDER, {})["USER"] == "sandbox"
    assert engine(PROVIDER, {})["PATH"].endswith(os.defpath)


def test_the_official_provider_is_downloaded_through_the_users_proxy():
    made = engine(None, {**USER, "HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "corp"})
    assert (made["HTTPS_PROXY"], made["PATH"]) == ("http://proxy:3128", "/bin")
    assert made["NO_PROXY"] == made["no_proxy"] == "corp,127.0.0.1,localhost,aws.test"
    assert "PULUMI_OPTION_STACK" not in made


def test_the_emulator_gets_none_of_the_users_settings():
    made = of_emulator(USER, Path("/home/alice/.sandbox"))
    assert {name for name, value in made.items() if USER.get(name) == value} == {"PATH", "USER", "LD_LIBRARY_PATH"}


def test_the_cli_is_found_without_the_users_settings_and_installed_with_the_users_proxy():
    assert of_version(USER).keys() - {"PULUMI_SKIP_UPDATE_CHECK"} == {"PATH", "USER", "LD_LIBRARY_PATH", "HOME"}
    assert "HTTPS_PROXY" in of_installation(USER)
    assert not [name for name in of_installation(USER) if name.startswith(("PULUMI_", "AWS_"))]


def test_replaced_variables_return(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("AWS_PROFILE", "alice")
    before, temporary = dict(os.environ), tempfile.tempdir
    with replaced({"TMPDIR": str(tmp_path)}):
        assert dict(os.environ) == {"TMPDIR": str(tmp_path)}
        assert tempfile.gettempdir() == str(tmp_path)
    assert (dict(os.environ), tempfile.tempdir) == (before, temporary)


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONWARNINGS": "error"},
        {"PYTHONPATH": "shadow"},
        {"GRPC_POLL_STRATEGY": "nonsense", "AWS_PROFILE": "missing", "PYTHONOPTIMIZE": "2"},
    ],
    ids=str,
)
def test_the_command_ignores_settings_of_libraries(tmp_path: Path, variables: dict[str, str]):
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow" / "typer.py").write_text("raise SystemExit('the wrong library')")
    if "PYTHONPATH" in variables:
        variables = {"PYTHONPATH": str(tmp_path / "shadow")}
    program = (
        "import os, sys; from sandbox import environment; environment.start_clean(); import typer\n"
        "print(sys.flags.optimize, sys.warnoptions, [n for n in os.environ if n.startswith(environment.LIBRARIES)])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("0 [] []\n", "")


def test_the_mirror_of_the_official_provider_is_kept(monkeypatch: pytest.MonkeyPatch):
    mirror = ("PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES", "aws=https://mirror.test")
    monkeypatch.setattr(os, "environ", {"PULUMI_STACK": "prod", **dict([mirror])})
    start_clean()
    assert os.environ == dict([mirror])
    assert mirror in engine(None, dict(os.environ)).items()
    assert mirror not in engine(PROVIDER, dict(os.environ)).items()


def test_make_hides_pythons_settings():
    settings = {name: "nowhere" for name, _ in SETTINGS if name.startswith("PYTHON")}
    run = subprocess.run(
        ["make", "--no-print-directory", "--eval", "show: ; @env", "show"],
        cwd=ROOT,
        env={**os.environ, **settings, "PYTHON": "python3"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line for line in run.stdout.splitlines() if line.startswith("PYTHON")] == ["PYTHON=python3"]


def test_requests_to_the_emulator_use_no_proxy(session: Session, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert server.answers(session.endpoint)
