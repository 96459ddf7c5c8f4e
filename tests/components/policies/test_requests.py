"""An IAM simulator evaluates requests against the policies of a stack: those of its roles, and those of its resources."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sandbox.iam_policies import is_allowed, may_assume
from tests.components.policies.cases import AFTER, CASES, LEARNED, Case
from tests.components.policies.simulation import decisions, simulation
from tests.components.policies.stacks import Document, deployed, documents


def asked(case: Case, found: Sequence[Document]) -> Mapping[str, Any]:
    """The simulation of a case."""

    def policies(kind: str, *owners: str) -> list[dict[str, Any]]:
        return [json.loads(each.text) for each in found if each.kind == kind and each.owner.startswith(owners)]

    if not case.service:
        # A group that learns adds policies to its roles.
        own = [
            json.loads(each.text)
            for each in found
            if each.kind == "identity" and each.owner.startswith(f"{case.to}-") and each.owner.endswith("-policy")
        ]
        return simulation(case.action, case.resource, case.context, identity_policies=own)
    kind = "trust" if case.action == "sts:AssumeRole" else "resource"
    [policy] = policies(kind, case.to)
    return simulation(case.action, case.resource, case.context, service=case.service, resource_policy=policy)


def wrong(cases: Sequence[Case], found: Sequence[Document]) -> list[str]:
    """The cases that the simulator decides differently."""
    answers = decisions([asked(case, found) for case in cases])
    expected = {True: ("Allowed",), False: ("ImplicitlyDenied", "ExplicitlyDenied")}
    return [
        f"{case}: {answer}" for case, answer in zip(cases, answers, strict=True) if answer not in expected[case.allowed]
    ]


def test_policies_allow_what_runs_need_and_nothing_next_to_it():
    assert wrong(CASES, documents(deployed("everything"))) == []


def test_the_table_covers_every_policy():
    found = documents(deployed("everything"))
    assert len({str(case) for case in CASES}) == len(CASES) > 200
    assert {owner(each) for each in found} == {case.to for case in CASES}


def test_a_group_that_learns_allows_what_its_tasks_need():
    assert wrong(LEARNED, documents(deployed("learning"))) == []
    asking = {case.to for case in LEARNED if case.allowed}
    assert {owner.removesuffix("-policy") for owner in identities("everything")} >= asking


def test_a_rule_starts_only_its_task_and_sends_only_to_the_queue():
    assert wrong(AFTER, documents(deployed("after"))) == []


def test_every_learned_policy_is_needed():
    found = documents(deployed("learning"))
    learned = sorted(
        identities("learning") - {f"tasks-{role}-policy" for role in ("scheduler", "supervisor", "execution")}
    )
    assert len(learned) == 4
    for name in learned:
        assert wrong(LEARNED, [each for each in found if each.owner != name]), name


def identities(stack: str) -> set[str]:
    """The names of the policies of a stack's roles."""
    return {each.owner for each in documents(deployed(stack)) if each.kind == "identity"}


@pytest.mark.thorough
def test_every_statement_is_needed():
    """Without any one of the statements, a request that runs need is denied."""
    found = documents(deployed("everything"))
    needed: list[tuple[str, Mapping[str, Any]]] = []
    for each in found:
        for statement in each.statements:
            others = [one for one in each.statements if one != statement]
            # A policy of a role names no principal.
            nothing = {key: it for key, it in NOTHING.items() if key != "Principal" or each.kind != "identity"}
            text = json.dumps({"Version": "2012-10-17", "Statement": others or [nothing]})
            changed = [replace(each, text=text) if one is each else one for one in found]
            label = f"{each.kind} {each.owner} {statement.get('Sid', statement['Action'])}"
            needed += [(label, asked(case, changed)) for case in CASES if case.allowed and case.to == owner(each)]
    answers = decisions([simulated for _, simulated in needed])
    labels = {label for label, _ in needed}
    assert labels - {label for (label, _), answer in zip(needed, answers, strict=True) if "Denied" in answer} == set()
    assert len(labels) > 30


def test_the_sandbox_decides_as_the_simulator():
    """Requests of roles, and trust policies, which the sandbox evaluates itself."""
    found = documents(deployed("everything"))

    def own(case: Case, kind: str) -> list[dict[str, Any]]:
        return [json.loads(each.text) for each in found if each.kind == kind and owner(each) == case.to]

    for case in CASES:
        if not case.service:
            answer = is_allowed(own(case, "identity"), case.action, case.resource, case.context)
        elif case.action == "sts:AssumeRole":
            [trust] = own(case, "trust")
            answer = may_assume(trust, case.service, case.context)
        else:
            continue
        assert answer is case.allowed, str(case)


NOTHING = {"Effect": "Deny", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "*"}
"""A statement in place of the only one."""


def owner(document: Document) -> str:
    """The name of a document's role or resource in the table."""
    return document.owner.removesuffix("-policy") if document.kind == "identity" else document.owner
