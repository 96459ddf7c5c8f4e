"""Strict typed dictionaries."""

from pydantic import ConfigDict, with_config

from ..aws.spelling import camel_case

STRICT = ConfigDict(alias_generator=camel_case, extra="forbid", strict=True)
strict = with_config(STRICT)
"""Refuse keys that a typed dictionary does not have."""
