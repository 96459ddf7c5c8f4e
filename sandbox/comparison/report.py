"""The report of a comparison: Markdown for people, JSON for programs. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby

from components.text import abridged
from ops.markdown_tables import table
from ops.markdown_text import block, code

from .deployments import Comparison, Deployment
from .states import Difference

_LONGEST_VALUE = 80


def as_markdown(comparisons: Sequence[Comparison]) -> str:
    """The report: failures first, then the differences by resource type."""
    failed = [comparison for comparison in comparisons if comparison.failed]
    found = _by_type(comparisons)
    summary = (
        f"Programs: {len(comparisons)}. Failed, or changed by a second deployment: {len(failed)}. "
        f"Resource types with differences: {len(found)}."
    )
    failures = [part for comparison in failed for part in _failure(comparison)]
    types = [part for kind, rows in found.items() for part in (f"### {code(kind)}", _table(rows))]
    return "\n\n".join(["## Official AWS provider and the sandbox's provider", summary, *failures, *types]) + "\n"


def as_data(comparisons: Sequence[Comparison]) -> list[Mapping[str, object]]:
    """The report for JSON, without the resources."""
    return [
        {
            "program": comparison.program,
            "sandbox": _deployment(comparison.sandbox),
            "official": _deployment(comparison.official),
            "differences": [asdict(difference) for difference in comparison.differences],
        }
        for comparison in comparisons
    ]


def _deployment(deployment: Deployment) -> Mapping[str, object]:
    return {"error": deployment.error, "changedAgain": list(deployment.changed_again)}


def _failure(comparison: Comparison) -> Iterator[str]:
    for provider, deployment in (("sandbox", comparison.sandbox), ("official", comparison.official)):
        if deployment.error:
            yield f"### {code(comparison.program)} fails with the {provider} provider"
            yield block(deployment.error)
        elif deployment.changed_again:
            yield f"### {code(comparison.program)} changes again with the {provider} provider"
            yield block("\n".join(deployment.changed_again))


def _by_type(comparisons: Sequence[Comparison]) -> dict[str, list[tuple[str, Difference]]]:
    """The differences of each resource type, each with the first program that has it."""
    first: dict[tuple[str, str], tuple[str, Difference]] = {}
    for comparison in comparisons:
        for difference in comparison.differences:
            first.setdefault((difference.type, difference.path), (comparison.program, difference))
    return {kind: [first[key] for key in keys] for kind, keys in groupby(sorted(first), key=lambda key: key[0])}


def _table(rows: Sequence[tuple[str, Difference]]) -> str:
    heading = ("Property", "Sandbox", "Official", "For example in")
    return table(
        heading,
        (
            (
                code(difference.path) if difference.path else "The resource",
                _value(difference.sandbox),
                _value(difference.official),
                code(program),
            )
            for program, difference in rows
        ),
    )


def _value(value: str | None) -> str:
    return "not set" if value is None else code(abridged(value, _LONGEST_VALUE, 0))
