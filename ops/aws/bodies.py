"""Tells if the body of an answer is one of AWS to that call. Pure functions, and their handler for botocore.

A proxy, a firewall or a captive portal can answer in place of AWS, and can truncate an answer. botocore takes a body
that isn't JSON for an object without members. In the query protocols, the root element is named after the operation.
AWS: Smithy documentation, "AWS JSON 1.1 protocol", "AWS restJson1 protocol", "AWS query protocol" and "AWS EC2 query
protocol".
"""

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from components.json_values import Object

from .answers import unreadable

if TYPE_CHECKING:
    from botocore.model import OperationModel

_XML = ("query", "ec2", "rest-xml")
_FAILED = 500
_REFUSED = 300


def check_body(*, operation_model: "OperationModel", response_dict: Object, **_: Any) -> None:
    """Handle botocore's event `before-parse`.

    botocore retries a server error if it can tell the status. So a foreign body of a server error is emptied.

    Raises UnreadableAnswerError for any other answer with a foreign body.
    """
    status, body = int(response_dict["status_code"]), bytes(response_dict["body"] or b"")
    xml = operation_model.service_model.resolved_protocol in _XML
    wanted = f"{operation_model.name}Response" if status < _REFUSED else ""
    if is_xml(body, wanted) if xml else is_json_object(body):
        return
    if status < _FAILED:
        raise unreadable(operation_model.name, "" if status < _REFUSED else f"HTTP status {status}")
    response_dict["body"] = b""


def is_json_object(body: bytes) -> bool:
    """Tell if a body is a JSON object. An empty body is one without members."""
    if not body.strip():
        return True
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def is_xml(body: bytes, root: str) -> bool:
    """Tell if a body is XML with this root element. An empty `root` allows any element but that of HTML."""
    try:
        # botocore parses it with the same parser, and expat limits the expansion of entities.
        found = ElementTree.fromstring(body).tag.rsplit("}", 1)[-1]  # noqa: S314
    except (ElementTree.ParseError, ValueError, RecursionError):
        return False
    return found == root if root else found.lower() != "html"
