"""Tags that the AWS provider adds to all resources."""

import pulumi

from ..aws.provider_tags import tags_of_provider


def default_tags() -> dict[str, str]:
    """The tags under `aws:defaultTags` of the stack's configuration.

    A provider that the program configures itself can have others, which are not known.
    """
    return tags_of_provider(pulumi.Config("aws").get("defaultTags"))
