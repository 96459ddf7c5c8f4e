"""Reviews of files whose names and content are hostile, rendered with GitHub's renderer."""

import os
from datetime import UTC, datetime

import pytest

from ops.commands.review import review_of
from ops.pricing.costs import Assumptions
from ops.review.markdown import markdown
from ops.review.page import blocks
from tests.ops.review.conftest import Project, in_project
from torture.markdown.rendering import markup, rendered

NOW = datetime(2027, 1, 1, tzinfo=UTC)
NAME = "[click](javascript:alert(1)) @org <img src=x> #12 `x` | \u202e"
"""A file name: without a slash."""
GOOD = "  scheduled-tasks:tasks:\n    deadbeef: { image: 'a:1', schedule: rate(1 hour) }\n"
BAD = f"  '{NAME}': 1\n  scheduled-tasks:tasks:\n    '{NAME}': {{ '@{NAME}': 1, image: '{NAME}', schedule: '```' }}\n"
SHOWN = NAME.replace("\u202e", "<U+202E>")
VISIBLE = NAME.removesuffix("\u202e")


@pytest.mark.skipif(os.name != "posix", reason="other systems have fewer file names")
def test_a_review_shows_hostile_names_as_text(project: Project):
    files = {
        f"Pulumi.{NAME}.yaml": f"config:\n  scheduled-tasks:catalogue: false\n{GOOD}",
        "Pulumi.bad.yaml": f"config:\n  scheduled-tasks:catalogue: ['{NAME}']\n{BAD}",
        f"config/tasks/{NAME}.yaml": "image: [\n```\n# a\n",
    }
    old, new = project({}), project(files)
    for before, after in ((old, new), (new, old), (new, new)):
        reviews = [
            review_of(name, in_project(before), in_project(after), NOW, Assumptions()) for name in (NAME, "bad", "prod")
        ]
        page = rendered(markdown(blocks(reviews, Assumptions())))
        assert markup(page) == ""
        assert SHOWN in page.codes
        # Also in a message, unless the stack with the message is gone.
        assert after is old or any(VISIBLE in code and code != SHOWN for code in page.codes)
