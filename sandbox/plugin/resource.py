"""What every resource type has in common; a type is a subclass with an instance in the registry."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from .aws import Aws
from .fields import Field, Fields
from .values import Plain, Props

TAGS = Field("map")
REGION = Field("text", computed=True, replaces=True)


def named(api: str) -> Field:
    """The `name` of a resource that gets one from Pulumi where the program gives none."""
    return Field("text", api, replaces=True)


class Resource(ABC):
    """One resource type: its properties, and its life in AWS calls.

    `props` are plain inputs without unknowns; with `tagged`, `props["tagsAll"]` holds all tags, those of the
    provider included. Errors of boto3 are left to pass.
    """

    token: ClassVar[str]
    """Pulumi's type, as "aws:sqs/queue:Queue"."""
    fields: ClassVar[Fields]
    """The inputs, without `tags` and `region`."""
    outputs: ClassVar[tuple[str, ...]] = ()
    """What AWS adds."""
    volatile: ClassVar[tuple[str, ...]] = ()
    """Outputs that an update changes."""
    tagged: ClassVar[bool] = False
    regional: ClassVar[bool] = True
    gone: ClassVar[tuple[str, ...]] = ()
    """AWS's error codes for a resource that is not there."""

    @abstractmethod
    def create(self, aws: Aws, props: Props) -> str:
        """Make it, in one call; its id."""

    def complete(  # noqa: B027 - most need no further call
        self, aws: Aws, identity: str, props: Props
    ) -> None:
        """Further calls that a new resource needs. If one fails, the resource is kept and the next deployment
        updates it."""

    @abstractmethod
    def read(self, aws: Aws, identity: str, props: Props) -> Props | None:
        """All properties as AWS has them; None, or an error of `gone`, if it is not there.

        `props` is the last known state, or just the inputs, for what AWS does not tell.
        """

    @abstractmethod
    def update(self, aws: Aws, identity: str, old: Props, new: Props) -> None:
        """Change it in place from the state `old` to the inputs `new`."""

    @abstractmethod
    def delete(self, aws: Aws, identity: str, props: Props) -> None:
        """Remove it. An error of `gone` counts as done."""

    def problems(self, props: Props) -> Mapping[str, str]:
        """What is wrong with the inputs beyond their fields: property's path and reason."""
        return {}

    @property
    def all_fields(self) -> Fields:
        """The inputs, with those that types share."""
        shared = {"tags": TAGS} if self.tagged else {}
        return {**self.fields, **shared, **({"region": REGION} if self.regional else {})}

    @property
    def name_field(self) -> str | None:
        """The property that gets a name where the program gives none."""
        return "name" if "name" in self.fields else None


def retag(
    old: Props,
    new: Props,
    *,
    untag: Callable[[list[str]], object],
    tag: Callable[[dict[str, str]], object],
) -> None:
    """Remove and set the tags in which a state and new inputs differ, with AWS's calls for it; none where none do."""
    before: Mapping[str, str] = old.get("tagsAll") or {}
    after: Mapping[str, str] = new.get("tagsAll") or {}
    to_set = {key: value for key, value in after.items() if before.get(key) != value}
    if to_remove := sorted(before.keys() - after.keys()):
        untag(to_remove)
    if to_set:
        tag(to_set)


def tag_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as most of AWS's services write them."""
    return [{key: name, value: text} for name, text in sorted(tags.items())]


def tag_map(tags: list[dict[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags out of AWS's list."""
    return {tag[key]: tag[value] for tag in tags or []}


def only(props: Mapping[str, Plain], *names: str) -> Props:
    """Those of the named properties that are there, for what AWS does not give back."""
    return {name: props[name] for name in names if props.get(name) is not None}
