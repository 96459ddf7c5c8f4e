"""Poisoned dead-letter messages: none of them may block the others."""

from .trial import SECTION

__all__ = ["SECTION"]
