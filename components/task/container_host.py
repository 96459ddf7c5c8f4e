"""Settings that the host of a container applies, as members of a container definition."""

from __future__ import annotations

from ..json_values import Object
from ..resolved import Container, Linux, Restart


def host_members(container: Container) -> Object:
    """The members of a container definition; None for those that the container does not set.

    AWS: Amazon ECS API reference, ContainerDefinition.
    """
    dns = container.dns
    gpus = container.gpus
    return {
        "linuxParameters": _linux(container),
        "privileged": container.privileged or None,
        "dockerSecurityOptions": list(container.security_options) or None,
        "resourceRequirements": None if gpus is None else [{"type": "GPU", "value": str(gpus)}],
        "dockerLabels": dict(container.docker_labels) or None,
        "hostname": container.hostname,
        "disableNetworking": container.disable_networking or None,
        "dnsServers": list(dns.servers) or None if dns else None,
        "dnsSearchDomains": list(dns.search_domains) or None if dns else None,
        "extraHosts": [
            {"hostname": name, "ipAddress": address} for name, address in sorted(container.extra_hosts.items())
        ]
        or None,
        # AWS adds an empty list if there are none.
        "systemControls": [
            {"namespace": name, "value": value} for name, value in sorted(container.system_controls.items())
        ],
        "interactive": container.interactive or None,
        "pseudoTerminal": container.pseudo_terminal or None,
        "restartPolicy": _restart(container.restart) if container.restart else None,
    }


def _linux(container: Container) -> Object | None:
    found: Object = {"initProcessEnabled": True} if container.init else {}
    if container.linux:
        found |= {name: value for name, value in _linux_members(container.linux).items() if value not in (None, [], {})}
    return found or None


def _linux_members(linux: Linux) -> Object:
    capabilities = linux.capabilities
    return {
        "capabilities": {
            name: list(values) for name, values in (("add", capabilities.add), ("drop", capabilities.drop)) if values
        }
        if capabilities
        else None,
        "devices": [
            {
                "hostPath": device.host,
                **({} if device.container is None else {"containerPath": device.container}),
                **({"permissions": list(device.permissions)} if device.permissions else {}),
            }
            for device in linux.devices
        ],
        "sharedMemorySize": linux.shared_memory,
        "tmpfs": [
            {
                "containerPath": path,
                "size": tmpfs.size,
                **({"mountOptions": list(tmpfs.options)} if tmpfs.options else {}),
            }
            for path, tmpfs in sorted(linux.tmpfs.items())
        ],
        "maxSwap": linux.max_swap,
        "swappiness": linux.swappiness,
    }


def _restart(restart: Restart) -> Object:
    return {
        "enabled": True,
        "ignoredExitCodes": list(restart.ignored_exit_codes or ()),
        "restartAttemptPeriod": restart.attempt_period,
    }
