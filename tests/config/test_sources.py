"""The values of a stack, from the engine or from the file of the stack."""

import base64
import contextvars
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import config as engine_config

from config import ConfigError, Source, from_engine, from_file, load, stacks
from config.sources import StoredSecret, encrypted_bytes
from config.yaml_files import YamlError, read

STACK = """
config:
  aws:region: eu-west-1
  scheduled-tasks:enabled: false
  scheduled-tasks:cluster: "true"
  scheduled-tasks:tasks:
    backup:
      start: 2026-12-01T00:00:00Z
      environment: {PW: {secure: AAABAM}}
      command: [a, {secure: AAABAM}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.test.yaml").write_text(STACK)
    return tmp_path


def test_stack_file_is_read_without_an_engine(project: Path):
    source = from_file("scheduled-tasks", "test", project)
    assert source.values["enabled"] is False
    assert source.values["tasks"]["backup"]["start"] == "2026-12-01T00:00:00Z"
    assert "region" not in source.values
    assert source.secret_paths == (
        ("tasks", "backup", "environment", "PW"),
        ("tasks", "backup", "command", 1),
    )


def test_key_without_a_namespace_belongs_to_the_project(tmp_path: Path):
    (tmp_path / "Pulumi.test.yaml").write_text("config: {clustr: main, aws:region: eu-west-1}\n")
    assert from_file("scheduled-tasks", "test", tmp_path).values == {"clustr": "main"}


@pytest.mark.parametrize("text", ["config: [a]\n", "config: main\n", "[]\n"])
def test_stack_file_without_an_object_is_refused(tmp_path: Path, text: str):
    (tmp_path / "Pulumi.test.yaml").write_text(text)
    with pytest.raises(YamlError, match="must contain an object under config"):
        from_file("scheduled-tasks", "test", tmp_path)


def engine(values: dict[str, str], secret_keys: list[str], project: Path):
    def run():
        engine_config.set_all_config(values, secret_keys)
        return from_engine("scheduled-tasks", "test", project)

    return contextvars.Context().run(run)


def test_values_from_the_engine_equal_those_of_the_file(tmp_path: Path):
    tasks: dict[str, Any] = {"a": {"cpu": 256, "enabled": True}}
    values = {
        "aws:region": "eu-west-1",
        "scheduled-tasks:cluster": "main",
        "scheduled-tasks:enabled": "false",
        "scheduled-tasks:tasks": json.dumps(tasks),
    }
    assert engine(values, [], tmp_path).values == {"cluster": "main", "enabled": False, "tasks": tasks}


def test_secret_is_located_in_the_stack_file(project: Path):
    source = engine({"scheduled-tasks:tasks": "{}"}, ["scheduled-tasks:tasks"], project)
    assert ("tasks", "backup", "environment", "PW") in source.secret_paths


def test_secret_that_is_not_in_a_file_is_named_by_its_key(tmp_path: Path):
    source = engine({"scheduled-tasks:tasks": "{}", "aws:token": "x"}, ["scheduled-tasks:tasks", "aws:token"], tmp_path)
    assert source.secret_paths == (("tasks",),)


def test_stacks_are_those_with_a_file(project: Path):
    (project / "Pulumi.yaml").write_text("name: x")
    assert stacks(project) == ["test"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("2026-12-01", "2026-12-01"),
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("0644", "0644"),
        ("true", True),
        ("42", 42),
        ("1.5", 1.5),
        ("~", None),
        ("", None),
    ],
)
def test_yaml_is_read_as_pulumi_reads_it(tmp_path: Path, text: str, value: object):
    (tmp_path / "x.yaml").write_text(f"key: {text}\n")
    assert read(tmp_path / "x.yaml") == {"key": value}


def test_missing_file_has_its_own_error(tmp_path: Path):
    with pytest.raises(YamlError, match="cannot be read: No such file"):
        read(tmp_path / "x.yaml")


def test_secret_of_the_configuration_is_stored_for_the_task_that_uses_it(catalogue: Path):
    values = {
        "dbPassword": {"secure": "v1:x"},
        "tasks": {"backup": {"secrets": {"PASSWORD": {"config": "dbPassword"}}}},
    }
    source = Source("test", values, (("dbPassword",),), lambda key: f"the value of {key}".split())
    config = load(source, catalogue)
    assert config.tasks["backup"].secret_values == {"PASSWORD": ["the", "value", "of", "dbPassword"]}
    assert config.tasks["backup"].secrets == {}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"tasks": {"backup": {"secrets": {"PASSWORD": {"config": "dbPasword"}}}}, "dbPassword": {"secure": "x"}},
            (
                'tasks.backup.secrets: the stack has no secret "dbPasword". Did you mean "dbPassword"? '
                "Write: pulumi config set --secret dbPasword"
            ),
        ),
        ({"dbPassword": {"secure": "x"}}, "dbPassword: is a secret that nothing uses. Write {config: dbPassword}"),
        (
            {"tasks": {"backup": {"secrets": {"PASSWORD": {"config": "dbPassword"}}}}, "dbPassword": "hunter2"},
            "dbPassword: unknown key.",
        ),
    ],
)
def test_missing_unused_or_plain_secret_is_refused(catalogue: Path, values: dict[str, Any], message: str):
    secret = tuple((key,) for key, value in values.items() if isinstance(value, dict) and "secure" in value)
    with pytest.raises(ConfigError) as error:
        load(Source("test", values, secret), catalogue)
    assert any(str(problem).startswith(message) for problem in error.value.problems)
    assert "hunter2" not in str(error.value)


def test_defaults_for_images_do_not_apply_to_an_existing_task_definition(catalogue: Path):
    (catalogue / "defaults.yaml").write_text("logs: {retentionDays: 30}\ntimezone: Europe/Berlin\n")
    values = {
        "defaults": {"architecture": "arm64"},
        "catalogue": False,
        "tasks": {"report": {"taskDefinition": "reports", "schedule": "rate(1 day)"}},
    }
    task = load(Source("test", values, ()), catalogue).tasks["report"]
    assert task.args == {"task_definition": "reports", "schedule": "rate(1 day)", "timezone": "Europe/Berlin"}


def encrypted(size: int) -> str:
    """A value of this length as Pulumi encrypts it with a passphrase: a nonce of 12 bytes, the value and 16 bytes more.

    https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/config/crypt.go
    """
    nonce, value = (base64.b64encode(b"x" * length).decode() for length in (12, size + 16))
    return f"v1:{nonce}:{value}"


@pytest.mark.parametrize("size", [0, 1, 4096, 8193])
def test_the_length_of_an_encrypted_secret_is_known(size: int):
    assert encrypted_bytes(encrypted(size)) == size


@pytest.mark.parametrize("text", ["AAABAK", "v2:eHg=:eHg=", "v1:eHg=:eHg=", "v1:eHg=", "v1:a b:c", ""])
def test_the_length_of_other_secrets_is_unknown(text: str):
    assert encrypted_bytes(text) is None


@pytest.mark.parametrize(("size", "part"), [(0, "empty"), (8193, "8193"), (1, None), (8192, None)])
def test_secrets_that_aws_does_not_store_are_refused_without_decrypting_them(
    catalogue: Path, tmp_path: Path, size: int, part: str | None
):
    task = {"secrets": {"PASSWORD": {"config": "dbPassword"}}}
    values = {"scheduled-tasks:dbPassword": {"secure": encrypted(size)}, "scheduled-tasks:tasks": {"backup": task}}
    (tmp_path / "Pulumi.test.yaml").write_text(json.dumps({"config": values}))
    source = from_file("scheduled-tasks", "test", tmp_path)
    if part is None:
        assert load(source, catalogue).tasks
        return
    with pytest.raises(ConfigError) as raised:
        load(source, catalogue)
    assert "dbPassword" in str(raised.value)
    assert part in str(raised.value)


def test_secrets_that_aws_does_not_store_are_refused_by_the_program(tmp_path: Path, catalogue: Path):
    task = json.dumps({"backup": {"secrets": {"PASSWORD": {"config": "dbPassword"}}}})
    values = {"scheduled-tasks:dbPassword": "x" * 8193, "scheduled-tasks:tasks": task}
    # The engine's own value needs the engine.
    source = replace(engine(values, ["scheduled-tasks:dbPassword"], tmp_path), secret=StoredSecret)
    with pytest.raises(ConfigError, match="8193") as raised:
        load(source, catalogue)
    assert "xxx" not in str(raised.value)


def test_secrets_that_a_recipient_does_not_accept_are_refused_by_the_program(tmp_path: Path, catalogue: Path):
    """Before anything is deployed."""
    recipients = {"slack": {"alerts": {"token": {"config": "slackToken"}, "channel": "C0123456789"}}}
    values = {
        "scheduled-tasks:slackToken": "xoxb-CANARY\n",
        "scheduled-tasks:notify": json.dumps(recipients),
        "scheduled-tasks:tasks": json.dumps({"backup": {}}),
    }
    source = replace(engine(values, ["scheduled-tasks:slackToken"], tmp_path), secret=StoredSecret)
    with pytest.raises(ConfigError, match=r"slackToken: the value \(not shown\) contains .*line breaks") as raised:
        load(source, catalogue)
    assert "CANARY" not in str(raised.value)
