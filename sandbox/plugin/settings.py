"""The provider's own configuration."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .aws import DEFAULT_REGION
from .errors import ProviderError
from .values import Plain

# What these ask to be skipped is not done here in the first place.
_WITHOUT_EFFECT = frozenset(
    {
        "s3UsePathStyle",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
    }
)
_ENGINE = frozenset({"version", "pluginDownloadURL", "pluginChecksums"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sandbox takes from `aws:` configuration and from `aws.Provider`."""

    region: str = DEFAULT_REGION
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])


def settings(arguments: Mapping[str, Plain], region: str) -> Settings:
    """The provider's arguments, `region` being the default of that one.

    Raises ProviderError for an argument that the sandbox does not know: credentials and endpoints among
    them, which are the sandbox's own.
    """
    given = {name: value for name, value in arguments.items() if not name.startswith("__")}
    unknown = sorted(given.keys() - _WITHOUT_EFFECT - _ENGINE - {"region", "defaultTags"})
    if unknown:
        raise ProviderError(
            f"the sandbox does not support the provider's {', '.join(unknown)}; it knows region and defaultTags"
        )
    tags = _parsed(given.get("defaultTags") or {}).get("tags") or {}
    return Settings(str(given.get("region") or region), tags)


def _parsed(value: Plain) -> Mapping[str, Plain]:
    """Objects reach a provider's configuration as JSON."""
    return json.loads(value) if isinstance(value, str) else value
