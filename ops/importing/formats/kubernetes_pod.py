"""The pod of a CronJob: containers, their environment, sizes and volumes. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from components.problems import listed

from ..model import Answers, Decision, Draft
from ..quantities import fargate_size, quantity
from ..schedules import seconds_text
from ..yaml_sources import Ledger, Value

_REFERENCE = re.compile(r"\$\$\((\w+)\)|\$\(([\w.-]+)\)")
_LONGEST_STOP = 120


@dataclass(slots=True)
class Pod:
    """Maps the pod of a CronJob to the keys of a task."""

    draft: Draft
    ledger: Ledger
    answers: Answers
    sidecars: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])
    volumes: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])

    def read(self, spec: Value | None, line: int) -> None:
        """Add the keys and decisions of a pod."""
        containers = spec.at("containers") if spec else None
        if spec is None or containers is None or not containers.items:
            self.draft.block(line, "containers", "The pod has no container.", "not possible")
            return
        self._pod(spec)
        main = self._main(containers.items)
        others = [container for container in containers.items if container is not main]
        init = spec.at("initContainers")
        self._empty_volumes(spec, main)
        self._container(main, self.draft.keys, spec, "")
        self._init_containers(init.items if init else [], spec)
        for other in others:
            keys = self._sidecar(other, spec)
            keys["essential"] = False
            self._note(other, "A run ends when the main container ends. Kubernetes waits for all.")
        self._size([main, *others], init.items if init else [])
        if self.sidecars:
            self.draft.keys["sidecars"] = self.sidecars
        if self.volumes:
            # Without the key, the root file system is read-only if there is such a volume.
            self.draft.keys.setdefault("readOnlyRoot", False)
            self.draft.keys["volumes"] = self.volumes

    def _main(self, containers: Sequence[Value]) -> Value:
        """The container whose end is the end of the run. The user names it if there are several."""
        if len(containers) == 1:
            return containers[0]
        names = [name.text if (name := container.at("name")) else "" for container in containers]
        if self.answers.container in names:
            return containers[names.index(self.answers.container)]
        note = f"Which container does the work? Pass --container: {listed(names)}."
        self.draft.block(containers[0].line, "containers", note)
        return containers[0]

    def _pod(self, spec: Value) -> None:
        ledger = self.ledger
        if policy := spec.at("restartPolicy"):
            ledger.change(policy, "retryRun", "")
        if grace := spec.at("terminationGracePeriodSeconds"):
            seconds = _seconds(grace)
            kept = min(max(seconds, 2), _LONGEST_STOP)
            self.draft.keys["stopTimeout"] = seconds_text(kept)
            ledger.change(grace, "stopTimeout", "" if kept == seconds else "ECS accepts 2s to 2m.")
        for name in ("serviceAccountName", "serviceAccount"):
            ledger.lose(spec.at(name), "Set `permissions` or `taskRole`.")
        self._architecture(spec.at("nodeSelector"))
        ledger.lose(spec.at("imagePullSecrets"), "Set `registryCredentials` if the registry isn't ECR.")
        if (scheduler := spec.at("schedulerName")) and scheduler.text == "default-scheduler":
            ledger.change(scheduler, "")
        if (dns := spec.at("dnsPolicy")) and dns.text == "ClusterFirst":
            ledger.change(dns, "", "ECS uses the resolver of the VPC.")
        if (token := spec.at("automountServiceAccountToken")) and token.text == "false":
            ledger.change(token, "")

    def _architecture(self, selector: Value | None) -> None:
        for label, value in (selector.entries if selector else {}).items():
            if label in ("kubernetes.io/arch", "beta.kubernetes.io/arch") and value.text in ("arm64", "amd64"):
                self.draft.keys["architecture"] = "arm64" if value.text == "arm64" else "x86_64"
                self.ledger.change(value, "architecture")
            elif label.endswith("kubernetes.io/os") and value.text == "linux":
                self.ledger.change(value, "operatingSystem")

    def _init_containers(self, items: Sequence[Value], spec: Value) -> None:
        """Each init container waits for the one before it, and the main container for the last one."""
        before: dict[str, str] = {}
        for item in items:
            always = (policy := item.at("restartPolicy")) is not None and policy.text == "Always"
            keys = self._sidecar(item, spec)
            if before:
                keys["dependsOn"] = dict(before)
            keys["essential"] = False
            name = list(self.sidecars)[-1]
            before = {name: "START" if always else "SUCCESS"}
            if always:
                self.ledger.change(policy, "dependsOn")
        if before:
            self.draft.keys["dependsOn"] = before

    def _sidecar(self, container: Value, spec: Value) -> dict[str, object]:
        name = container.at("name")
        chosen = name.text if name and name.text else f"sidecar-{len(self.sidecars) + 1}"
        chosen = f"{chosen}-sidecar" if chosen == "main" or chosen in self.sidecars else chosen
        keys = self.sidecars[chosen] = {}
        self._container(container, keys, spec, f"sidecars.{chosen}.")
        return keys

    def _container(self, container: Value, keys: dict[str, object], spec: Value, within: str) -> None:
        ledger = self.ledger
        image = container.at("image")
        if image and image.text:
            keys["image"] = image.text
            ledger.take(image, f"{within}image")
        elif self.answers.image and not within:
            keys["image"] = self.answers.image
        else:
            self.draft.block(container.line, f"{container.path}.image", "There is no image. Pass --image.")
        name = container.at("name")
        ledger.take(name, "sidecars" if within else "the container `main`")
        self._environment(container, keys, within)
        self._words(container, keys, within)
        ledger.change(container.at("imagePullPolicy"), "", "")
        ledger.change(container.at("ports"), "", "A task of a schedule receives no traffic.", whole=True)
        if folder := container.at("workingDir"):
            keys["workingDirectory"] = folder.text
            ledger.take(folder, f"{within}workingDirectory")
        self._security(container, keys, spec, within)
        self._mounts(container, keys, within)

    def _words(self, container: Value, keys: dict[str, object], within: str) -> None:
        """`command` is the entry point and `args` the command, with `$(VAR)` filled in."""
        variables = cast("dict[str, str]", keys.get("environment", {}))
        for key, to in (("command", "entryPoint"), ("args", "command")):
            value = container.at(key)
            if value is None:
                continue
            if any(item.children is not None for item in value.items) or not value.items:
                continue
            words = value.texts
            found = {match[2] for word in words for match in _REFERENCE.finditer(word) if match[2]}
            unknown = found - variables.keys()
            if unknown:
                note = f"Only a shell can fill in {', '.join(sorted(unknown))}, whose value isn't in the CronJob."
                self.ledger.add(value, "not possible", f"{within}{to}", note, blocks=True)
                continue
            keys[to] = [_filled(word, variables) for word in words]
            changed = keys[to] != words
            self.ledger.change(value, f"{within}{to}", "$(VAR) is filled in." if changed else "", whole=True)

    def _environment(self, container: Value, keys: dict[str, object], within: str) -> None:
        values: dict[str, str] = {}
        secrets: dict[str, str] = {}
        env = container.at("env")
        for entry in env.items if env else []:
            name, value, source = entry.at("name"), entry.at("value"), entry.at("valueFrom")
            if name is None or (value and value.children is not None):
                continue
            if source is None:
                values[name.text] = _filled(value.text if value else "", values)
                self.ledger.take(entry, f"{within}environment.{name.text}", whole=set(entry.entries) <= _VARIABLE)
                for part in (name, value):
                    self.ledger.take(part, f"{within}environment.{name.text}")
            elif name.text in self.answers.secrets and _is_reference(entry):
                secrets[name.text] = self.answers.secrets[name.text]
                self.ledger.change(entry, f"{within}secrets.{name.text}", "From --secret.", whole=True)
            else:
                self.ledger.lose(entry, f"{_reference(source)} Pass --secret {name.text}=ARN, or set it by hand.")
        note = "The names of the variables are in another object. Set `environment` and `secrets`."
        self.ledger.lose(container.at("envFrom"), note)
        if values:
            keys["environment"] = values
        if secrets:
            keys["secrets"] = secrets

    def _security(self, container: Value, keys: dict[str, object], spec: Value, within: str) -> None:
        own, shared = container.at("securityContext"), spec.at("securityContext")
        user = _first(own, shared, "runAsUser")
        group = _first(own, shared, "runAsGroup")
        if user:
            keys["user"] = f"{user.text}:{group.text}" if group else user.text
            for context in (own, shared):
                for key in ("runAsUser", "runAsGroup"):
                    self.ledger.change(context.at(key) if context else None, f"{within}user")
                if context and (root := context.at("runAsNonRoot")) and user.text != "0":
                    self.ledger.change(root, f"{within}user")
        if read_only := own.at("readOnlyRootFilesystem") if own else None:
            keys["readOnlyRoot"] = read_only.text == "true"
            self.ledger.take(read_only, f"{within}readOnlyRoot")
        dropped = own.at("capabilities", "drop") if own else None
        if dropped and dropped.items and all(item.children is None for item in dropped.items):
            keys["linux"] = {"capabilities": {"drop": dropped.texts}}
            self.ledger.take(dropped, f"{within}linux.capabilities.drop", whole=True)
        if (privileged := own.at("privileged") if own else None) and privileged.text == "false":
            self.ledger.change(privileged, "")

    def _empty_volumes(self, spec: Value, main: Value) -> None:
        """Volumes that start empty, if the main container mounts them."""
        mounts = main.at("volumeMounts")
        paths = {
            name.text: path.text
            for mount in (mounts.items if mounts else [])
            if (name := mount.at("name")) and (path := mount.at("mountPath")) and set(mount.entries) <= _MOUNT
        }
        volumes = spec.at("volumes")
        for volume in volumes.items if volumes else []:
            name, empty = volume.at("name"), volume.at("emptyDir")
            known = empty is not None and set(empty.entries) <= {"sizeLimit"} and set(volume.entries) == _EMPTY
            if name and empty and known and name.text in paths:
                self.volumes[name.text] = {"path": paths[name.text].rstrip("/") or "/"}
                limit = " It has no limit of its own: all volumes share `ephemeralStorage`." if empty.entries else ""
                note = f"It starts empty, and is deleted after the run.{limit}"
                self.ledger.change(volume, f"volumes.{name.text}", note, whole=True)

    def _mounts(self, container: Value, keys: dict[str, object], within: str) -> None:
        found: dict[str, object] = {}
        mounts = container.at("volumeMounts")
        for mount in mounts.items if mounts else []:
            name, path, read_only = mount.at("name"), mount.at("mountPath"), mount.at("readOnly")
            if not name or not path or name.text not in self.volumes or not set(mount.entries) <= _MOUNT:
                continue
            if read_only and read_only.text == "true":
                continue
            found[name.text] = path.text
            self.ledger.change(mount, f"{within}mounts" if within else f"volumes.{name.text}.path", whole=True)
        if within and found:
            keys["mounts"] = found

    def _size(self, containers: Sequence[Value], init: Sequence[Value]) -> None:
        cpus = max(_total(containers, "cpu"), *(_total([each], "cpu") for each in init), Decimal(0))
        memory = max(_total(containers, "memory"), *(_total([each], "memory") for each in init), Decimal(0))
        size = fargate_size(cpus, memory)
        if size is None:
            self.draft.block(containers[0].line, "resources", "Fargate has no size with so much CPU or memory.")
            return
        self.draft.keys["cpu"], self.draft.keys["memory"] = size
        shown = f"{size[0]} CPU units and {size[1]} MiB is the smallest size of Fargate for all containers."
        found = False
        for container in [*containers, *init]:
            for kind in ("limits", "requests"):
                for name in ("cpu", "memory"):
                    value = container.at("resources", kind, name)
                    if value and quantity(value.text) is not None:
                        self.ledger.change(value, name, "" if found else shown)
                        found = True
        if not found:
            self.ledger.decisions.append(
                Decision(self.draft.file, containers[0].line, "resources", "changed", "cpu, memory", shown, keys=0)
            )

    def _note(self, container: Value, note: str) -> None:
        self.ledger.decisions.append(
            Decision(self.draft.file, container.line, container.path, "changed", "sidecars", note, keys=0)
        )


_MOUNT = {"name", "mountPath", "readOnly"}
_VARIABLE = {"name", "value"}
_EMPTY = {"name", "emptyDir"}


def _is_reference(entry: Value) -> bool:
    """Whether a variable has only keys that say where its value is."""
    source = entry.at("valueFrom") or entry
    parts = [set(each.entries) for each in source.entries.values()]
    return set(entry.entries) == {"name", "valueFrom"} and len(parts) == 1 and parts[0] <= {"name", "key", "optional"}


def _first(own: Value | None, shared: Value | None, key: str) -> Value | None:
    return (own.at(key) if own else None) or (shared.at(key) if shared else None)


def _total(containers: Sequence[Value], name: str) -> Decimal:
    """The sum of the limits of containers, or of the requests of those without a limit."""
    total = Decimal(0)
    for container in containers:
        value = container.at("resources", "limits", name) or container.at("resources", "requests", name)
        total += (quantity(value.text) if value else None) or Decimal(0)
    return total


def _filled(word: str, variables: Mapping[str, str]) -> str:
    """A word with `$(VAR)` filled in. `$$(VAR)` is the way to write it literally; an unknown variable stays."""

    def fill(match: re.Match[str]) -> str:
        return f"$({match[1]})" if match[1] else variables.get(match[2], match[0])

    return _REFERENCE.sub(fill, word)


def _reference(source: Value) -> str:
    kind = next(iter(source.entries), "valueFrom")
    names = {
        "secretKeyRef": "The value is in a Secret.",
        "configMapKeyRef": "The value is in a ConfigMap.",
        "fieldRef": "The value is a field of the pod.",
        "resourceFieldRef": "The value is a limit of the container.",
    }
    return names.get(kind, "The value is in another object.")


def _seconds(value: Value) -> int:
    return int(value.text) if value.text.isascii() and value.text.isdecimal() else 0
