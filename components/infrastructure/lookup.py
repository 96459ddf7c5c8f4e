"""Looking things up in AWS before anything is created."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pulumi
import pulumi_aws as aws

from ..aws.account import Account
from ..aws.arn import Arn

T = TypeVar("T")


class NotFoundError(Exception):
    """A failed look-up in AWS. The text gives the reason of AWS or of the provider."""


def invoke_options(opts: pulumi.ResourceOptions | None) -> pulumi.InvokeOptions:
    """Options that make a look-up use the provider that a component with `opts` will hand to its children."""
    if opts is None:
        return pulumi.InvokeOptions()
    given: Any = opts.providers or []
    candidates: list[Any] = [*(given.values() if isinstance(given, Mapping) else given), opts.provider]
    provider = next((candidate for candidate in candidates if candidate and candidate.package == "aws"), None)
    return pulumi.InvokeOptions(parent=opts.parent, provider=provider)


def ask(question: Callable[[], T]) -> T:
    """The answer to an invoke, whose errors come as NotFoundError with the provider's own words."""
    try:
        return question()
    except Exception as error:
        # Pulumi raises plain Exception for whatever a provider refuses, with its own words before the
        # provider's.
        words = re.split(r"returned an error: | failed: ", str(error))[-1]
        raise NotFoundError(words.removesuffix(" ()").strip().rstrip(".")) from error


def account(options: pulumi.InvokeOptions) -> Account:
    """The account and Region of the provider in use; two look-ups."""
    identity = ask(lambda: aws.get_caller_identity(opts=options))
    region = ask(lambda: aws.get_region(opts=options))
    return Account(partition=Arn.parse(identity.arn).partition, region=region.region, account_id=identity.account_id)
