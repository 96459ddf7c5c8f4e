"""The base class of all resource types. Each type is a subclass with one instance in the registry."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from .aws import Aws
from .fields import Field, Fields
from .values import Plain, Props

TAGS = Field("map")
REGION = Field("string", computed=True, replaces=True)


def named(api: str) -> Field:
    """Return the field `name` of a resource that Pulumi names if the program does not."""
    return Field("string", api, replaces=True)


class Resource(ABC):
    """One resource type: its properties, and the AWS calls that create, read, update and delete it.

    `props` are plain inputs without unknown values. If `tagged` is set, `props["tagsAll"]` has all tags, including the
    provider's default tags. Errors of boto3 are not caught.
    """

    token: ClassVar[str]
    """Pulumi's type token, such as "aws:sqs/queue:Queue"."""
    fields: ClassVar[Fields]
    """The inputs, without `tags` and `region`."""
    outputs: ClassVar[tuple[str, ...]] = ()
    """Outputs that are not inputs."""
    volatile: ClassVar[tuple[str, ...]] = ()
    """Outputs that an update can change."""
    tagged: ClassVar[bool] = False
    regional: ClassVar[bool] = True
    gone: ClassVar[tuple[str, ...]] = ()
    """AWS's error codes for a resource that does not exist."""

    @abstractmethod
    def create(self, aws: Aws, props: Props) -> str:
        """Create the resource in one call, and return its ID."""

    def complete(  # noqa: B027 - most need no further call
        self, aws: Aws, identity: str, props: Props
    ) -> None:
        """Make further calls that a new resource needs."""

    @abstractmethod
    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        """Read all properties. Returns None, or raises an error in `gone`, if the resource does not exist.

        `props` is the last known state, or only the inputs, for properties that AWS does not return.
        """

    @abstractmethod
    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        """Change the resource in place from the state `old` to the inputs `new`."""

    @abstractmethod
    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        """Delete the resource. An error in `gone` counts as success."""

    def problems(self, props: Props) -> Mapping[str, str]:
        """Return further problems of the inputs, as reasons by the property's path."""
        return {}

    @property
    def all_fields(self) -> Fields:
        """The inputs, including those that all types share."""
        shared = {"tags": TAGS} if self.tagged else {}
        return {**self.fields, **shared, **({"region": REGION} if self.regional else {})}

    @property
    def name_field(self) -> str | None:
        """The property that Pulumi sets if the program does not."""
        return "name" if "name" in self.fields else None


def retag(
    old: Props,
    new: Props,
    *,
    untag: Callable[[list[str]], object],
    tag: Callable[[dict[str, str]], object],
) -> None:
    """Change only the tags that differ between a state and new inputs."""
    before: Mapping[str, str] = old.get("tagsAll") or {}
    after: Mapping[str, str] = new.get("tagsAll") or {}
    to_set = {key: value for key, value in after.items() if before.get(key) != value}
    if to_remove := sorted(before.keys() - after.keys()):
        untag(to_remove)
    if to_set:
        tag(to_set)


def tag_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Return tags as a list, in the form that most AWS services use."""
    return [{key: name, value: content} for name, content in sorted(tags.items())]


def tag_map(tags: list[dict[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Return the tags in a list."""
    return {tag[key]: tag[value] for tag in tags or []}


def only(props: Mapping[str, Plain], *names: str) -> Props:
    """Return the named properties that are set, for properties that AWS does not return."""
    return {name: props[name] for name in names if props.get(name) is not None}
