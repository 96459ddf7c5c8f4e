"""Images that the deployment builds and pushes (awsx.ecr)."""

import pulumi

from ..aws.images import PLATFORMS
from ..resolved import Build, Task
from ..scope import Scope


def build_images(scope: Scope, task: Task) -> tuple[pulumi.Output[str] | None, dict[str, pulumi.Output[str]]]:
    """Build the images of a task: that of its own container, if it has a build, and those of sidecars by name."""
    main = _built(scope, task, task.build, scope.names.repository(task.name), task.name) if task.build else None
    sidecars = {
        name: _built(
            scope,
            task,
            sidecar.build,
            scope.names.sidecar_repository(task.name, name),
            # Neither tasks nor containers have a dot in their names.
            f"{task.name}.{name}",
        )
        for name, sidecar in sorted(task.sidecars.items())
        if sidecar.build
    }
    return main, sidecars


def _built(scope: Scope, task: Task, build: Build, repository_name: str, name: str) -> pulumi.Output[str]:
    """Build an image and push it to a repository of its own. `name` is the start of the resources' names.

    awsx's lifecycle policy removes images without a tag. Deleting the repository deletes its images, as they can be
    built again.

    Returns:
        The URI of the image, pinned by digest.
    """
    # awsx is slow to load, and most tasks have an image already.
    from pulumi_awsx import ecr

    repository = ecr.Repository(
        f"{name}-repository",
        name=repository_name,
        force_delete=True,
        image_scanning_configuration={"scan_on_push": True},
        image_tag_mutability="MUTABLE",
        tags=scope.tags,
        opts=scope.opts,
    )
    image = ecr.Image(
        f"{name}-image",
        repository_url=repository.url,
        context=build.context,
        dockerfile=build.dockerfile,
        target=build.target,
        args=build.args,
        platform=PLATFORMS[task.architecture],
        opts=scope.opts,
    )
    return image.image_uri
