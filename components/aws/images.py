"""Facts about container images, from their names."""

PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
"""Container platforms by ECS CPU architecture."""


def registry_account(image: object) -> str | None:
    """The AWS account of an ECR image; None for other registries, and for values that are not known yet."""
    if not isinstance(image, str):
        return None
    host = image.split("/", 1)[0].split(".")
    return host[0] if host[1:3] == ["dkr", "ecr"] else None
