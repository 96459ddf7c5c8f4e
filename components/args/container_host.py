"""Arguments of a container that the host applies: Linux, network, restarts, hardware."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Required

from typing_extensions import TypedDict

from ..aws import limits, patterns
from ..keys.annotations import (
    Aws,
    Between,
    Default,
    Duration,
    Example,
    Items,
    Matches,
    NotEmpty,
    OfTaskDefinition,
    Text,
)
from .strict import strict

DevicePermission = Literal["read", "write", "mknod"]
"""AWS: botocore ecs, DeviceCgroupPermission."""
Capability = Literal[
    "ALL", "AUDIT_CONTROL", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER",
    "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD",
    "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_ADMIN",
    "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE",
    "SYS_TIME", "SYS_TTY_CONFIG", "SYSLOG", "WAKE_ALARM",
]  # fmt: skip
"""AWS: botocore ecs, KernelCapabilities.add."""


@strict
class CapabilitiesArgs(TypedDict, total=False):
    """Kernel capabilities of a container, compared with those that Docker gives it."""

    add: Annotated[
        Sequence[Capability],
        Default((), "none"),
        Aws("containerDefinitions.linuxParameters.capabilities.add"),
        Example("capabilities: { add: [SYS_PTRACE] }"),
    ]
    """Capabilities to add. Fargate supports only `SYS_PTRACE`."""

    drop: Annotated[
        Sequence[Capability],
        Default((), "none"),
        Aws("containerDefinitions.linuxParameters.capabilities.drop"),
        Example("capabilities: { drop: [ALL] }"),
    ]
    """Capabilities to remove."""


@strict
class DeviceArgs(TypedDict, total=False):
    """A device of the instance that a container can use. Not on Fargate."""

    host: Required[
        Annotated[
            str, Aws("containerDefinitions.linuxParameters.devices.hostPath"), Example("devices: [{ host: /dev/fuse }]")
        ]
    ]
    """Absolute path on the instance."""

    container: Annotated[
        str,
        Default(words="the path on the instance"),
        Aws("containerDefinitions.linuxParameters.devices.containerPath"),
        Example("devices: [{ host: /dev/sda1, container: /dev/xvdc }]"),
    ]
    """Absolute path in the container."""

    permissions: Annotated[
        Sequence[DevicePermission],
        NotEmpty(),
        Default((), "read, write and mknod"),
        Aws("containerDefinitions.linuxParameters.devices.permissions"),
        Example("devices: [{ host: /dev/fuse, permissions: [read, write] }]"),
    ]
    """Some of `read`, `write` and `mknod`."""


@strict
class TmpfsArgs(TypedDict, total=False):
    """A file system in memory."""

    size: Required[
        Annotated[
            int,
            Between(1, limits.EC2_MEMORY[1], "MiB"),
            Aws("containerDefinitions.linuxParameters.tmpfs.size"),
            Example("tmpfs: { /tmp: { size: 64 } }"),
        ]
    ]
    """MiB that files can take. They count as memory of the task."""

    options: Annotated[
        Sequence[Annotated[str, Matches(patterns.MOUNT_OPTION, "a mount option of tmpfs", "one such as noexec")]],
        Default((), "Docker's"),
        Aws("containerDefinitions.linuxParameters.tmpfs.mountOptions"),
        Example("tmpfs: { /tmp: { size: 64, options: [noexec, mode=1777] } }"),
    ]
    """Mount options, such as `noexec` or `mode=1777`."""


@strict
class LinuxArgs(TypedDict, total=False):
    """Linux settings of a container. For an init process, set `init` of the container."""

    capabilities: Annotated[
        CapabilitiesArgs,
        Default(words="Docker's"),
        Aws("containerDefinitions.linuxParameters.capabilities"),
        Example("capabilities: { drop: [ALL] }"),
    ]
    """Kernel capabilities to add and to remove."""

    devices: Annotated[
        Sequence[DeviceArgs],
        Default((), "none"),
        Aws("containerDefinitions.linuxParameters.devices"),
        Example("devices: [{ host: /dev/fuse }]"),
    ]
    """Devices of the instance. Not on Fargate."""

    shared_memory: Annotated[
        int,
        Between(1, limits.EC2_MEMORY[1], "MiB"),
        Default(words="Docker's 64 MiB"),
        Aws("containerDefinitions.linuxParameters.sharedMemorySize"),
        Example("sharedMemory: 1024"),
    ]
    """MiB of `/dev/shm`. Not on Fargate."""

    tmpfs: Annotated[
        Mapping[str, TmpfsArgs],
        Default({}, "none"),
        Aws("containerDefinitions.linuxParameters.tmpfs"),
        Example("tmpfs: { /tmp: { size: 64 } }"),
    ]
    """File systems in memory, by their absolute path in the container. All launch types support them."""

    max_swap: Annotated[
        int,
        Between(0, limits.EC2_MEMORY[1], "MiB"),
        Default(words="the instance's"),
        Aws("containerDefinitions.linuxParameters.maxSwap"),
        Example("maxSwap: 0"),
    ]
    """MiB of swap that the container can use; 0 for none. Not on Fargate."""

    swappiness: Annotated[
        int,
        Between(0, 100),
        Default(words="60"),
        Aws("containerDefinitions.linuxParameters.swappiness"),
        Example("maxSwap: 1024\nswappiness: 10"),
    ]
    """How readily the kernel swaps memory of the container, 0 to 100. Needs `max_swap`. Not on Fargate, and not on
    Amazon Linux 2023."""


@strict
class DnsArgs(TypedDict, total=False):
    """Name resolution of a container. Not in network mode awsvpc."""

    servers: Annotated[
        Sequence[Annotated[str, Matches(patterns.IP_ADDRESS, "an IP address")]],
        Default((), "the instance's"),
        Aws("containerDefinitions.dnsServers"),
        Example("servers: [10.0.0.2]"),
    ]
    """IP addresses of DNS servers."""

    search_domains: Annotated[
        Sequence[Annotated[str, Matches(patterns.HOST_NAME, "a domain", "one such as corp.internal")]],
        Default((), "the instance's"),
        Aws("containerDefinitions.dnsSearchDomains"),
        Example("searchDomains: [corp.internal]"),
    ]
    """Domains in which short names are searched."""


@strict
class RestartArgs(TypedDict, total=False):
    """Restarts of a container that ended, within the same run."""

    ignored_exit_codes: Annotated[
        Sequence[Annotated[int, Between(0, 255)]],
        Items(0, 50, "exit codes"),
        Default(words="`[0]` for the task's container, none for a sidecar"),
        Aws("containerDefinitions.restartPolicy.ignoredExitCodes"),
        Example("ignoredExitCodes: [0, 64]"),
    ]
    """Exit codes with which the container is not restarted, at most 50. The task's own container has to ignore 0:
    otherwise, a run that succeeds starts again. The exit code of the last attempt decides the outcome of the run."""

    attempt_period: Annotated[
        str,
        Duration("1m", "30m", unit="s"),
        Default("5m"),
        Aws("containerDefinitions.restartPolicy.restartAttemptPeriod"),
        Example("attemptPeriod: 1m"),
    ]
    """Time that the container must have run before ECS restarts it, 1m to 30m. A container that ends earlier is not
    restarted."""


@strict
class HostArgs(TypedDict, total=False):
    """Settings that the host of a container applies."""

    linux: Annotated[
        LinuxArgs,
        OfTaskDefinition(),
        Default(words="none"),
        Aws("containerDefinitions.linuxParameters"),
        Example("linux: { capabilities: { drop: [ALL] } }"),
    ]
    """Capabilities, devices, shared memory, file systems in memory, and swap."""

    privileged: Annotated[
        bool,
        OfTaskDefinition(),
        Default(False),
        Aws("containerDefinitions.privileged"),
        Example("launch: ec2\nprivileged: true"),
    ]
    """Gives the container the privileges of root on its instance. Not on Fargate."""

    security_options: Annotated[
        Sequence[
            Annotated[
                str,
                Matches(
                    patterns.SECURITY_OPTION,
                    "a security option",
                    "no-new-privileges, apparmor:<profile>, label:<value> or credentialspec:<file>",
                ),
            ]
        ],
        OfTaskDefinition(),
        Default((), "none"),
        Aws("containerDefinitions.dockerSecurityOptions"),
        Example("launch: ec2\nsecurityOptions: [no-new-privileges]"),
    ]
    """Docker security options: `no-new-privileges`, `apparmor:<profile>`, `label:<value>` or `credentialspec:<file>`.
    Not on Fargate."""

    gpus: Annotated[
        int,
        Between(1, 16),
        OfTaskDefinition(),
        Default(words="none"),
        Aws("containerDefinitions.resourceRequirements: GPU"),
        Example("launch: ec2\ngpus: 1"),
    ]
    """Number of physical GPUs that the container has for itself. Needs instances with GPUs; not on Fargate."""

    docker_labels: Annotated[
        Mapping[str, Text],
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("containerDefinitions.dockerLabels"),
        Example("dockerLabels: { com.example.team: data }"),
    ]
    """Docker labels."""

    hostname: Annotated[
        str,
        Matches(patterns.HOST_NAME, "a host name", "letters, digits, - and ."),
        OfTaskDefinition(),
        Default(words="Docker's"),
        Aws("containerDefinitions.hostname"),
        Example("launch: ec2\nnetworkMode: bridge\nhostname: worker"),
    ]
    """Host name in the container. Not in network mode awsvpc."""

    disable_networking: Annotated[
        bool,
        OfTaskDefinition(),
        Default(False),
        Aws("containerDefinitions.disableNetworking"),
        Example("launch: ec2\nnetworkMode: bridge\ndisableNetworking: true"),
    ]
    """Turns off the network of the container, for code that must not reach other hosts. Linux only; not on Fargate and
    Managed Instances. AWS: botocore ecs, ContainerDefinition.disableNetworking."""

    dns: Annotated[
        DnsArgs,
        OfTaskDefinition(),
        Default(words="the instance's"),
        Aws("containerDefinitions.dnsServers, containerDefinitions.dnsSearchDomains"),
        Example("launch: ec2\nnetworkMode: bridge\ndns: { servers: [10.0.0.2] }"),
    ]
    """DNS servers and search domains. Not in network mode awsvpc."""

    extra_hosts: Annotated[
        Mapping[str, Annotated[str, Matches(patterns.IP_ADDRESS, "an IP address")]],
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("containerDefinitions.extraHosts"),
        Example("launch: ec2\nnetworkMode: bridge\nextraHosts: { db.internal: 10.0.0.5 }"),
    ]
    """Further entries of `/etc/hosts`: IP addresses by host name. Not in network mode awsvpc."""

    system_controls: Annotated[
        Mapping[str, Text],
        OfTaskDefinition(),
        Default({}, "none"),
        Aws("containerDefinitions.systemControls"),
        Example("systemControls: { net.ipv4.tcp_keepalive_time: 60 }"),
    ]
    """Kernel parameters by name: those of IPC such as `kernel.msgmax`, `fs.mqueue.*` and `net.*`."""

    interactive: Annotated[
        bool,
        OfTaskDefinition(),
        Default(False),
        Aws("containerDefinitions.interactive"),
        Example("interactive: true"),
    ]
    """Keeps the standard input of the container open."""

    pseudo_terminal: Annotated[
        bool,
        OfTaskDefinition(),
        Default(False),
        Aws("containerDefinitions.pseudoTerminal"),
        Example("pseudoTerminal: true"),
    ]
    """Allocates a terminal (TTY)."""

    restart: Annotated[
        RestartArgs,
        OfTaskDefinition(),
        Default(words="none: the container is not restarted"),
        Aws("containerDefinitions.restartPolicy"),
        Example("restart: { attemptPeriod: 1m }"),
    ]
    """Restarts the container if it ends, without a new run. `{}` restarts it after each failure that comes at least 5
    minutes after its start. For failures that come earlier, set `retry_run` of the task."""
