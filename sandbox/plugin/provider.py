"""The provider as Pulumi's engine sees it."""

import asyncio
import os
from collections.abc import Callable
from typing import Any, TypeVar

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    InvokeResponse,
    PropertyDiff,
    PropertyDiffKind,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from ..errors import SandboxError
from . import lifecycle
from .aws import DEFAULT_REGION, Aws, Session, session_from
from .errors import PartialError, ProviderError, redacted
from .fields import problems
from .function import NotFoundError
from .names import generated_name
from .registry import FUNCTIONS, RESOURCES
from .resource import Resource
from .settings import Settings, settings
from .values import (
    Plain,
    Props,
    Values,
    marked,
    plain_map,
    property_value,
    secret_names,
    secret_texts,
)

DEFAULTED = "__defaults"
"""Among the inputs, the names of those that the provider filled in; Pulumi's programs do not see it."""
T = TypeVar("T")


class AwsProvider(Provider):
    """AWS resources at the sandbox's endpoint. What is not supported is refused by its name."""

    def __init__(self, session: Session | None = None):
        self._session = session
        self._settings = Settings()

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        """Take the settings; refuse to work without an explicit endpoint."""
        region = os.environ.get("AWS_REGION", DEFAULT_REGION)
        self._settings = settings(plain_map(request.args), region)
        try:
            self._session = self._session or session_from()
        except SandboxError as error:
            raise ProviderError(str(error)) from error
        return ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: CheckRequest) -> CheckResponse:
        """Refuse unknown, missing and mistyped properties; give a name where there is none."""
        resource = _resource(request.type)
        given = {key: value for key, value in request.new_inputs.items() if key != DEFAULTED}
        found = lifecycle.input_problems(resource, plain_map(given))
        # With the property's name, the engine would print its value, secret or not.
        failures = [CheckFailure("", redacted(text, secret_texts(given))) for text in found]
        return CheckResponse({**given, **_name_if_missing(resource, request, given)}, failures)

    async def diff(self, request: DiffRequest) -> DiffResponse:
        """What has to change, and whether it needs a new resource."""
        resource = _resource(request.type)
        old, new = _props(request.old_state), _props(request.new_inputs)
        names = lifecycle.changes(resource, old, new, self._settings.default_tags)
        replaces = [name for name in names if name in resource.all_fields and resource.all_fields[name].replaces]
        return DiffResponse(
            changes=bool(names),
            replaces=replaces,
            delete_before_replace=bool(replaces) and _name_is_taken(resource, request),
            diffs=names,
            detailed_diff={name: _difference(name, old, new, replaces) for name in names},
        )

    async def create(self, request: CreateRequest) -> CreateResponse:
        """Make a resource."""
        resource, new = _resource(request.type), _props(request.properties)
        tags = self._settings.default_tags
        if request.preview:
            return CreateResponse(
                None, _outputs(resource, request.properties, lifecycle.predicted(resource, new, tags))
            )
        aws = self._aws(new)
        identity, state = await self._call(
            resource, request.properties, lambda: lifecycle.create(resource, aws, new, tags)
        )
        return CreateResponse(identity, _outputs(resource, request.properties, state))

    async def read(self, request: ReadRequest) -> ReadResponse:
        """What AWS has now; an empty answer if it is not there any more."""
        resource, known = _resource(request.type), _props({**request.inputs, **request.properties})
        aws, tags = self._aws(known), self._settings.default_tags
        state = await self._call(
            resource,
            request.properties,
            lambda: lifecycle.read(resource, aws, request.resource_id, known, tags),
        )
        if state is None:
            return ReadResponse()
        # What the provider filled in stays marked as such.
        inputs = lifecycle.read_inputs(resource, plain_map(request.inputs), state)
        return ReadResponse(
            request.resource_id,
            _outputs(resource, {**request.inputs, **request.properties}, state),
            {name: _kept(request.inputs, name, value, resource) for name, value in inputs.items()},
        )

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        """Change a resource in place."""
        resource, old, new = _resource(request.type), _props(request.olds), _props(request.news)
        tags = self._settings.default_tags
        if request.preview:
            state = lifecycle.predicted(resource, new, tags, old)
            return UpdateResponse(_outputs(resource, request.news, state))
        aws = self._aws(old)
        state = await self._call(
            resource,
            request.news,
            lambda: lifecycle.update(resource, aws, request.resource_id, old, new, tags),
        )
        return UpdateResponse(_outputs(resource, request.news, state))

    async def delete(self, request: DeleteRequest) -> None:
        """Remove a resource."""
        resource, old = _resource(request.type), _props(request.properties)
        aws = self._aws(old)
        await self._call(
            resource,
            request.properties,
            lambda: lifecycle.delete(resource, aws, request.resource_id, old),
        )

    async def invoke(self, request: InvokeRequest) -> InvokeResponse:
        """Answer a function."""
        function = FUNCTIONS.get(request.tok)
        if function is None:
            raise ProviderError(
                f"the sandbox does not support the function {request.tok}; it knows {', '.join(sorted(FUNCTIONS))}"
            )
        args = plain_map(request.args)
        found = [f"argument {path} {reason}" for path, reason in problems(function.all_fields, args)]
        if found:
            raise ProviderError(f"{request.tok}: {'; '.join(found)}")
        aws = self._aws(args)
        try:
            answer = await asyncio.to_thread(function.answer, aws, args)
        except NotFoundError as error:
            raise ProviderError(str(error)) from error
        except lifecycle.AWS_ERRORS as error:
            raise ProviderError(lifecycle.words(error)) from error
        return InvokeResponse({key: property_value(value) for key, value in answer.items()})

    def _aws(self, props: Props) -> Aws:
        assert self._session is not None, "the engine configures a provider before it uses it"
        return Aws(self._session, props.get("region") or self._settings.region)

    async def _call(self, resource: Resource, values: Values, action: Callable[[], T]) -> T:
        """Run the calls of one resource beside those of others, and let no secret into an error."""
        secrets = secret_texts(values)
        try:
            return await asyncio.to_thread(action)
        except PartialError as error:
            names = _secret_outputs(resource, values)
            raise PartialError(redacted(str(error), secrets), error.identity, error.properties, names) from None
        except ProviderError as error:
            raise ProviderError(redacted(str(error), secrets)) from None


def _resource(token: str) -> Resource:
    if token not in RESOURCES:
        raise ProviderError(
            f"the sandbox does not support the resource type {token}; it knows {', '.join(sorted(RESOURCES))}"
        )
    return RESOURCES[token]


def _props(values: Values) -> Props:
    return {name: value for name, value in plain_map(values).items() if not name.startswith("__")}


def _name_if_missing(resource: Resource, request: CheckRequest, given: Values) -> dict[str, PropertyValue]:
    field = resource.name_field
    if field is None or field in plain_map(given):
        return {}
    defaulted = property_value([field])
    if _defaulted(request.old_inputs, field) and field in request.old_inputs:
        return {field: request.old_inputs[field], DEFAULTED: defaulted}
    name = generated_name(request.name, request.random_seed)
    return {field: property_value(name), DEFAULTED: defaulted}


def _defaulted(inputs: Values, field: str) -> bool:
    return field in plain_map(inputs).get(DEFAULTED, [])


def _name_is_taken(resource: Resource, request: DiffRequest) -> bool:
    """Whether the new resource would have the old one's name, which AWS allows once."""
    field = resource.name_field
    if field is None or _defaulted(request.new_inputs, field):
        return False
    return _props(request.old_state).get(field) == _props(request.new_inputs).get(field)


def _difference(name: str, old: Props, new: Props, replaces: list[str]) -> PropertyDiff:
    kind = "ADD" if old.get(name) is None else "DELETE" if new.get(name) is None else "UPDATE"
    if name == "tagsAll":
        kind = "UPDATE"
    return PropertyDiff(PropertyDiffKind[f"{kind}_REPLACE" if name in replaces else kind], input_diff=False)


def _secret_outputs(resource: Resource, values: Values) -> frozenset[str]:
    """The outputs to mark as secrets: of secret inputs, and of properties that always are."""
    names = secret_names(values) | {name for name, spec in resource.fields.items() if spec.secret}
    return names | {"tagsAll"} if "tags" in names else names


def _outputs(resource: Resource, values: Values, state: Props) -> dict[str, PropertyValue]:
    return marked(state, _secret_outputs(resource, values))


def _kept(inputs: Values, name: str, value: Plain, resource: Resource) -> PropertyValue:
    """An input as it was, with what is secret inside, unless its value is another now."""
    known: Any = inputs.get(name)
    if known is not None and plain_map({name: known}).get(name) == value:
        return known
    spec = resource.all_fields.get(name)
    secret = known is not None and known.contains_secret()
    return property_value(value, secret=secret or (spec is not None and spec.secret))
