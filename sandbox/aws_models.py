"""AWS's models, as botocore brings them, read once for a process."""

from functools import cache
from typing import Any

import botocore.loaders
import botocore.session


def share() -> None:
    """Let all sessions of boto3 have them in common: each would read them anew, and moto has a session for each
    question."""
    sessions: Any = botocore.session
    sessions.create_loader = _loader


_loader = cache(botocore.loaders.create_loader)
