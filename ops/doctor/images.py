"""Checks of container images."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .finding import OK, PROBLEM, STACK, UNKNOWN, Finding, attempt
from .inventory import Inventory

if TYPE_CHECKING:
    from mypy_boto3_ecr.type_defs import ImageIdentifierTypeDef

_NAME = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:(?P<host>[A-Za-z0-9.-]+(?::\d+)?)/)?(?P<path>{_NAME}(?:/{_NAME})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_ECR_HOST = re.compile(r"(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_BATCH = 100
"""Images per call. AWS: Amazon ECR API reference, BatchGetImage."""


@dataclass(frozen=True, slots=True)
class EcrImage:
    """An image in an ECR repository."""

    account_id: str
    region: str
    repository: str
    tag: str
    digest: str

    @property
    def id(self) -> "ImageIdentifierTypeDef":
        """The image in the spelling of ECR's API."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag}


def is_reference(image: str) -> bool:
    """Tell if a string is an image reference: `host/path:tag@digest`, where only the path is required.

    Source: the `reference` package of the distribution project, which registries follow.
    """
    return bool(_REFERENCE.fullmatch(image))


def ecr_image(image: str) -> EcrImage | None:
    """Parse a reference to an image in ECR. Returns None for other registries."""
    found = _REFERENCE.fullmatch(image)
    host = _ECR_HOST.fullmatch(found["host"] or "") if found else None
    if found is None or host is None:
        return None
    return EcrImage(host["account"], host["region"], found["path"], found["tag"] or "latest", found["digest"] or "")


def image_findings(inventory: Inventory) -> list[Finding]:
    """Check that image references are valid and that images in ECR exist.

    Makes one call per 100 images of a repository. Doesn't query other registries.
    """
    found: list[Finding] = []
    repositories: dict[tuple[str, str, str], dict[EcrImage, str]] = {}
    for image, task in inventory.images.items():
        parts = ecr_image(image)
        if parts:
            repositories.setdefault((parts.region, parts.account_id, parts.repository), {})[parts] = task
        elif is_reference(image):
            found.append(Finding(OK, task, f"The image reference {image} is valid. Its registry wasn't asked."))
        else:
            message = f"{image} is not a valid image reference."
            found.append(Finding(PROBLEM, task, message, "Write `image` as host/path:tag."))
    for (region, account_id, repository), images in repositories.items():
        what = f"the images in {repository}"
        if region != inventory.deployment.region:
            found.append(Finding(UNKNOWN, STACK, f"Can't check {what}. They are in {region}."))
        else:
            found += attempt(STACK, what, _ecr_images, inventory, account_id, repository, images)
    return found


def _ecr_images(
    inventory: Inventory, account_id: str, repository: str, images: Mapping[EcrImage, str]
) -> Iterator[Finding]:
    ecr = inventory.deployment.client("ecr")
    ids = [image.id for image in images]
    missing: list[ImageIdentifierTypeDef] = []
    try:
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            answer = ecr.batch_get_image(registryId=account_id, repositoryName=repository, imageIds=batch)
            missing += [failure["imageId"] for failure in answer["failures"]]
    except ecr.exceptions.RepositoryNotFoundException:
        missing = ids
    for image, task in images.items():
        name = f"The image {repository}:{image.digest or image.tag}"
        if any(image.id.items() <= each.items() for each in missing):
            fix = "Push it, or set another `image`. A lifecycle policy may have removed it."
            yield Finding(PROBLEM, task, f"{name} isn't in ECR.", fix)
        else:
            yield Finding(OK, task, f"{name} is in ECR.")
