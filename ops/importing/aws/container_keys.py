"""A container's definition as keys of the main container or of a sidecar. Pure.

Source: Amazon ECS API reference, ContainerDefinition.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from components.aws.ecs_model import shape
from components.passthrough.answers import CONTAINERS, answer

from ..schedules import seconds_text
from ..yaml_sources import Value
from .model import text_at
from .values import is_empty, plain, unresolved
from .work import Work, integer, is_true

MAIN = "main"
_TEXTS = {"image": "image", "user": "user", "workingDirectory": "workingDirectory", "hostname": "hostname"}
_FLAGS = {name: name for name in ("disableNetworking", "interactive", "privileged", "pseudoTerminal")}
_LISTS = {"command": "command", "entryPoint": "entryPoint", "dockerSecurityOptions": "securityOptions"}
_SECONDS = {"startTimeout": "startTimeout", "stopTimeout": "stopTimeout"}
_PAIRS = {
    "environment": ("environment", "name", "value"),
    "secrets": ("secrets", "name", "valueFrom"),
    "extraHosts": ("extraHosts", "hostname", "ipAddress"),
    "systemControls": ("systemControls", "namespace", "value"),
}
_LINUX = {"sharedMemorySize": "sharedMemory", "maxSwap": "maxSwap", "swappiness": "swappiness"}
_LOG_OPTIONS = {
    "mode": "mode",
    "max-buffer-size": "maxBufferSize",
    "awslogs-multiline-pattern": "multilinePattern",
    "awslogs-datetime-format": "datetimeFormat",
}
_LOGS = "Output goes to the stack's log group. To keep this one, set `logs.group`."


@dataclass(slots=True)
class Container:
    """A container in the making.

    Args:
        work: The task.
        value: The container's definition.
        name: Its name in the task.
        main: The name of the main container in the source.
        keys: The keys of the main container, or of the sidecar.
    """

    work: Work
    value: Value
    name: str
    main: str
    keys: dict[str, object] = field(default_factory=dict[str, object])

    @property
    def is_main(self) -> bool:
        """Whether it is the main container."""
        return self.name == MAIN

    def put(self, member: str, key: str, data: object, note: str = "") -> None:
        """Set a key from a member, which is then decided as a whole."""
        self.keys[key] = data
        value = self.value.at(member)
        if value is not None:
            self.work.ledger.change(value, self._to(key), note, whole=True)

    def _to(self, key: str) -> str:
        return key if self.is_main else f"sidecars.{self.name}.{key}"

    def _found(self, member: str) -> Value | None:
        return self.work.found(self.value.at(member), self._to(member))

    def read(self) -> None:
        """Add the keys and decisions of all members."""
        ledger = self.work.ledger
        renamed = f"The container is now `{MAIN}`." if self.is_main and self.main != MAIN else ""
        ledger.change(self.value.at("name"), MAIN if self.is_main else "sidecars", renamed)
        self._simple()
        self._pairs()
        self._health()
        self._restart()
        self._linux()
        self._hardware()
        self._logs()
        essential = self.value.at("essential")
        if not self.is_main and (is_empty(essential) or is_true(essential)):
            self.keys["essential"] = True
        ledger.change(essential, self._to("essential"))
        self.sizes()
        self._passed()

    def override(self) -> None:
        """Replace keys by those of an override. `value` is the override."""
        members = shape("ecs", "ContainerOverride").members
        kept = {name: each for name, each in self.value.entries.items() if name in members}
        self.value = Value(self.value.path, self.value.line, children=kept)
        self.work.ledger.change(self.value.at("name"), self._to("command"))
        self._simple()
        self._pairs()
        self._hardware()
        self.sizes()
        self._passed()

    def _simple(self) -> None:
        tables: tuple[tuple[Mapping[str, str], Callable[[Value], object]], ...] = (
            (_TEXTS, lambda value: value.text),
            (_FLAGS, is_true),
            (_SECONDS, lambda value: seconds_text(integer(value) or 0)),
            ({"memoryReservation": "memoryReservation"}, integer),
            ({"readonlyRootFilesystem": "readOnlyRoot"}, is_true),
            ({"versionConsistency": "versionConsistency"}, is_true),
        )
        for table, read in tables:
            for member, key in table.items():
                value = self._found(member)
                if value is None or value.children is not None:
                    continue
                data = read(value)
                if data is False and member in _FLAGS:
                    self.work.ledger.change(value, self._to(key))
                else:
                    self.put(member, key, data)
        for member, key in _LISTS.items():
            value = self._found(member)
            if value is not None and all(item.children is None for item in value.items):
                self.put(member, key, value.texts)

    def _pairs(self) -> None:
        for member, (key, name, text) in _PAIRS.items():
            value = self._found(member)
            if value is not None and all(set(item.entries) <= {name, text} for item in value.items):
                self.put(member, key, {text_at(item, name): text_at(item, text) for item in value.items})
        self._named()

    def _named(self) -> None:
        if (files := self._found("environmentFiles")) is not None:
            self.put("environmentFiles", "environmentFiles", [text_at(item, "value") for item in files.items])
        if (labels := self._found("dockerLabels")) is not None and labels.entries:
            self.put("dockerLabels", "dockerLabels", {name: each.text for name, each in labels.entries.items()})
        if (waits := self._found("dependsOn")) is not None:
            names = {text_at(item, "containerName"): text_at(item, "condition") for item in waits.items}
            self.put("dependsOn", "dependsOn", {MAIN if n == self.main else n: c for n, c in names.items()})
        if (limits := self._found("ulimits")) is not None:
            found = {
                text_at(item, "name"): {
                    "soft": integer(item.entries["softLimit"]), "hard": integer(item.entries["hardLimit"]),
                }
                for item in limits.items
                if {"softLimit", "hardLimit"} <= set(item.entries)
            }  # fmt: skip
            self.put("ulimits", "ulimits", found)
        self._registry()

    def _registry(self) -> None:
        credentials = self._found("repositoryCredentials")
        if credentials is not None and set(credentials.entries) == {"credentialsParameter"}:
            self.put("repositoryCredentials", "registryCredentials", text_at(credentials, "credentialsParameter"))
        for member, key in (("dnsServers", "servers"), ("dnsSearchDomains", "searchDomains")):
            if (value := self._found(member)) is not None:
                self.put(member, "dns", {**cast("dict[str, object]", self.keys.get("dns", {})), key: value.texts})

    def _health(self) -> None:
        value = self._found("healthCheck")
        if value is None or not set(value.entries) <= {"command", "interval", "timeout", "retries", "startPeriod"}:
            return
        found: dict[str, object] = {"command": command.texts if (command := value.at("command")) else []}
        for key in ("interval", "timeout", "startPeriod"):
            if (seconds := value.at(key)) and not is_empty(seconds):
                found[key] = seconds_text(integer(seconds) or 0)
        if (retries := value.at("retries")) and not is_empty(retries):
            found["retries"] = integer(retries)
        self.put("healthCheck", "healthCheck", found)

    def _restart(self) -> None:
        value = self._found("restartPolicy")
        if value is None:
            return
        if not is_true(value.at("enabled")):
            self.work.ledger.change(value, "", whole=True)
            return
        found: dict[str, object] = {}
        if (codes := value.at("ignoredExitCodes")) and codes.items:
            found["ignoredExitCodes"] = [integer(code) for code in codes.items]
        if (period := value.at("restartAttemptPeriod")) and not is_empty(period):
            found["attemptPeriod"] = seconds_text(integer(period) or 0)
        self.put("restartPolicy", "restart", found)

    def _linux(self) -> None:
        value = self._found("linuxParameters")
        if value is None:
            return
        found: dict[str, object] = {}
        ledger, to = self.work.ledger, self._to("linux")
        if is_true(value.at("initProcessEnabled")):
            self.keys["init"] = True
        ledger.change(value.at("initProcessEnabled"), self._to("init"))
        for member, key in _LINUX.items():
            if (number := value.at(member)) and not is_empty(number):
                found[key] = integer(number)
                ledger.change(number, to)
        if capabilities := value.at("capabilities"):
            lists = {key: each.texts for key in ("add", "drop") if (each := capabilities.at(key)) and each.items}
            if lists:
                found["capabilities"] = lists
            ledger.change(capabilities, to, whole=set(capabilities.entries) <= {"add", "drop"})
        self._devices(value, found)
        if found:
            self.keys["linux"] = found

    def _devices(self, value: Value, found: dict[str, object]) -> None:
        ledger, to = self.work.ledger, self._to("linux")
        if (devices := value.at("devices")) and devices.items:
            names = {"hostPath": "host", "containerPath": "container"}
            found["devices"] = [
                {
                    **{key: text_at(item, member) for member, key in names.items() if text_at(item, member)},
                    **({"permissions": each.texts} if (each := item.at("permissions")) and each.items else {}),
                }
                for item in devices.items
            ]
            ledger.change(devices, to, whole=True)
        if (tmpfs := value.at("tmpfs")) and tmpfs.items:
            found["tmpfs"] = {
                text_at(item, "containerPath"): {
                    "size": integer(item.entries["size"]),
                    **({"options": each.texts} if (each := item.at("mountOptions")) and each.items else {}),
                }
                for item in tmpfs.items
                if "size" in item.entries
            }
            ledger.change(tmpfs, to, whole=True)

    def _hardware(self) -> None:
        value = self._found("resourceRequirements")
        if value is None:
            return
        gpus = [item for item in value.items if text_at(item, "type") == "GPU"]
        if len(value.items) == len(gpus) == 1 and (number := gpus[0].at("value")) and integer(number):
            self.put("resourceRequirements", "gpus", integer(number))

    def _logs(self) -> None:
        value = self._found("logConfiguration")
        if value is not None and text_at(value, "logDriver") == "awslogs":
            self._awslogs(value)
        elif value is not None:
            self._other_logs(value)
        elif is_empty(self.value.at("logConfiguration")):
            note = "Without a log driver, ECS keeps no output. Here, it goes to the stack's log group."
            self.work.default(f"{self.value.path}.logConfiguration", self.value.line, self._to("logs"), note)
        if (router := self._found("firelensConfiguration")) is not None and not self.is_main:
            self._router(router)

    def _awslogs(self, value: Value) -> None:
        options = value.at("options")
        given = options.entries if options else {}
        known = {key: given[name].text for name, key in _LOG_OPTIONS.items() if name in given}
        if known:
            self.keys["logs"] = known
        self.work.ledger.change(value.at("logDriver"), self._to("logs"))
        for name, each in given.items():
            self.work.ledger.change(each, self._to("logs"), _LOGS if name == "awslogs-group" else "")

    def _other_logs(self, value: Value) -> None:
        driver, options, secret = text_at(value, "logDriver"), value.at("options"), value.at("secretOptions")
        found: dict[str, object] = {"driver": "firelens" if driver == "awsfirelens" else driver}
        if options is not None and options.entries:
            found["options"] = {name: each.text for name, each in options.entries.items()}
        if secret is not None and secret.items:
            found["secretOptions"] = {text_at(item, "name"): text_at(item, "valueFrom") for item in secret.items}
        self.put("logConfiguration", "logs", found)

    def _router(self, value: Value) -> None:
        settings = value.at("options")
        names = settings.entries if settings else {}
        if not set(names) <= {"config-file-value", "config-file-type", "enable-ecs-log-metadata"}:
            return
        metadata = names.get("enable-ecs-log-metadata")
        found: dict[str, object] = {"type": text_at(value, "type")}
        if "config-file-value" in names:
            found["config"] = names["config-file-value"].text
        if metadata is not None and not is_true(metadata):
            found["metadata"] = False
        self.put("firelensConfiguration", "firelens", found)

    def sizes(self) -> None:
        """Add the size of the container, which the main container passes through."""
        for member in ("cpu", "memory"):
            value = self._found(member)
            size = integer(value) if value else None
            if value is None or value.decided:
                continue
            if size and not self.is_main:
                self.put(member, member, size)
            elif size == 0:
                self.work.ledger.change(value, "")

    def _passed(self) -> None:
        """Pass through members without a key, and refuse those that can't be passed."""
        for member, value in self.value.entries.items():
            open_ = [leaf for leaf in value.leaves() if not leaf.decided]
            if not open_ or is_empty(value) or member == "mountPoints" or unresolved(value):
                continue
            found = answer("RegisterTaskDefinition", (CONTAINERS, member), sidecar=not self.is_main)
            if found is not None and found.passed:
                aws = cast("dict[str, dict[str, object]]", self.keys.setdefault("aws", {}))
                aws.setdefault("container", {})[member] = plain(value)
                self.work.ledger.change(value, f"{self._to('aws')}.container", whole=True)
            else:
                reason = found.reason if found else "There is no key for it."
                self.work.block(value, "", f"{reason} Without --expand, the task definition is kept as it is.")
