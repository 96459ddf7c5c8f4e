"""Images that are built and pushed at deployment (awsx.ecr)."""

from collections.abc import Mapping
from typing import Any

import pulumi

from ..aws.images import PLATFORMS


def build_image(
    name: str, *, repository_name: str, args: Mapping[str, Any], tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The image of one task, pushed to a repository of its own: its URI, pinned by digest.

    `args` are the task's, with `build` and `architecture`. Images without a tag are removed by awsx's lifecycle
    policy; a repository is removed with the images in it, as they can be built again.
    """
    # awsx is slow to load, and most tasks have an image already.
    from pulumi_awsx import ecr

    build: Mapping[str, Any] = args["build"]
    repository = ecr.Repository(
        f"{name}-repository",
        name=repository_name,
        force_delete=True,
        image_scanning_configuration={"scan_on_push": True},
        image_tag_mutability="MUTABLE",
        tags=tags,
        opts=opts,
    )
    image = ecr.Image(
        f"{name}-image",
        repository_url=repository.url,
        context=build["context"],
        dockerfile=build.get("dockerfile"),
        target=build.get("target"),
        args=build.get("args"),
        platform=PLATFORMS[args.get("architecture", "x86_64")],
        opts=opts,
    )
    return image.image_uri
