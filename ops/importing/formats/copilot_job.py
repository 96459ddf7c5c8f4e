"""The keys of a Copilot job, after the overrides of an environment. Pure.

Sources: aws/copilot-cli, internal/pkg/manifest/job.go (`newDefaultScheduledJob`), internal/pkg/deploy/cloudformation/
stack/transformers.go (`convertNetworkConfig`, `convertPlatform`), and
internal/pkg/template/templates/workloads/partials/cf/state-machine-definition.json.yml.
"""

from dataclasses import dataclass

from ..cron_fields import FieldError
from ..durations import seconds_of
from ..model import Answers, Decision, Draft
from ..schedules import seconds_text
from ..times import copilot as copilot_times
from ..yaml_sources import Ledger, Value
from .copilot_containers import Containers
from .copilot_schedule import copilot_schedule

_CPU, _MEMORY = 256, 512
_MOST_RETRIES = 10
_LONGEST = 30 * 86400
_WINDOWS = {
    "windows": "WINDOWS_SERVER_2019_CORE",
    "windows_server_2019_core": "WINDOWS_SERVER_2019_CORE",
    "windows_server_2019_full": "WINDOWS_SERVER_2019_FULL",
    "windows_server_2022_core": "WINDOWS_SERVER_2022_CORE",
    "windows_server_2022_full": "WINDOWS_SERVER_2022_FULL",
}
_ARCHITECTURES = {"arm": "arm64", "arm64": "arm64", "x86_64": "x86_64", "amd64": "x86_64"}
_LOST = {
    "publish": "Set `permissions` for sns:Publish, and the ARNs of the topics in `environment`.",
    "taskdef_overrides": "Set the corresponding keys, or members of AWS's API in `aws`.",
    "observability": "Add a sidecar for the collector.",
}


@dataclass(slots=True)
class Job:
    """Maps a manifest to the keys of a task."""

    draft: Draft
    ledger: Ledger
    answers: Answers

    def read(self, root: Value) -> None:
        """Add the keys and decisions of a manifest."""
        ledger = self.ledger
        ledger.change(root.at("name"), "the file's name")
        ledger.change(root.at("type"), "")
        self._schedule(root)
        self._size(root)
        Containers(self.draft, ledger, self.answers).read(root)
        self._retries(root)
        self._timeout(root)
        self._network(root)
        self._platform(root.at("platform"))
        self._unused(root)
        if retention := _whole(root.at("logging", "retention")):
            self.draft.keys["logs"] = {"retentionDays": retention}
            ledger.take(root.at("logging", "retention"), "logs.retentionDays")
        ledger.lose(root.at("logging"), "Add a sidecar with `firelens`, and set `logs`.")
        if tags := root.at("tags"):
            self.draft.keys["tags"] = {name: value.written for name, value in tags.entries.items()}
            ledger.take(tags, "tags", whole=all(value.children is None for value in tags.entries.values()))
        for name, note in _LOST.items():
            ledger.lose(root.at(name), note)

    def _default(self, line: int, key: str, to: str, note: str) -> None:
        self.ledger.decisions.append(Decision(self.draft.file, line, key, "changed", to, note, keys=0))

    def _schedule(self, root: Value) -> None:
        value = root.at("on", "schedule") or root.at("schedule")
        if value is None:
            self.draft.block(root.line, "on.schedule", "The job has no schedule.", "not possible")
            return
        try:
            found = copilot_schedule(value.text.strip())
            self.draft.times = copilot_times.times_of(value.text.strip())
        except FieldError as error:
            self.ledger.add(value, "not possible", "schedule", f"{value.text}: {error}", blocks=True)
            return
        except ValueError:
            note = f"An EventBridge rule doesn't accept {value.text}."
            self.ledger.add(value, "not possible", "schedule", note, blocks=True)
            return
        self.draft.keys |= found.keys
        self.ledger.change(value, "schedule", found.note)

    def _size(self, root: Value) -> None:
        for key, default in (("cpu", _CPU), ("memory", _MEMORY)):
            value = root.at(key)
            self.draft.keys[key] = _whole(value) or default
            if value is None:
                self._default(root.line, key, key, f"Copilot's default is {default}.")
            elif _whole(value):
                self.ledger.take(value, key)
        if storage := root.at("storage", "ephemeral"):
            if (size := _whole(storage)) and size > 20:
                self.draft.keys["ephemeralStorage"] = size
                self.ledger.take(storage, "ephemeralStorage")
            elif size:
                self.ledger.change(storage, "", "Fargate includes 20 GiB.")

    def _retries(self, root: Value) -> None:
        value = root.at("retries")
        retries = _whole(value)
        if value is None or retries is None:
            return
        if retries:
            # AWS Step Functions waits 10 s, 15 s, 22 s and so on. The factor here is an integer.
            self.draft.keys["retryRun"] = {"attempts": min(retries, _MOST_RETRIES), "delay": "10s"}
        most = f" The most is {_MOST_RETRIES}." if retries > _MOST_RETRIES else ""
        note = "In Copilot it also covers launches, for which `retry` exists here, and the delay grows by half." + most
        self.ledger.change(value, "retryRun" if retries else "", note if retries else "")

    def _timeout(self, root: Value) -> None:
        value = root.at("timeout")
        seconds = seconds_of(value.text) if value else None
        if value is None or seconds is None:
            return
        kept = min(max(int(seconds), 60), _LONGEST)
        self.draft.keys["timeout"] = seconds_text(kept)
        notes = ["In Copilot it includes all retries, here it is per run."] if _whole(root.at("retries")) else []
        notes += ["It must be 1m to 30d."] if kept != seconds else []
        self.ledger.change(value, "timeout", " ".join(notes))

    def _network(self, root: Value) -> None:
        network = root.at("network", "vpc")
        placement = network.at("placement") if network else None
        keys: dict[str, object] = {"subnets": "public", "assignPublicIp": True}
        if placement is None:
            self._default(root.line, "network.vpc.placement", "network", "Copilot's default is public.")
        elif placement.text in ("public", "private"):
            keys = {"subnets": placement.text, "assignPublicIp": placement.text == "public"}
            self.ledger.change(placement, "network.subnets, network.assignPublicIp")
        elif subnets := placement.at("subnets"):
            keys = {"assignPublicIp": False, **self._subnets(subnets)}
        self._security_groups(root, network, keys)
        self.draft.keys["network"] = keys
        self.ledger.lose(root.at("network", "connect"), "A task of a schedule receives no traffic.")

    def _subnets(self, subnets: Value) -> dict[str, object]:
        tags = subnets.at("from_tags")
        if subnets.items and all(item.children is None for item in subnets.items):
            self.ledger.take(subnets, "network.subnets", whole=True)
            return {"subnets": subnets.texts}
        if tags and tags.entries and all(len(value.items) <= 1 for value in tags.entries.values()):
            self.ledger.take(tags, "network.subnets.tags", whole=True)
            values = {name: value.texts[0] if value.items else value.written for name, value in tags.entries.items()}
            return {"subnets": {"tags": values}}
        note = "A tag with several values can't select subnets. Set `network.subnets`."
        self.ledger.add(subnets, "not possible", "network.subnets", note, blocks=True)
        return {}

    def _security_groups(self, root: Value, network: Value | None, keys: dict[str, object]) -> None:
        """Copilot adds the security group of its environment, unless the manifest denies it."""
        value = network.at("security_groups") if network else None
        groups = (value.at("groups") or value) if value else None
        items = groups.items if groups else []
        plain = [item for item in items if item.text.startswith("sg-")]
        if plain:
            keys["securityGroups"] = [item.text for item in plain]
        for item in items:
            if item in plain:
                self.ledger.take(item, "network.securityGroups")
            elif item.children or item.text:
                self.ledger.lose(item, "Set the ID of the group in `network.securityGroups`.")
        denied = value.at("deny_default") if value else None
        self.ledger.change(denied, "network.securityGroups")
        if denied is None or denied.text != "true":
            note = "Copilot also attaches the security group of its environment. Add it if others trust it."
            self._default(root.line, "network.vpc.security_groups", "network.securityGroups", note)

    def _platform(self, value: Value | None) -> None:
        if value is None:
            return
        if value.children is None:
            system, _, architecture = value.text.lower().partition("/")
        else:
            parts = (value.at("osfamily"), value.at("architecture"))
            system, architecture = (part.text.lower() if part else "" for part in parts)
        known = system in ("", "linux", *_WINDOWS) and architecture in ("", *_ARCHITECTURES)
        if not known:
            return
        if system in _WINDOWS:
            self.draft.keys["operatingSystem"] = _WINDOWS[system]
        if _ARCHITECTURES.get(architecture) == "arm64":
            self.draft.keys["architecture"] = "arm64"
        whole = set(value.entries) <= {"osfamily", "architecture"}
        self.ledger.change(value, "architecture, operatingSystem", whole=whole)

    def _unused(self, root: Value) -> None:
        """Keys that Copilot's state machine ignores."""
        if count := root.at("count"):
            note = "" if count.text == "1" else "Copilot starts one run of a job, whatever its count is."
            self.ledger.change(count, "", note, whole=True)
        if value := root.at("exec"):
            note = "Copilot doesn't enable ECS Exec for the runs of a schedule. Set `exec: true` if you need it."
            self.ledger.change(value, "", "" if value.text == "false" else note, whole=True)


def _whole(value: Value | None) -> int | None:
    """A number of a manifest; None if it isn't a whole one."""
    return int(value.text) if value and value.text.isascii() and value.text.isdecimal() else None
