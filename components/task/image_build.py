"""Images that the deployment builds and pushes (awsx.ecr)."""

from collections.abc import Mapping

import pulumi

from ..aws.images import PLATFORMS
from ..resolved import Build, Task


def build_image(
    task: Task, build: Build, *, repository_name: str, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Build the image of a task and push it to the task's own repository.

    awsx's lifecycle policy removes images without a tag. Deleting the repository deletes its images, as they can be
    built again.

    Returns:
        The URI of the image, pinned by digest.
    """
    # awsx is slow to load, and most tasks have an image already.
    from pulumi_awsx import ecr

    repository = ecr.Repository(
        f"{task.name}-repository",
        name=repository_name,
        force_delete=True,
        image_scanning_configuration={"scan_on_push": True},
        image_tag_mutability="MUTABLE",
        tags=tags,
        opts=opts,
    )
    image = ecr.Image(
        f"{task.name}-image",
        repository_url=repository.url,
        context=build.context,
        dockerfile=build.dockerfile,
        target=build.target,
        args=build.args,
        platform=PLATFORMS[task.architecture],
        opts=opts,
    )
    return image.image_uri
