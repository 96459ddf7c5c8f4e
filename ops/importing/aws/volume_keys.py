"""Volumes of a task definition, and where containers mount them, as keys. Pure.

Source: Amazon ECS API reference, Volume and MountPoint.
"""

from ..yaml_sources import Value
from .container_keys import Container
from .model import text_at
from .values import is_empty
from .work import Work, integer, is_true

_ALWAYS = "Traffic to EFS is always encrypted here."
_DOCKER = {"driver": "driver", "scope": "scope"}


def volumes(work: Work, root: Value, containers: list[Container]) -> None:
    """Add volumes and mounts."""
    keys = work.draft.keys
    found: dict[str, dict[str, object]] = {}
    main = next(container for container in containers if container.is_main)
    mounted = {text_at(item, "sourceVolume"): item for item in _mounts(main)}
    listed = root.at("volumes")
    for volume in listed.items if listed else []:
        name = text_at(volume, "name")
        mount = mounted.get(name)
        if mount is None:
            work.block(volume, "volumes", "The main container doesn't mount it, and `volumes` needs its path there.")
            continue
        settings = _volume(work, volume)
        if settings is None:
            continue
        found[name] = {"path": text_at(mount, "containerPath"), **settings}
        if is_true(mount.at("readOnly")):
            found[name]["readOnly"] = True
        work.ledger.change(mount, f"volumes.{name}", whole=True)
    if found:
        # Without the key, the root file system is read-only if there is a volume that starts empty.
        keys.setdefault("readOnlyRoot", False)
        keys["volumes"] = found
    for sidecar in containers:
        if not sidecar.is_main:
            _sidecar(work, sidecar, found)


def _mounts(container: Container) -> list[Value]:
    value = container.value.at("mountPoints")
    return value.items if value else []


def _sidecar(work: Work, sidecar: Container, found: dict[str, dict[str, object]]) -> None:
    mounts: dict[str, str] = {}
    read_only: dict[str, bool] = {}
    for item in _mounts(sidecar):
        name = text_at(item, "sourceVolume")
        if name not in found:
            continue
        mounts[name] = text_at(item, "containerPath")
        if is_true(item.at("readOnly")) != bool(found[name].get("readOnly")):
            read_only[name] = is_true(item.at("readOnly"))
        work.ledger.change(item, f"sidecars.{sidecar.name}.mounts", whole=True)
    if mounts:
        sidecar.keys["mounts"] = mounts
    if read_only:
        sidecar.keys["readOnlyMounts"] = read_only


def _volume(work: Work, volume: Value) -> dict[str, object] | None:
    """The keys of a volume; None if it isn't possible."""
    ledger, name = work.ledger, text_at(volume, "name")
    to = f"volumes.{name}"
    settings: dict[str, object] = {}
    docker, efs = volume.at("dockerVolumeConfiguration"), volume.at("efsVolumeConfiguration")
    for member in ("fsxWindowsFileServerVolumeConfiguration", "s3filesVolumeConfiguration", "configuredAtLaunch"):
        value = volume.at(member)
        if value is not None and not is_empty(value) and (value.children is not None or is_true(value)):
            work.block(value, to, "The import doesn't rewrite this kind of volume. Write the key `volumes` by hand.")
            return None
        ledger.change(value, "")
    if host := work.found(volume.at("host", "sourcePath"), to):
        settings["host"] = host.text
        ledger.change(host, f"{to}.host")
    if docker is not None and not is_empty(docker):
        settings["docker"] = _docker(docker)
        ledger.change(docker, f"{to}.docker", whole=True)
    if efs is not None and not is_empty(efs):
        if work.found(efs, to) is None:
            return None
        settings |= _efs(work, efs, to)
    ledger.change(volume.at("name"), to)
    return settings


def _docker(docker: Value) -> dict[str, object]:
    found: dict[str, object] = {key: text_at(docker, key) for key in _DOCKER if text_at(docker, key)}
    if is_true(docker.at("autoprovision")):
        found["autoprovision"] = True
    for member, key in (("driverOpts", "options"), ("labels", "labels")):
        if (entries := docker.at(member)) and entries.entries:
            found[key] = {each: value.text for each, value in entries.entries.items()}
    return found


def _efs(work: Work, efs: Value, to: str) -> dict[str, object]:
    ledger = work.ledger
    settings: dict[str, object] = {"efs": text_at(efs, "fileSystemId")}
    ledger.change(efs.at("fileSystemId"), f"{to}.efs")
    root, port = efs.at("rootDirectory"), efs.at("transitEncryptionPort")
    if root is not None and root.text not in ("", "/"):
        settings["rootDirectory"] = root.text
    ledger.change(root, f"{to}.rootDirectory")
    if port is not None and integer(port):
        settings["transitEncryptionPort"] = integer(port)
    ledger.change(port, f"{to}.transitEncryptionPort")
    encryption = efs.at("transitEncryption")
    ledger.change(encryption, "", "" if is_true(encryption) else _ALWAYS)
    if (point := efs.at("authorizationConfig", "accessPointId")) and not is_empty(point):
        settings["accessPoint"] = point.text
        ledger.change(point, f"{to}.accessPoint")
    if (iam := efs.at("authorizationConfig", "iam")) and not is_empty(iam):
        if is_true(iam):
            settings["iam"] = True
        ledger.change(iam, f"{to}.iam")
    return settings
