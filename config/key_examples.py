"""The YAML around the example of a key, for the configuration page. Tests validate each example."""

from components.keys.reference import Key

PLACES = {
    "Stack": ("scheduled-tasks:", "scheduled-tasks:{}"),
    "NewCluster": ("cluster.", "scheduled-tasks:cluster:\n  {}"),
    "Network": ("network.", "scheduled-tasks:network:\n  {}"),
    "NewVpc": ("network.vpc.", "scheduled-tasks:network:\n  vpc: {}"),
    "Vpc": ("network.vpc.create.", "scheduled-tasks:network:\n  vpc: { create: {} }"),
    "ByTags": ("network.vpc.", "scheduled-tasks:network:\n  vpc: {}"),
    "Encryption": ("encryption.", "scheduled-tasks:encryption:\n  {}"),
    "Notify": ("notify.", "scheduled-tasks:notify:\n  {}"),
    "Monitoring": ("monitoring.", "scheduled-tasks:monitoring:\n  {}"),
    "Iam": ("iam.", "scheduled-tasks:iam:\n  {}"),
    "Task": ("", "{}"),
    "Schedule": ("schedules[].", "schedules:\n  - {}"),
    "Build": ("image.", "image:\n  {}"),
    "StoredSecret": ("secrets.NAME.", "secrets:\n  DB_PASSWORD: {}"),
    "Permission": ("permissions[].", "permissions:\n  - {}"),
    "CapacityProvider": ("launch[].", "launch: [{}]"),
    "PlacementConstraint": ("placementConstraints[].", "placementConstraints:\n  - {}"),
    "PlacementStrategy": ("placementStrategies[].", "placementStrategies:\n  - {}"),
    "Retry": ("retry.", "retry:\n  {}"),
    "RetryRun": ("retryRun.", "retryRun:\n  {}"),
    "Logs": ("logs.", "logs:\n  {}"),
    "Sidecar": ("sidecars.NAME.", "sidecars:\n  proxy:\n    image: proxy:1\n    {}"),
    "HealthCheck": ("healthCheck.", "healthCheck: {}"),
    "Volume": ("volumes.NAME.", "volumes:\n  data: {}"),
    "Ulimit": ("ulimits.NAME.", "ulimits:\n  memlock: {}"),
    "TaskAws": ("aws.", "{}"),
    "ContainerAws": ("sidecars.NAME.aws.", "sidecars:\n  proxy:\n    image: proxy:1\n    {}"),
}
"""The path of an object's keys in headings, and the YAML around an example."""

WHOLE = {
    "Sidecar.image": "sidecars:\n  proxy: { image: proxy:1 }",
    "Sidecar.depends_on": "sidecars:\n  proxy: { image: proxy:1, dependsOn: { migrate: SUCCESS } }\n"
    "  migrate: { image: migrate:1 }",
}
"""Examples of keys whose own example does not fit into its object."""


def example(shape: str, key: Key) -> str:
    """Return the example of a key as YAML of a stack or of a task.

    Args:
        shape: The name of the object, such as `Network`.
        key: The key.
    """
    if whole := WHOLE.get(f"{shape}.{key.name}"):
        return whole
    around = PLACES[shape][1]
    last = around.split("\n")[-1]
    indent = " " * (len(last) - len(last.lstrip(" -")))
    return around.replace("{}", key.example.replace("\n", f"\n{indent}"), 1)
