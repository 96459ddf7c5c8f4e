"""botocore's models of AWS's services, read once per process."""

from functools import cache
from typing import Any

import botocore.loaders
import botocore.session


def share_loader() -> None:
    """Share one loader between all boto3 sessions.

    Otherwise each session reads the models again, and moto creates a session per request.
    """
    sessions: Any = botocore.session
    sessions.create_loader = _loader


_loader = cache(botocore.loaders.create_loader)
