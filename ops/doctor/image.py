"""Images, as a registry is asked for them. Data in, data out."""

import re
from dataclasses import dataclass

_NAME = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:(?P<host>[A-Za-z0-9.-]+(?::\d+)?)/)?(?P<path>{_NAME}(?:/{_NAME})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_ECR_HOST = re.compile(r"(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")


@dataclass(frozen=True, slots=True)
class EcrImage:
    """An image in a repository of ECR."""

    account_id: str
    region: str
    repository: str
    tag: str
    digest: str

    @property
    def id(self) -> dict[str, str]:
        """As ECR's API names an image."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag}


def is_reference(image: str) -> bool:
    """Whether a text is of the form that a registry understands: `host/path:tag@digest`, of which only the path must
    be. Source: distribution/reference of the Open Container Initiative's registries."""
    return bool(_REFERENCE.fullmatch(image))


def ecr_image(image: str) -> EcrImage | None:
    """The parts of an image in ECR; None for one of another registry."""
    found = _REFERENCE.fullmatch(image)
    host = _ECR_HOST.fullmatch(found["host"] or "") if found else None
    if found is None or host is None:
        return None
    return EcrImage(host["account"], host["region"], found["path"], found["tag"] or "latest", found["digest"] or "")
