"""Container images, by the text that names them."""

PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
"""What container engines call the architectures of ECS."""


def registry_account(image: object) -> str | None:
    """The AWS account of an ECR image, or None for an image of another registry, or one that is not known yet."""
    if not isinstance(image, str):
        return None
    host = image.split("/", 1)[0].split(".")
    return host[0] if host[1:3] == ["dkr", "ecr"] else None
