"""Resources that must exist before an example is deployed, as the example's page says."""

from collections.abc import Callable, Mapping

from ops.local_sandbox import REGION

from .plugin.aws import Session
from .projects import EXAMPLES


def create_roles(endpoint: str) -> None:
    """Create the existing roles of the example, as its script does."""
    iam = Session(endpoint).client("iam", REGION)
    for role in sorted((EXAMPLES / "existing-roles" / "policies" / "roles").iterdir()):
        trust = (role / "trust.json").read_text(encoding="utf-8")
        iam.create_role(Path="/jobs/", RoleName=role.name, AssumeRolePolicyDocument=trust)
        for policy in role.glob("policy*.json"):
            document = policy.read_text(encoding="utf-8")
            iam.put_role_policy(RoleName=role.name, PolicyName=policy.stem, PolicyDocument=document)


def register_task_definition(endpoint: str) -> None:
    """Register the existing task definition of the example."""
    Session(endpoint).client("ecs", REGION).register_task_definition(
        family="reports",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "app:1"}],
    )


PREREQUISITES: Mapping[str, Callable[[str], None]] = {
    "existing-roles": create_roles,
    "existing-task-definition": register_task_definition,
}
"""By example: a function that gets the endpoint of the emulator."""
UNSUPPORTED = {"built-image-new-vpc": "awsx builds an image with Docker"}
"""Examples that the sandbox can't deploy, and why."""
