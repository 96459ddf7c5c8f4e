"""What tasks and groups have alike: description, logs, tags; and the retries of a launch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..aws import limits as bounds
from ..problems import Name, Problem, listed
from .values import Args, choice, duration, mapping, pattern, whole, within

KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
_TAG = re.compile(r"[\w\s.:/=+\-@]*")


def retry(args: Args) -> Iterator[Problem]:
    """Retries that AWS takes."""
    given = mapping(args, "retry")
    for check in (
        within(given, "attempts", bounds.RETRY_ATTEMPTS),
        duration(given, "max_age", bounds.RETRY_AGE_SECONDS),
    ):
        for problem in check:
            yield problem.within("retry")


def description(args: Args) -> Iterator[Problem]:
    """A description that AWS takes."""
    text = args.get("description")
    if isinstance(text, str) and len(text) > bounds.DESCRIPTION_LENGTH:
        yield Problem(("description",), f"has {len(text)} characters. AWS takes at most {bounds.DESCRIPTION_LENGTH}.")


def logs(args: Args) -> Iterator[Problem]:
    """Logs as CloudWatch Logs keeps them."""
    given = mapping(args, "logs")
    days = given.get("retention_days")
    if whole(days) and days not in bounds.RETENTION_DAYS:
        yield Problem(
            ("logs", "retention_days"),
            f"{days} is not a retention that CloudWatch Logs has. Use {listed(bounds.RETENTION_DAYS)}.",
        )
    for check in (choice(given, "mode", bounds.LOG_MODES), kms_key(given, "kms_key")):
        for problem in check:
            yield problem.within("logs")


def kms_key(args: Args, key: str) -> Iterator[Problem]:
    """The ARN of a KMS key."""
    yield from pattern(
        args,
        key,
        KEY_ARN,
        "the ARN of a KMS key (an alias would be followed once only)",
        "arn:aws:kms:<region>:<account>:key/<id>",
    )


def tags(args: Args) -> Iterator[Problem]:
    """AWS: Amazon ECS developer guide, "Tagging your Amazon ECS resources", restrictions."""
    given = mapping(args, "tags")
    yield from _tags_at_once(given)
    for key, value in given.items():
        if not 1 <= len(key) <= 128 or not _TAG.fullmatch(key) or key.lower().startswith("aws:"):
            yield Problem(
                ("tags", Name(key)),
                "is not a tag key: use 1 to 128 letters, digits, spaces and _ . : / = + - @, not starting with aws:.",
            )
        if isinstance(value, str) and (len(value) > 256 or not _TAG.fullmatch(value)):
            yield Problem(
                ("tags", Name(key)),
                "its value is not a tag value: use at most 256 letters, digits, spaces and _ . : / = + - @.",
            )


def group_tags(args: Args) -> Iterator[Problem]:
    """Those of a group are its schedule group's too, whose values are not empty (AWS: botocore scheduler, TagValue)."""
    yield from tags(args)
    for key, value in mapping(args, "tags").items():
        if value == "":
            yield Problem(
                ("tags", Name(key)), "its value is empty, and EventBridge Scheduler takes none such. Write one."
            )


def tags_together(args: Args, of_group: Args) -> Iterator[Problem]:
    """Those of a task with those of its group, all of which it has."""
    own = mapping(args, "tags")
    if not [*_tags_at_once(own), *_tags_at_once(of_group)]:
        yield from _tags_at_once({**of_group, **own})


def _tags_at_once(given: Args) -> Iterator[Problem]:
    if len(given) > bounds.TAGS - bounds.EXTRA_TAGS:
        yield Problem(
            ("tags",),
            f"there are {len(given)}. AWS takes {bounds.TAGS}, and each task has {bounds.EXTRA_TAGS} of its own.",
        )
    seen: dict[str, str] = {}
    for key in given:
        if (first := seen.setdefault(key.lower(), key)) != key:
            # AWS: IAM user guide, "Tags for AWS Identity and Access Management resources".
            yield Problem(
                ("tags", Name(key)), f'differs from "{first}" in case only, which IAM takes for one. Keep one.'
            )
