"""`review`: describes the changes of a pull request as Markdown."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from components.problems import report
from config import NO_CONFIG, ConfigError, StackConfig, outside_links
from config.yaml_files import YamlError

from ..output import fail, note, print_json, results, say, write
from ..pricing.costs import MOST_MINUTES, Assumptions
from ..pricing.price_list import prices_of
from ..project import Project, project
from ..review.differences import compare
from ..review.git_versions import GitError, merge_base, version
from ..review.markdown import markdown
from ..review.page import Review, blocks
from ..review.preview import Preview, PreviewError, read_preview
from ..review.terminal import terminal_lines
from .options import explained
from .planning_options import instant_or_now, refuse_both

app = typer.Typer(rich_markup_mode=None)

_SHORT = 10
"""Characters of a commit that are shown."""


@app.command()
def review(
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            help="Branch, tag or commit to compare with. Default: the merge base with the main branch.",
        ),
    ] = None,
    head: Annotated[
        str | None, typer.Option("--head", help="New branch, tag or commit. Default: the working tree.")
    ] = None,
    stack: Annotated[str | None, typer.Option("--stack", "-s", help="Name of one stack. Default: all stacks.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All stacks with a Pulumi.<stack>.yaml (the default).")] = False,
    preview: Annotated[
        list[Path] | None,
        typer.Option("--preview", help="Output of `pulumi preview --json`. Repeat it for several stacks."),
    ] = None,
    minutes: Annotated[
        float,
        typer.Option("--minutes", min=1, max=MOST_MINUTES, help="Length of a run, for the cost estimate."),
    ] = Assumptions().minutes,
    from_: Annotated[
        str | None, typer.Option("--from", help="Start time of the next runs in ISO 8601. Default: now.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with the Markdown in it.")] = False,
) -> None:
    """Describe the changes of a pull request as Markdown. A terminal shows them as text with colors.

    The command compares two versions of the configuration. Exit code 1: the new version can't be deployed.
    """
    refuse_both(stack, every=every)
    now, previews = instant_or_now(from_), _previews(preview or [], stack)
    with ExitStack() as folders, explained(debug=False):
        current = project()
        assumptions = Assumptions(minutes=minutes, prices=prices_of(current.folder))
        try:
            base = base or _merge_base(current.folder, head)
            old = replace(current, folder=folders.enter_context(version(current.folder, base)))
            new = replace(current, folder=folders.enter_context(version(current.folder, head))) if head else current
        except GitError as error:
            fail(str(error))
        chosen = _chosen(stack, {*old.stacks, *new.stacks}, previews)
        reviews = [review_of(name, old, new, now, assumptions, previews.get(name)) for name in chosen]
    found = blocks(reviews, assumptions)
    if as_json:
        print_json({"stacks": [each.as_data() for each in reviews], "markdown": markdown(found)})
    elif results.is_terminal:
        for line in terminal_lines(found):
            say(line)
    else:
        write(markdown(found))
    raise typer.Exit(1 if any(each.problems for each in reviews) else 0)


def _merge_base(folder: Path, head: str | None) -> str:
    commit, branch = merge_base(folder, head)
    note(f"Comparing with {commit[:_SHORT]}, the merge base with {branch}. For another commit, pass --base.")
    return commit


def _chosen(stack: str | None, known: set[str], previews: Mapping[str, Preview]) -> list[str]:
    """The stacks to review."""
    if stack and stack not in known:
        fail(f"There is no Pulumi.{stack}.yaml in either version. Existing stacks: {', '.join(sorted(known))}.")
    chosen = [stack] if stack else sorted(known)
    if others := sorted(previews.keys() - chosen):
        fail(f"--preview is for stack {others[0]}, but the review is for {', '.join(chosen)}.")
    return chosen


def review_of(
    stack: str, old: Project, new: Project, now: datetime, assumptions: Assumptions, preview: Preview | None = None
) -> Review:
    """Review a stack of two versions of a project."""
    before, base_problems = _load(stack, old)
    after, problems = _load(stack, new)
    if problems:
        return Review(stack, problems=problems)
    if after is None:
        return Review(stack)
    differences = compare(stack, before or NO_CONFIG, after, now, assumptions, preview)
    return Review(stack, differences, base_problems=base_problems, is_new=before is None and not base_problems)


def _load(stack: str, version: Project) -> tuple[StackConfig | None, str]:
    """The configuration of a stack (None if it has no file), and its problems."""
    if stack not in version.stacks:
        return None, ""
    if links := outside_links(version.folder):
        return None, report(links, f"Configuration of stack {stack}")
    try:
        return version.load(stack), ""
    except ConfigError as error:
        return None, str(error)
    except YamlError as error:
        return None, str(error.located(f"Pulumi.{stack}.yaml"))


def _previews(files: list[Path], stack: str | None) -> dict[str, Preview]:
    """Previews by stack, read from their URNs. A preview that failed before its first step belongs to `stack`."""
    found: dict[str, Preview] = {}
    for file in files:
        try:
            preview = read_preview(file.read_text(encoding="utf-8"))
        except OSError as error:
            fail(f"Can't read {file}: {error.strerror}.")
        except (PreviewError, UnicodeDecodeError):
            fail(f"{file} is not the output of `pulumi preview --json`.")
        found[preview.stack or stack or ""] = preview
    return found
