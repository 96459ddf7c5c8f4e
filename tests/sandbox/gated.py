"""Deployments into the emulator in which some resources are created as late as the program allows.

The program runs on Pulumi's SDK in this process. The SDK registers a resource once everything that it depends on is
created, so the program alone decides what may be created when. Each creation waits at a gate. The gate opens for one
resource at a time, and only when the program can do nothing else; resources that are held back go last. A dependency
that is missing from the program therefore always shows, without any waiting for time to pass.
"""

import asyncio
import selectors
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from pulumi.provider.experimental import provider as rpc
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import mocks
from pulumi.runtime.proto import provider_pb2, resource_pb2

from sandbox.plugin.aws import Session
from sandbox.plugin.provider import SandboxProvider
from tests.mocks import Recorded, finished, run_against


@dataclass
class Deployment:
    """The created and the refused resources of a deployment."""

    created: list[str] = field(default_factory=list[str])
    """The names of the resources, in the order of their creation."""
    refused: list[str] = field(default_factory=list[str])
    """One message per refused resource, which begins with its name."""


def deploy(program: Callable[[], object], session: Session, held_back: Collection[str] = ()) -> Deployment:
    """Deploy a program into the emulator, with the named resources as late as possible.

    Raises what the program itself raises.
    """
    monitor = _GatedMonitor(session, held_back)
    recorded = Recorded()
    loop = asyncio.SelectorEventLoop(_IdleSelector(monitor.open_gate))
    # Refusals are in the deployment; without this, asyncio also prints them.
    loop.set_exception_handler(lambda loop, context: None)
    run_against(monitor, program, recorded, loop=loop)
    if recorded.error and not monitor.deployment.refused:
        raise recorded.error
    return monitor.deployment


class _GatedMonitor(mocks.MockMonitor):
    """The engine's side of a deployment: creates resources through the sandbox's provider."""

    def __init__(self, session: Session, held_back: Collection[str]):
        super().__init__(_NoMocks())
        self.deployment = Deployment()
        self.held_back = held_back
        self.waiting: list[tuple[resource_pb2.RegisterResourceRequest, Future[Any]]] = []
        self.provider = SandboxProvider()
        self.provider.session = session

    def RegisterResource(  # noqa: N802 - as the SDK calls it
        self, request: resource_pb2.RegisterResourceRequest
    ) -> Any:
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=self._urn(request))
        created: Future[Any] = Future()
        self.waiting.append((request, created))
        return created

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - as the SDK calls it
        answer = finished(
            self.provider.invoke(rpc.InvokeRequest(request.tok, PropertyValue.unmarshal_map(request.args)))
        )
        failures = [
            provider_pb2.CheckFailure(property=found.property, reason=found.reason) for found in answer.failures or []
        ]
        values = PropertyValue.marshal_map(answer.return_value or {})
        fields: Any = {"return": values, "failures": failures}
        return resource_pb2.ResourceInvokeResponse(**fields)

    def open_gate(self) -> None:
        """Create one of the waiting resources; those that are held back last."""
        assert self.waiting, "the program waits for something that nobody creates"
        chosen = min(self.waiting, key=lambda item: item[0].name in self.held_back)
        self.waiting.remove(chosen)
        request, created = chosen
        try:
            created.set_result(self._create(request))
        except Exception as error:
            self.deployment.refused.append(f"{request.name}: {error}")
            created.set_exception(error)

    def _create(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        urn = self._urn(request)
        inputs = PropertyValue.unmarshal_map(request.object)
        checked = finished(self.provider.check(rpc.CheckRequest(urn, {}, inputs, urn.encode())))
        assert not checked.failures, checked.failures
        made = finished(self.provider.create(rpc.CreateRequest(urn, checked.inputs, 60, False)))
        self.deployment.created.append(request.name)
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=made.resource_id, object=PropertyValue.marshal_map(made.properties)
        )

    def _urn(self, request: resource_pb2.RegisterResourceRequest) -> str:
        return self.make_urn(request.parent, request.type, request.name)


class _NoMocks(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise AssertionError("the provider creates resources")

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError("the provider answers functions")


class _IdleSelector(selectors.DefaultSelector):
    """Tells when the event loop has nothing left to do but to wait."""

    def __init__(self, when_idle: Callable[[], None]):
        super().__init__()
        self.when_idle = when_idle

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            self.when_idle()
            timeout = 0
        return super().select(timeout)
