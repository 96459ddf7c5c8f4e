"""Tags that the AWS provider adds to all resources, as its configuration holds them."""

from collections.abc import Mapping
from typing import cast

from ..json_values import read_json


def tags_of_provider(value: object) -> dict[str, str]:
    """The tags in the value of `aws:defaultTags`, an object or its JSON. Empty for any other value.

    Pulumi: aws.ProviderDefaultTagsArgs.
    """
    if isinstance(value, str):
        try:
            value = read_json(value)
        except ValueError:
            return {}
    tags = cast("Mapping[str, object]", value).get("tags") if isinstance(value, Mapping) else None
    if not isinstance(tags, Mapping):
        return {}
    return {str(name): str(text) for name, text in cast("Mapping[object, object]", tags).items()}
