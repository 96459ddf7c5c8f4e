"""Checks of container images."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components.aws.images import ImageReference

from .finding import OK, PROBLEM, STACK, UNKNOWN, Finding, Subject, attempt
from .inventory import Inventory

if TYPE_CHECKING:
    from mypy_boto3_ecr.type_defs import ImageIdentifierTypeDef

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


def ecr_image(image: str) -> EcrImage | None:
    """An image in ECR. Returns None for other registries, and for strings that refer to no image."""
    found = ImageReference.parse_if_valid(image)
    if found is None or found.ecr is None:
        return None
    return EcrImage(found.ecr.account_id, found.ecr.region, found.path, found.tag or "latest", found.digest)


def image_findings(inventory: Inventory) -> list[Finding]:
    """Check that image references are valid and that images in ECR exist.

    Makes one call per 100 images of a repository. Doesn't query other registries.
    """
    found: list[Finding] = []
    repositories: dict[tuple[str, str, str], dict[EcrImage, str]] = {}
    for image, task in inventory.images.items():
        if parts := ecr_image(image):
            repositories.setdefault((parts.region, parts.account_id, parts.repository), {})[parts] = task
        else:
            found.append(_reference(image, task))
    for (region, account_id, repository), images in repositories.items():
        what = f"the images in {repository}"
        if region != inventory.deployment.region:
            found.append(Finding(UNKNOWN, STACK, f"Can't check {what}. They are in {region}."))
        else:
            found += attempt(STACK, what, _ecr_images, inventory, account_id, repository, images)
    return found


def _reference(image: str, task: str) -> Finding:
    try:
        ImageReference.parse(image)
    except ValueError as error:
        return Finding(PROBLEM, task, f"{image} is not a valid image reference.", f"Correct `image`: {error}")
    subject = Subject(f"the image reference {image}", "an image reference", "each image reference")
    return subject.finding(OK, task, "is valid. Its registry wasn't asked.")


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
        name = f"{repository}:{image.digest or image.tag}"
        subject = Subject(f"the image {name}", "an image", "each image")
        if any(image.id.items() <= each.items() for each in missing):
            fix = (
                "Push it, or set another `image`. A lifecycle policy may have removed it. An image of a pull-through "
                "cache can't be pushed: pull it once, or check the tag in the upstream registry."
            )
            yield replace(subject, heading="Tasks and images", name=f"{task} ({name})").finding(
                PROBLEM, task, "isn't in ECR.", fix
            )
        else:
            yield subject.finding(OK, task, "is in ECR.")
