"""The life of a resource between the engine's plain inputs and AWS: what all types have in common."""

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from .aws import Aws, InvalidRequestError
from .errors import PartialError, ProviderError
from .fields import Field, changed, problems, same, settled
from .resource import TAGS, Resource
from .values import UNKNOWN, Plain, Props

AWS_ERRORS = (ClientError, BotoCoreError, InvalidRequestError)
Tags = Mapping[str, str]


def input_problems(resource: Resource, props: Props) -> list[str]:
    """What is wrong with the inputs of a resource, each problem a sentence."""
    found = list(problems(resource.all_fields, props))
    return [f"property {path} {reason}" for path, reason in found or resource.problems(props).items()]


def all_tags(props: Mapping[str, Plain], default_tags: Tags) -> Plain:
    """A resource's tags with the provider's, its own first."""
    tags = props.get("tags") or {}
    return UNKNOWN if tags == UNKNOWN else {**default_tags, **tags}


def changes(resource: Resource, old: Props, new: Props, default_tags: Tags) -> list[str]:
    """The properties that differ between a state and new inputs."""
    names = changed(resource.all_fields, old, new)
    if resource.tagged and not same(TAGS, old.get("tagsAll"), all_tags(new, default_tags)):
        names.append("tagsAll")
    return names


def predicted(resource: Resource, new: Props, default_tags: Tags, old: Props | None = None) -> Props:
    """The outputs of a create, or with `old` of an update, as far as they can be known before."""
    unknown = resource.volatile if old else resource.outputs
    kept = {name: old[name] for name in _decided_by_aws(resource) if name in old} if old else {}
    computed = {name: UNKNOWN for name, spec in resource.all_fields.items() if spec.computed and not old}
    tags = {"tagsAll": all_tags(new, default_tags)} if resource.tagged else {}
    return {**computed, **_defaults(resource), **kept, **dict.fromkeys(unknown, UNKNOWN), **new, **tags}


def _decided_by_aws(resource: Resource) -> list[str]:
    return [*resource.outputs, *(name for name, spec in resource.all_fields.items() if spec.computed)]


def _defaults(resource: Resource) -> Props:
    return {name: spec.default for name, spec in resource.fields.items() if spec.default is not None}


def create(resource: Resource, aws: Aws, props: Props, default_tags: Tags) -> tuple[str, Props]:
    """Make a resource: its id and outputs.

    Raises PartialError if it was made and could not be completed, else ProviderError.
    """
    given = _with_all_tags(resource, props, default_tags)
    try:
        identity = resource.create(aws, given)
    except AWS_ERRORS as error:
        raise ProviderError(words(error)) from error
    try:
        resource.complete(aws, identity, given)
    except AWS_ERRORS as error:
        state = _state(resource, aws, identity, given, default_tags) or given
        raise PartialError(words(error), identity, state, frozenset()) from error
    return identity, _present(resource, identity, _state(resource, aws, identity, given, default_tags))


def read(resource: Resource, aws: Aws, identity: str, props: Props, default_tags: Tags) -> Props | None:
    """The outputs as AWS has them, or None if the resource is not there."""
    try:
        return _state(resource, aws, identity, props, default_tags)
    except AWS_ERRORS as error:
        raise ProviderError(words(error)) from error


def update(resource: Resource, aws: Aws, identity: str, old: Props, new: Props, default_tags: Tags) -> Props:
    """Change a resource in place: its outputs."""
    given = _with_all_tags(resource, new, default_tags)
    outputs = {name: old[name] for name in resource.outputs if name in old}
    try:
        resource.update(aws, identity, old, given)
        state = _state(resource, aws, identity, {**outputs, **given}, default_tags)
    except AWS_ERRORS as error:
        raise ProviderError(words(error)) from error
    return _present(resource, identity, state)


def delete(resource: Resource, aws: Aws, identity: str, props: Props) -> None:
    """Remove a resource; one that is not there counts as removed."""
    try:
        resource.delete(aws, identity, props)
    except ClientError as error:
        if not _is_gone(resource, error):
            raise ProviderError(words(error)) from error
    except AWS_ERRORS as error:
        raise ProviderError(words(error)) from error


def _with_all_tags(resource: Resource, props: Props, default_tags: Tags) -> Props:
    return {**props, "tagsAll": all_tags(props, default_tags)} if resource.tagged else dict(props)


def _state(resource: Resource, aws: Aws, identity: str, given: Props, default_tags: Tags) -> Props | None:
    try:
        found = resource.read(aws, identity, given)
    except ClientError as error:
        if _is_gone(resource, error):
            return None
        raise
    if found is None:
        return None
    state = settled(resource.fields, given, found)
    if resource.regional:
        state["region"] = aws.region
    if resource.tagged:
        state["tags"] = _own_tags(state["tagsAll"], given, default_tags)
    return {**_defaults(resource), **state}


def _own_tags(found: Tags, given: Props, default_tags: Tags) -> Props:
    """The tags without the provider's: as the inputs have them, unless AWS has others."""
    if found == all_tags(given, default_tags):
        return given.get("tags") or {}
    return {key: value for key, value in found.items() if default_tags.get(key) != value}


def _present(resource: Resource, identity: str, state: Props | None) -> Props:
    if state is None:
        raise ProviderError(f"{identity} is not there right after it was written")
    return state


def _is_gone(resource: Resource, error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in resource.gone


def words(error: Exception) -> str:
    """An error of boto3's in a sentence: what was asked for, AWS's code and message."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        return f"{error.operation_name}: {details.get('Code')}: {details.get('Message')}"
    return str(error)


def read_inputs(resource: Resource, inputs: Props, state: Props) -> Props:
    """The inputs that would give the state: those known, with what AWS has otherwise.

    Without known inputs (an import), all that the state has of them.
    """
    fields: Mapping[str, Field] = resource.all_fields
    if not inputs:
        return {name: value for name, value in state.items() if name in fields}
    return {
        name: value if name not in fields or same(fields[name], state.get(name), value) else state[name]
        for name, value in inputs.items()
        if name not in fields or state.get(name) is not None or same(fields[name], None, value)
    }
