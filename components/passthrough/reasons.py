"""Members of AWS's API that have no key: those that can be passed through, and why others can't."""

from collections.abc import Mapping

_CONTAINER = "containerDefinitions"
_NO_EBS = "It is for volumes on Amazon EBS, which EventBridge Scheduler can't attach to a run."
_NOT_ECS = "It is for targets other than Amazon ECS."
PASSED: Mapping[str, frozenset[tuple[str, ...]]] = {
    "RegisterTaskDefinition": frozenset(
        {
            ("enableFaultInjection",),
            ("placementConstraints",),
            ("proxyConfiguration",),
            *(
                (_CONTAINER, name)
                for name in (
                    "cpu",
                    "credentialSpecs",
                    "links",
                    "memory",
                    "portMappings",
                    "resourceRequirements",
                    "volumesFrom",
                )
            ),
        }
    ),
    "Target": frozenset({("EcsParameters", "EnableECSManagedTags")}),
    "RunTask": frozenset(),
}
"""Members that tasks can set in AWS's own words. A key for the same member comes first."""

NOT_POSSIBLE: Mapping[str, Mapping[tuple[str, ...], str]] = {
    "RegisterTaskDefinition": {
        ("family",): "The family is the name of the stack and the task. Policies and event rules find runs by it.",
        ("inferenceAccelerators",): "AWS no longer offers Amazon Elastic Inference, and the AWS provider has no "
        "property for it.",
        ("volumes", "configuredAtLaunch"): _NO_EBS,
        ("trustedExecutionConfiguration",): "The AWS provider for Pulumi has no property for it: pulumi_aws 7, "
        "ecs.TaskDefinition.",
        (_CONTAINER, "name"): "The main container is always `main`, because event rules and policies find its exit "
        "code by this name.",
        (_CONTAINER, "firelensConfiguration"): "A sidecar routes logs, because the main container runs the job.",
        (
            "volumes",
            "efsVolumeConfiguration",
            "transitEncryption",
        ): "Always enabled, because AWS requires it for access points and for IAM authorization.",
        (_CONTAINER, "essential"): "The main container is always essential, because its end is the end of the run, "
        "and its exit code is the outcome.",
    },
    "Target": {
        ("DeadLetterConfig",): "Failed launches go to the queue of the group, which alarms and commands read.",
        ("EcsParameters", "Group"): "The group is the name of the task. Commands and alarms find its runs by it.",
        ("EcsParameters", "ReferenceId"): "Amazon ECS reserves it for its own use.",
        ("EventBridgeParameters",): _NOT_ECS,
        ("EventBridgePutEventsV2Parameters",): _NOT_ECS,
        ("EventBridgePutRawEventsParameters",): _NOT_ECS,
        ("KinesisParameters",): _NOT_ECS,
        ("SageMakerPipelineParameters",): _NOT_ECS,
        ("SqsParameters",): _NOT_ECS,
    },
    "RunTask": {
        ("clientToken",): "It must differ for each run. EventBridge Scheduler and Step Functions set it.",
        ("startedBy",): "EventBridge Scheduler and Step Functions set it.",
        ("volumeConfigurations",): _NO_EBS,
    },
}
"""Why members can't be set."""

OF_MAIN = frozenset({(_CONTAINER, name) for name in ("name", "essential", "firelensConfiguration")})
"""Those of them that only the main container can't set."""
