"""Numbers that pages repeat are those of the code."""

import re
import tomllib
from pathlib import Path

import pytest

from components.aws.limits import QUEUE_RETENTION_SECONDS
from components.resolver import resolve_task
from ops.pricing.costs import TRANSITIONS_OF_QUEUE, TRANSITIONS_PER_RUN, TRANSITIONS_WITH_LEASE
from ops.pricing.prices import SHIPPED

ROOT = Path(__file__).parents[2]
RETRY = resolve_task("job", {"image": "job:1", "schedule": "rate(1 hour)"}).retry


def text(name: str) -> str:
    return re.sub(r"\s+", " ", (ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("docs/supervised.md", f"| A run with one attempt | {TRANSITIONS_PER_RUN} | {TRANSITIONS_WITH_LEASE} | {TRANSITIONS_WITH_LEASE + TRANSITIONS_OF_QUEUE} |"),
        ("docs/supervised.md", f"cost about ${TRANSITIONS_WITH_LEASE * SHIPPED.transitions.usd:.2f} instead of ${SHIPPED.scheduler.usd / 1000:g}."),
        ("docs/monitoring.md", f"at ${SHIPPED.metric.usd:.2f} per month for each task"),
        ("docs/schedules.md", f"The default is {RETRY.attempts} attempts within {RETRY.max_age // 3600} hour."),
        ("docs/glossary.md", f"kept for {QUEUE_RETENTION_SECONDS // 86400} days"),
        ("docs/testing.md", f"**{tomllib.loads((ROOT / 'pyproject.toml').read_text())['tool']['coverage']['report']['fail_under']} %**"),
    ],
)  # fmt: skip
def test_a_page_has_the_number_of_the_code(page: str, words: str):
    assert words in text(page)


def test_the_first_example_is_the_same_everywhere():
    blocks = {
        re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)[0]
        for page in ("README.md", "docs/index.md")
    }
    assert len(blocks) == 1
