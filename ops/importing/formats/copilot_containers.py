"""The containers of a Copilot job: image, environment, secrets, sidecars and volumes. Pure.

Sources: aws/copilot-cli, internal/pkg/manifest/workload.go (`Image`, `BuildConfig`), internal/pkg/manifest/storage.go,
internal/pkg/deploy/cloudformation/stack/transformers.go, and
internal/pkg/template/templates/workloads/partials/cf/{sidecars,secrets}.yml.
"""

import posixpath
import shlex
from dataclasses import dataclass, field

from components.json_values import Object

from ..durations import seconds_of
from ..model import Answers, Draft
from ..yaml_sources import Ledger, Value

_CHECK = ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]
_WORKSPACE = "The path is relative to the program. In Copilot it is relative to the workspace."
_FROM_CFN = "The value is an output of another stack of CloudFormation. Look it up, and set it by hand."
_ENV_FILE = "Upload the file to S3, and set `environmentFiles`."


@dataclass(slots=True)
class Containers:
    """Maps the containers of a manifest to the keys of a task."""

    draft: Draft
    ledger: Ledger
    answers: Answers
    volumes: set[str] = field(default_factory=set[str])

    def read(self, root: Value) -> None:
        """Add the keys and decisions of all containers."""
        keys = self.draft.keys
        image = root.at("image")
        self._image(image, keys, "", root.line)
        if image:
            self._depends_on(image.at("depends_on"), keys, "")
            self._health(image.at("healthcheck"), keys, "")
            self._labels(image.at("labels"), keys, "")
            if credentials := image.at("credentials"):
                keys["registryCredentials"] = credentials.text
                self.ledger.take(credentials, "registryCredentials")
        self._container(root, keys, "")
        self._storage(root.at("storage"))
        sidecars: Object = {}
        entries = root.at("sidecars")
        for name, sidecar in (entries.entries if entries else {}).items():
            chosen = f"{name}-sidecar" if name == "main" else name
            sidecars[chosen] = self._sidecar(sidecar, f"sidecars.{chosen}.")
        if sidecars:
            keys["sidecars"] = sidecars

    def _container(self, container: Value, keys: Object, within: str) -> None:
        """The keys that each container can have."""
        for key, to in (("entrypoint", "entryPoint"), ("command", "command")):
            self._words(container.at(key), keys, to, within)
        self._variables(container.at("variables"), keys, within)
        self._secrets(container.at("secrets"), keys, within)
        self.ledger.lose(container.at("env_file"), _ENV_FILE)

    def _sidecar(self, sidecar: Value, within: str) -> Object:
        keys: Object = {}
        self._image(sidecar.at("image"), keys, within, sidecar.line)
        self._container(sidecar, keys, within)
        self._depends_on(sidecar.at("depends_on"), keys, within)
        self._health(sidecar.at("healthcheck"), keys, within)
        self._labels(sidecar.at("labels"), keys, within)
        if credentials := sidecar.at("credentialsParameter"):
            keys["registryCredentials"] = credentials.text
            self.ledger.take(credentials, f"{within}registryCredentials")
        # A sidecar of Copilot is essential unless the manifest says otherwise.
        essential = sidecar.at("essential")
        keys["essential"] = essential is None or essential.text != "false"
        self.ledger.take(essential, f"{within}essential")
        self.ledger.change(sidecar.at("port"), "", "A task of a schedule receives no traffic.")
        self._mounts(sidecar.at("mount_points"), keys, within)
        return keys

    def _image(self, image: Value | None, keys: Object, within: str, line: int) -> None:
        location = image if image and image.text else image.at("location") if image else None
        build = image.at("build") if image else None
        if location and location.text:
            keys["image"] = location.text
            self.ledger.take(location, f"{within}image")
        elif build:
            keys["image"] = self._build(build, within)
        elif self.answers.image and not within:
            keys["image"] = self.answers.image
        else:
            self.draft.block(line, f"{within}image", "There is no image. Pass --image.")

    def _build(self, build: Value, within: str) -> Object:
        """Copilot guesses the Dockerfile from the context, or the context from the Dockerfile."""
        file, context = build.at("dockerfile"), build.at("context")
        dockerfile = build.text or (file.text if file else "")
        folder = context.text if context else posixpath.dirname(dockerfile) or "."
        keys: Object = {"build": folder}
        if dockerfile and posixpath.normpath(dockerfile) != posixpath.normpath(f"{folder}/Dockerfile"):
            keys["dockerfile"] = dockerfile
        self.ledger.change(build, f"{within}image.build", _WORKSPACE)
        self.ledger.change(context, f"{within}image.build", _WORKSPACE)
        self.ledger.change(file, f"{within}image.dockerfile", "" if context else _WORKSPACE)
        if target := build.at("target"):
            keys["target"] = target.text
            self.ledger.take(target, f"{within}image.target")
        if arguments := build.at("args"):
            keys["args"] = {name: value.written for name, value in arguments.entries.items()}
            self.ledger.take(arguments, f"{within}image.args", whole=_is_flat(arguments))
        self.ledger.lose(build.at("cache_from"), "The image is built without it.")
        return keys

    def _words(self, value: Value | None, keys: Object, to: str, within: str) -> None:
        if value is None:
            return
        if value.items:
            if _is_flat(value):
                keys[to] = [item.written for item in value.items]
                self.ledger.take(value, f"{within}{to}", whole=True)
            return
        try:
            words = shlex.split(value.text, comments=True)
        except ValueError:
            self.ledger.add(value, "not possible", f"{within}{to}", "A quotation mark isn't closed.", blocks=True)
            return
        if words:
            keys[to] = words
            self.ledger.change(value, f"{within}{to}", "It is split into words, as Copilot does.")

    def _variables(self, variables: Value | None, keys: Object, within: str) -> None:
        found: dict[str, str] = {}
        for name, value in (variables.entries if variables else {}).items():
            if value.children is None:
                found[name] = "" if value.data is None else value.written
                self.ledger.take(value, f"{within}environment.{name}")
            elif value.at("from_cfn"):
                self.ledger.lose(value, _FROM_CFN)
        if found:
            keys["environment"] = found

    def _secrets(self, secrets: Value | None, keys: Object, within: str) -> None:
        found: dict[str, str] = {}
        for name, value in (secrets.entries if secrets else {}).items():
            manager = value.at("secretsmanager")
            reference = manager if manager and len(value.entries) == 1 else value
            if given := self.answers.secrets.get(name):
                found[name] = given
                self.ledger.change(value, f"{within}secrets.{name}", "From --secret.", whole=True)
            elif value.at("from_cfn"):
                self.ledger.lose(value, f"{_FROM_CFN} Or pass --secret {name}=ARN.")
            elif not reference.text:
                continue
            elif reference.text.startswith(("arn:", "/")) and not manager:
                found[name] = reference.text
                self.ledger.take(value, f"{within}secrets.{name}")
            elif self.answers.region and self.answers.account:
                found[name] = (
                    self._arn("secretsmanager:{}:secret:" if manager else "ssm:{}:parameter/") + reference.text
                )
                self.ledger.change(value, f"{within}secrets.{name}", "With --region and --account.", whole=True)
            else:
                note = f"In which Region and account? Pass --region and --account, or --secret {name}=ARN."
                self.ledger.add(value, "undecided", f"{within}secrets.{name}", note, blocks=True)
        if found:
            keys["secrets"] = found

    def _arn(self, form: str) -> str:
        region = self.answers.region
        partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
        return f"arn:{partition}:{form.format(f'{region}:{self.answers.account}')}"

    def _depends_on(self, value: Value | None, keys: Object, within: str) -> None:
        if value and value.entries and _is_flat(value):
            keys["dependsOn"] = {name: condition.text.upper() for name, condition in value.entries.items()}
            self.ledger.change(value, f"{within}dependsOn", whole=True)

    def _labels(self, value: Value | None, keys: Object, within: str) -> None:
        if value and value.entries and _is_flat(value):
            keys["dockerLabels"] = {name: label.written for name, label in value.entries.items()}
            self.ledger.take(value, f"{within}dockerLabels", whole=True)

    def _health(self, value: Value | None, keys: Object, within: str) -> None:
        """A health check with Copilot's defaults."""
        if value is None or not value.entries or set(value.entries) - _HEALTH:
            return
        command, retries = value.at("command"), value.at("retries")
        words = [] if command is None else command.texts or [command.text]
        check: Object = {"command": words or _CHECK, "retries": _number(retries, 2)}
        for key, to, default in _PERIODS:
            given = value.at(key)
            seconds = seconds_of(given.text) if given else default
            if seconds is None:
                return
            if seconds or to != "startPeriod":
                check[to] = f"{int(seconds)}s"
        keys["healthCheck"] = check
        self.ledger.change(value, f"{within}healthCheck", "With Copilot's defaults.", whole=True)

    def _storage(self, storage: Value | None) -> None:
        keys = self.draft.keys
        if storage is None:
            return
        if read_only := storage.at("readonly_fs"):
            keys["readOnlyRoot"] = read_only.text == "true"
            self.ledger.take(read_only, "readOnlyRoot")
        volumes: Object = {}
        entries = storage.at("volumes")
        for name, volume in (entries.entries if entries else {}).items():
            if found := self._volume(volume, name):
                volumes[name] = found
        if volumes:
            self.volumes = set(volumes)
            keys["volumes"] = volumes
            # Without the key, the root file system is read-only if there is a volume that starts empty.
            keys.setdefault("readOnlyRoot", False)

    def _volume(self, volume: Value, name: str) -> Object | None:
        path, efs = volume.at("path"), volume.at("efs")
        if path is None or set(volume.entries) - {"path", "read_only", "efs"}:
            return None
        read_only = volume.at("read_only")
        keys: Object = {"path": path.text, "readOnly": read_only is None or read_only.text != "false"}
        to = f"volumes.{name}"
        if efs is None or efs.text == "false":
            self.ledger.change(volume, to, "It starts empty, and is deleted after the run.", whole=True)
            return keys
        file_system = efs.at("id")
        if file_system is None or not file_system.text or set(efs.entries) - {"id", "root_dir", "auth"}:
            note = "Copilot created the file system. Set `efs` and `accessPoint` to their IDs."
            self.ledger.lose(volume, note)
            return None
        keys["efs"] = file_system.text
        root, point, iam = efs.at("root_dir"), efs.at("auth", "access_point_id"), efs.at("auth", "iam")
        if root and root.text not in ("", "/"):
            keys["rootDirectory"] = root.text
        if point and point.text:
            keys["accessPoint"] = point.text
        if iam and iam.text == "true":
            keys["iam"] = True
        auth = efs.at("auth")
        if auth and set(auth.entries) - {"iam", "access_point_id"}:
            return None
        self.ledger.change(volume, to, whole=True)
        return keys

    def _mounts(self, value: Value | None, keys: Object, within: str) -> None:
        mounts: dict[str, str] = {}
        read_only: dict[str, bool] = {}
        for mount in value.items if value else []:
            name, path, flag = mount.at("source_volume"), mount.at("path"), mount.at("read_only")
            if name is None or path is None or name.text not in self.volumes or set(mount.entries) - _MOUNT:
                continue
            mounts[name.text] = path.text
            read_only[name.text] = flag is None or flag.text != "false"
            self.ledger.change(mount, f"{within}mounts.{name.text}", whole=True)
        if mounts:
            keys["mounts"], keys["readOnlyMounts"] = mounts, read_only


_HEALTH = {"command", "interval", "retries", "timeout", "start_period"}
_PERIODS = (("interval", "interval", 10), ("timeout", "timeout", 5), ("start_period", "startPeriod", 0))
"""The periods of a health check: its key, the key here, and Copilot's default in seconds."""
_MOUNT = {"source_volume", "path", "read_only"}


def _is_flat(value: Value) -> bool:
    """Whether the values of an object or list are scalars."""
    children = [*value.entries.values(), *value.items]
    return all(child.children is None for child in children)


def _number(value: Value | None, default: int) -> int:
    return int(value.text) if value and value.text.isascii() and value.text.isdecimal() else default
