"""The policies of the roles that deploy and preview a stack, as files."""

import json
from collections.abc import Mapping, Sequence

from components.aws.account import Account
from components.aws.names import GroupNames
from components.aws.policies import Statement

from .access import Access, File, Place, everything
from .table import ACCESS

_STAND_IN = "prefix0"
"""Stands for a prefix that is not known yet. Its names need no change to fit AWS's limits."""
PLACEHOLDERS = Place(Account("aws", "<region>", "<account>"), GroupNames(_STAND_IN))
"""A stack whose account, Region and prefix are to be filled in."""
_OWN_PREVIEW: tuple[File, ...] = ("secrets", "keys", "notify")
"""Parts that a preview should read only if the stack has them."""


def _parts() -> dict[str, File]:
    found: dict[str, File] = {"deploy.json": "deploy", "preview.json": "deploy"}
    for access in ACCESS:
        if access.file != "deploy":
            found[f"deploy-{access.file}.json"] = access.file
    return {**found, **{f"preview-{part}.json": part for part in _OWN_PREVIEW}}


PARTS: Mapping[str, File] = _parts()
"""The part of a stack that needs each file."""


def policy_file(statements: Sequence[object]) -> str:
    """A policy with these statements, as the text of a file."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n"


def files(place: Place = PLACEHOLDERS) -> dict[str, str]:
    """The policies, by file name.

    Each fits the size of a managed policy: 6,144 characters without white space. AWS: IAM user guide, "IAM and AWS STS
    quotas".
    """
    common = [access for access in ACCESS if access.file not in _OWN_PREVIEW]
    found = {name: _document(place, _of(part), write=not name.startswith("preview")) for name, part in PARTS.items()}
    found["preview.json"] = _document(place, common, write=False)
    return {name: _filled(content) for name, content in found.items()}


def _of(part: File) -> list[Access]:
    return [access for access in ACCESS if access.file == part]


def _document(place: Place, accesses: Sequence[Access], *, write: bool) -> Mapping[str, object]:
    used = [access for access in accesses if access.applies_to(place) and (write or access.read)]
    narrow = [_statement(place, access, write=write) for access in used if access.resources is not everything]
    actions = sorted(
        action for access in used if access.resources is everything for action in _actions(access, write=write)
    )
    wide: list[Statement] = [{"Sid": "NoResourceTypes", "Effect": "Allow", "Action": actions, "Resource": "*"}]
    return {"Version": "2012-10-17", "Statement": [*narrow, *(wide if actions else [])]}


def _actions(access: Access, *, write: bool) -> list[str]:
    return [f"{access.service}:{action}" for action in (*access.read.split(), *(access.write.split() if write else ()))]


def _statement(place: Place, access: Access, *, write: bool) -> Statement:
    statement: Statement = {
        "Sid": access.sid,
        "Effect": "Allow",
        "Action": sorted(_actions(access, write=write)),
        "Resource": list(access.resources(place)),
    }
    condition = access.condition_in(place)
    return {**statement, "Condition": condition} if condition else statement


def _filled(content: Mapping[str, object]) -> str:
    return json.dumps(content, indent=2).replace(_STAND_IN, "<prefix>") + "\n"
