"""The provider: answers the engine's requests for all resource types."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pulumi.provider.experimental import provider as rpc
from pulumi.provider.experimental.property_value import PropertyValue

from . import fields
from .aws import DEFAULT_REGION, Aws, Session, session_from
from .functions import FUNCTIONS
from .journal import Journal
from .resource import Resource
from .services import cloudwatch, dynamodb, ec2, ecs, events, iam, logs, scheduler, sfn, sns, sqs, ssm
from .values import UNKNOWN, Props, has_unknown, marked, plain_map, property_value, secret_names, secret_strings

VERSION = "7.51.1"
TYPES: Mapping[str, Resource] = {
    resource.token: resource
    for service in (scheduler, ecs, iam, sqs, logs, ec2, ssm, events, sns, cloudwatch, dynamodb, sfn)
    for resource in service.TYPES
}


class SandboxProvider(rpc.Provider):
    """Translates AWS resource types to calls to the sandbox's endpoint."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.region = DEFAULT_REGION
        self.default_tags: dict[str, str] = {}
        self.journal = Journal.from_environment()

    # Configuration

    async def configure(self, request: rpc.ConfigureRequest) -> rpc.ConfigureResponse:
        """Set the Region and the default tags. Raises SandboxError without an explicit endpoint."""
        self.session = self.session or session_from()
        args = plain_map(request.args)
        self.region = args.get("region") or DEFAULT_REGION
        tags = args.get("defaultTags") or {}
        self.default_tags = tags.get("tags", {}) if isinstance(tags, dict) else {}
        return rpc.ConfigureResponse(
            accept_secrets=True, supports_preview=True, accept_outputs=True, accept_resources=False
        )

    async def check_config(self, request: rpc.CheckRequest) -> rpc.CheckResponse:
        """Accept any configuration of the official provider. The sandbox ignores what it does not need."""
        return rpc.CheckResponse(inputs=request.new_inputs)

    async def diff_config(self, request: rpc.DiffRequest) -> rpc.DiffResponse:
        """Report that changed configuration replaces no resources."""
        return rpc.DiffResponse(changes=False)

    def _aws(self, props: Props | None = None) -> Aws:
        if self.session is None:
            raise RuntimeError("the provider is not configured")
        return Aws(self.session, (props or {}).get("region") or self.region)

    # Resources

    async def check(self, request: rpc.CheckRequest) -> rpc.CheckResponse:
        """Refuse unsupported properties by name, and name the resource if the program does not."""
        resource = _type(request.type)
        props = plain_map(request.new_inputs)
        found = [*fields.problems(resource.all_fields, props), *resource.problems(props).items()]
        failures = [rpc.CheckFailure(path, reason) for path, reason in found]
        inputs = {name: value for name, value in request.new_inputs.items() if name in props}
        name_field = resource.name_field
        if name_field and name_field not in props:
            before = plain_map(request.old_inputs).get(name_field)
            suffix = sha256(request.random_seed or request.urn.encode()).hexdigest()[:7]
            inputs[name_field] = property_value(before or f"{request.name}-{suffix}")
        return rpc.CheckResponse(inputs=inputs, failures=failures)

    async def diff(self, request: rpc.DiffRequest) -> rpc.DiffResponse:
        """Return the properties that differ, and those that replace the resource."""
        resource = _type(request.type)
        old, new = plain_map(request.old_state), plain_map(request.new_inputs)
        known = {name: spec for name, spec in resource.all_fields.items() if name not in request.ignore_changes}
        differing = fields.changed(known, old, new)
        if resource.tagged and "tags" not in differing and (old.get("tagsAll") or {}) != self._tags(new):
            differing.append("tags")
        replaces = [name for name in differing if known.get(name, _NO_FIELD).replaces]
        explicit = resource.name_field is not None and not str(new.get("name", "")).startswith(f"{request.name}-")
        return rpc.DiffResponse(
            changes=bool(differing),
            diffs=differing,
            replaces=replaces,
            delete_before_replace=bool(replaces) and explicit,
        )

    def _tags(self, props: Props) -> dict[str, str]:
        return {**self.default_tags, **(props.get("tags") or {})}

    def _with_all_tags(self, resource: Resource, props: Props) -> Props:
        return {**props, "tagsAll": self._tags(props)} if resource.tagged else props

    async def create(self, request: rpc.CreateRequest) -> rpc.CreateResponse:
        """Create the resource; in a preview, report its expected outputs."""
        resource = _type(request.type)
        secrets = secret_names(request.properties)
        props = self._with_all_tags(resource, plain_map(request.properties))
        if request.preview:
            return rpc.CreateResponse("", marked(self._expected(resource, props), secrets))
        aws = self._aws(props)
        with _clear_errors(request.properties):
            self.journal.begin(request.urn, str(props.get("name") or props.get("family") or ""))
            try:
                identity = resource.create(aws, props)
            except Exception as error:
                self.journal.failed(request.urn, error)
                raise
            resource.complete(aws, identity, props)
            state = self._state(resource, aws, identity, props)
        return rpc.CreateResponse(identity, marked(state or props, secrets))

    def _expected(self, resource: Resource, props: Props) -> Props:
        computed = dict.fromkeys(resource.outputs, UNKNOWN)
        computed |= {name: UNKNOWN for name, spec in resource.all_fields.items() if spec.computed}
        return {**computed, **({"region": self.region} if resource.regional else {}), **props}

    def _state(self, resource: Resource, aws: Aws, identity: str, props: Props) -> Props | None:
        """Read the resource, with the program's spelling. Returns None if it does not exist."""
        try:
            read = resource.read(aws, identity, props)
        except ClientError as error:
            if error.response["Error"]["Code"] in resource.gone:
                return None
            raise
        if read is None:
            return None
        if resource.regional:
            read["region"] = aws.region
        if resource.tagged:
            of_program = {key: value for key, value in read["tagsAll"].items() if key not in self.default_tags}
            read["tags"] = of_program if of_program or "tags" in props else None
        state = fields.settled(resource.all_fields, props, read)
        return {name: value for name, value in state.items() if value is not None}

    async def read(self, request: rpc.ReadRequest) -> rpc.ReadResponse:
        """Read the resource. The response has no ID if it does not exist."""
        resource = _type(request.type)
        props = plain_map(request.properties)
        with _clear_errors(request.properties):
            state = self._state(resource, self._aws(props), request.resource_id, props)
        if state is None and not props:
            # An import, or a look-up by ID. The engine would accept the empty answer as a resource.
            raise ValueError(f"{request.urn.rsplit('::', 1)[-1]}: resource '{request.resource_id}' does not exist")
        if state is None:
            return rpc.ReadResponse()
        secrets = secret_names(request.properties)
        given = set(plain_map(request.inputs)) if request.inputs else set(resource.all_fields)
        inputs = {name: value for name, value in state.items() if name in resource.all_fields and name in given}
        return rpc.ReadResponse(request.resource_id, marked(state, secrets), marked(inputs, secrets))

    async def update(self, request: rpc.UpdateRequest) -> rpc.UpdateResponse:
        """Change the resource in place."""
        resource = _type(request.type)
        secrets = secret_names(request.news)
        old, new = plain_map(request.olds), self._with_all_tags(resource, plain_map(request.news))
        kept = {name: old[name] for name in resource.outputs if name in old and name not in resource.volatile}
        if request.preview:
            return rpc.UpdateResponse(marked({**self._expected(resource, new), **kept}, secrets))
        aws = self._aws(new)
        with _clear_errors(request.news):
            resource.update(aws, request.resource_id, old, new)
            state = self._state(resource, aws, request.resource_id, {**kept, **new})
        return rpc.UpdateResponse(marked(state or new, secrets))

    async def delete(self, request: rpc.DeleteRequest) -> None:
        """Delete the resource. A resource that does not exist is not an error."""
        resource = _type(request.type)
        props = plain_map(request.properties)
        with _clear_errors(request.properties):
            try:
                resource.delete(self._aws(props), request.resource_id, props)
            except ClientError as error:
                if error.response["Error"]["Code"] not in resource.gone:
                    raise

    # Functions

    async def invoke(self, request: rpc.InvokeRequest) -> rpc.InvokeResponse:
        """Call a function. Raises ValueError for an unsupported function or argument."""
        if request.tok not in FUNCTIONS:
            raise ValueError(f"the sandbox does not support the function {request.tok}")
        function, known = FUNCTIONS[request.tok]
        args = plain_map(request.args)
        if unknown := sorted(args.keys() - known):
            raise ValueError(f"the sandbox does not support {', '.join(unknown)} of {request.tok}")
        if has_unknown(args):
            raise ValueError(f"{request.tok} is called with values that are not known yet")
        try:
            with _clear_errors(request.args):
                answer = function(self._aws(args), args)
        except RuntimeError as error:
            # A failure reaches the program without the provider's traceback.
            return rpc.InvokeResponse(failures=[rpc.CheckFailure("", str(error))])
        return rpc.InvokeResponse({name: property_value(value) for name, value in answer.items()})


_NO_FIELD = fields.Field("string")


def _type(token: str) -> Resource:
    token = token.rsplit("$", 1)[-1]
    if token not in TYPES:
        raise ValueError(f"the sandbox does not support the resource type {token}")
    return TYPES[token]


class _clear_errors:  # noqa: N801 - used like a function
    """Turns AWS's errors into one line that contains no secrets."""

    def __init__(self, values: Mapping[str, PropertyValue]):
        self.values = values

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None:
            return
        text = str(error)
        if isinstance(error, ClientError):
            details = error.response["Error"]
            text = f"{error.operation_name}: {details['Code']}: {details['Message']}"
        elif not isinstance(error, BotoCoreError | Exception):
            return
        for secret in secret_strings(self.values):
            text = text.replace(secret, "[secret]")
        raise RuntimeError(text) from None
