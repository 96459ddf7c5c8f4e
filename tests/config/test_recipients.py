"""Recipients of messages in a stack's configuration."""

from pathlib import Path
from typing import Any

import pytest

from config import ConfigError, Source, load
from config.sources import StoredSecret

TASKS = {"orders-report": {"image": "a:1", "schedule": "rate(1 hour)"}}
HOOK = {"url": "https://hooks.example.com/runs", "secret": {"config": "token"}}


def loaded(**values: Any) -> Any:
    stack = {"catalogue": False, "tasks": TASKS, "notify": {"webhook": {"a": {**HOOK, **values}}}, "token": "t"}
    return load(Source("test", stack, (("token",),)), Path("missing"))


def problems(stack: dict[str, Any], *secret_paths: tuple[str, ...]) -> str:
    with pytest.raises(ConfigError) as raised:
        load(Source("test", {"catalogue": False, "tasks": TASKS, **stack}, secret_paths), Path("missing"))
    return str(raised.value)


def test_a_secret_stays_hidden_and_the_written_form_names_its_key():
    config = loaded()
    assert config.group.notify.webhook["a"].secret == StoredSecret("token")
    assert config.group_as_written()["notify"]["webhook"]["a"]["secret"] == {"config": "token"}


def test_tasks_of_a_recipient_must_exist():
    assert loaded(tasks=["orders-*"]).group.notify.webhook["a"].covers("orders-report")
    with pytest.raises(ConfigError, match=r"notify\.webhook\.a\.tasks\.1: .order. isn't a task of the stack"):
        loaded(tasks=["orders-report", "order"])
    with pytest.raises(ConfigError, match=r"notify\.webhook\.a\.tasks\.0: .x\*. isn't a task of the stack"):
        loaded(tasks=["x*"])


def heartbeat_of(call: dict[str, Any]) -> Any:
    tasks = {**TASKS, "job": {"schedule": "rate(1 day)", **call}}
    monitor = {"backup": {"tasks": ["job"], "url": {"config": "token"}}}
    stack = {"catalogue": False, "tasks": tasks, "notify": {"heartbeat": monitor}, "token": "t"}
    return load(Source("test", stack, (("token",),)), Path("missing"))


def test_a_heartbeat_follows_a_call_whose_work_a_service_reports():
    assert heartbeat_of({"submit": {"glue": {"job": "nightly"}}}).group.notify.heartbeat["backup"].covers("job")
    with pytest.raises(ConfigError, match=r"heartbeat\.backup\.tasks\.0: .job. makes an API call\. No service reports"):
        heartbeat_of({"invoke": {"function": "reports"}})


def test_an_encrypted_value_in_the_place_of_a_key_is_refused():
    hook = {**HOOK, "secret": {"secure": "v1:a:b"}}
    found = problems({"notify": {"webhook": {"a": hook}}}, ("notify", "webhook", "a", "secret"))
    assert "Store it under its own key (pulumi config set --secret hookToken)" in found


def test_a_secret_that_nothing_uses_is_refused():
    assert "token: is a secret that nothing uses." in problems({"token": "t"}, ("token",))
