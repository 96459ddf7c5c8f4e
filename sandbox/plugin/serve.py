"""Serving the provider to the engine over gRPC."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import Provider
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from .errors import PartialError, ProviderError
from .values import marked

VERSION = "7.0.0"
"""The major version of the provider whose resource types are meant."""
MESSAGE_BYTES = 400 * 1024 * 1024
"""As Pulumi's own providers have it: a stack's inputs come as one message."""


def serve(provider: Provider, engine: str) -> None:
    """Serve until the engine ends, by signal or by its death; the port goes to standard output.

    `pulumi.provider.experimental.server.main` would do, were it not that its errors carry tracebacks, and
    that it outlives an engine that was killed.
    """
    asyncio.run(_serve(provider, engine))


async def _serve(provider: Provider, engine: str) -> None:
    options = [("grpc.max_receive_message_length", MESSAGE_BYTES)]
    server = grpc.aio.server(interceptors=[PlainErrors()], options=options)
    servicer = ProviderServicer([engine], VERSION, provider, engine_address=engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(1)


Method = Callable[[Any, Any], Awaitable[Any]]


class PlainErrors(grpc.aio.ServerInterceptor):
    """Lets ProviderErrors reach the engine as their message alone."""

    async def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        """Wrap a method."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        return grpc.unary_unary_rpc_method_handler(
            _plain(handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _plain(method: Method) -> Method:
    async def wrapped(request: Any, context: Any) -> Any:
        try:
            return await method(request, context)
        except Exception as error:
            # Pulumi's servicer raises an Exception with a traceback in its text, in place of ours.
            cause = error if isinstance(error, ProviderError) else error.__context__
            if not isinstance(cause, ProviderError):
                raise
            await context.abort(grpc.StatusCode.UNKNOWN, str(cause), trailing_metadata=_details(cause))

    return wrapped


def _details(error: ProviderError) -> tuple[tuple[str, bytes], ...]:
    """For a resource that is there but not complete, what the engine has to keep of it."""
    if not isinstance(error, PartialError):
        return ()
    failed = provider_pb2.ErrorResourceInitFailed(
        id=error.identity,
        properties=PropertyValue.marshal_map(marked(error.properties, error.secret_names)),
        reasons=[str(error)],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(failed)
    return (("grpc-status-details-bin", status.SerializeToString()),)
