"""The API calls of a deployment, by kind of resource.

The calls are those of the AWS provider, which Pulumi builds from terraform-provider-aws (`internal/service`), and of
awsx. Resources are as narrow as AWS supports. AWS: service authorization reference.
"""

from components.aws.policies import Condition

from . import access as found
from .access import Access

_NETWORK = (
    "elastic-ip", "internet-gateway", "natgateway", "network-interface", "route-table", "security-group", "subnet",
    "vpc", "vpc-endpoint",
)  # fmt: skip
"""Kinds of resources of a new VPC."""


def _passed_to(*services: str) -> Condition:
    """The services that a role may be passed to."""
    return {"StringEquals": {"iam:PassedToService": services[0] if len(services) == 1 else list(services)}}


ACCESS: tuple[Access, ...] = (
    Access(
        "TaskDefinitions",
        "deploy",
        "ecs",
        lambda place: place.arns("ecs", f"task-definition/{place.names.family_prefix}*"),
        read="ListTagsForResource",
        write="RegisterTaskDefinition TagResource UntagResource",
        types=("aws:ecs/taskDefinition:TaskDefinition",),
    ),
    # Clusters and task definitions can exist already, under any name.
    Access("FindClusters", "deploy", "ecs", lambda place: place.arns("ecs", "cluster/*"), read="DescribeClusters"),
    Access("FindTaskDefinitions", "deploy", "ecs", found.everything, read="DescribeTaskDefinition"),
    # Cloud Control answers the capacity providers of a cluster, which the provider's own look-up does not.
    Access("FindCapacityProviders", "deploy", "cloudformation", found.everything, read="GetResource"),
    Access(
        "Clusters",
        "deploy",
        "ecs",
        found.clusters,
        read="ListTagsForResource",
        write="CreateCluster DeleteCluster PutClusterCapacityProviders TagResource UntagResource UpdateCluster",
        types=("aws:ecs/cluster:Cluster", "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"),
    ),
    Access(
        "Schedules",
        "deploy",
        "scheduler",
        found.schedules,
        read="GetSchedule GetScheduleGroup ListTagsForResource",
        write="CreateSchedule CreateScheduleGroup DeleteSchedule DeleteScheduleGroup TagResource UntagResource "
        "UpdateSchedule",
        types=("aws:scheduler/schedule:Schedule", "aws:scheduler/scheduleGroup:ScheduleGroup"),
    ),
    Access(
        "Roles",
        "deploy",
        "iam",
        found.roles,
        read="GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies",
        write="DeleteRole DeleteRolePolicy DetachRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole "
        "UpdateRoleDescription",
        types=(
            "aws:iam/role:Role",
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        ),
    ),
    # Policies of a role that are too long for its inline policy. A policy grants nothing until it is attached.
    Access(
        "ManagedPolicies",
        "deploy",
        "iam",
        found.managed_policies,
        read="GetPolicy GetPolicyVersion ListPolicyVersions",
        write="CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion TagPolicy UntagPolicy",
        types=("aws:iam/policy:Policy",),
    ),
    # Who can do this without a boundary can grant any permission. AWS: IAM user guide, "Permissions boundaries for IAM
    # entities".
    Access(
        "GrantPermissions",
        "deploy",
        "iam",
        found.roles,
        write="AttachRolePolicy CreateRole PutRolePermissionsBoundary PutRolePolicy",
        boundary="required",
    ),
    Access("RemoveBoundaries", "deploy", "iam", found.roles, write="DeleteRolePermissionsBoundary", boundary="none"),
    Access(
        "PassRoles",
        "deploy",
        "iam",
        found.roles,
        write="PassRole",
        condition=_passed_to("ecs-tasks.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"),
    ),
    # RegisterTaskDefinition, CreateSchedule and CreateStateMachine pass existing roles. AWS: IAM user guide, "Grant a
    # user permissions to pass a role to an AWS service".
    Access(
        "PassRunRoles",
        "deploy",
        "iam",
        lambda place: place.passed_roles,
        write="PassRole",
        condition=_passed_to("ecs-tasks.amazonaws.com"),
    ),
    Access(
        "PassSchedulerRole",
        "deploy",
        "iam",
        lambda place: [*([place.scheduler_role] if place.scheduler_role else []), *place.call_roles],
        write="PassRole",
        condition=_passed_to("scheduler.amazonaws.com"),
    ),
    Access(
        "PassSupervisorRole",
        "supervised",
        "iam",
        lambda place: [place.supervisor_role] if place.supervisor_role else [],
        write="PassRole",
        condition=_passed_to("states.amazonaws.com"),
    ),
    # The rules of tasks that start after others, with the role of each.
    Access(
        "StartRules",
        "supervised",
        "events",
        lambda place: place.arns("events", f"rule/{place.names.state_machine_prefix}*"),
        read="DescribeRule ListTagsForResource ListTargetsByRule",
        write="DeleteRule DisableRule EnableRule PutRule PutTargets RemoveTargets TagResource UntagResource",
    ),
    Access(
        "PassRuleRoles",
        "supervised",
        "iam",
        lambda place: [*found.roles(place), *([place.scheduler_role] if place.scheduler_role else [])],
        write="PassRole",
        condition=_passed_to("events.amazonaws.com"),
    ),
    # ECS creates its role with the first cluster of an account. AWS: Amazon ECS developer guide, "Using service-linked
    # roles for Amazon ECS".
    Access(
        "ServiceLinkedRole",
        "deploy",
        "iam",
        lambda place: [place.account.iam_arn("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS*")],
        write="CreateServiceLinkedRole",
        condition={"StringLike": {"iam:AWSServiceName": "ecs.amazonaws.com"}},
    ),
    Access(
        "LogGroups",
        "deploy",
        "logs",
        found.log_groups,
        read="DescribeMetricFilters ListTagsForResource",
        write="AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteMetricFilter DeleteRetentionPolicy "
        "DisassociateKmsKey PutMetricFilter PutRetentionPolicy TagResource UntagResource",
        types=("aws:cloudwatch/logGroup:LogGroup", "aws:cloudwatch/logMetricFilter:LogMetricFilter"),
    ),
    Access("FindLogGroups", "deploy", "logs", found.everything, read="DescribeLogGroups"),
    Access(
        "Queues",
        "deploy",
        "sqs",
        found.queues,
        read="GetQueueAttributes GetQueueUrl ListQueueTags",
        write="CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue",
        types=("aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"),
    ),
    Access(
        "FindNetwork",
        "deploy",
        "ec2",
        found.everything,
        read="DescribeNetworkInterfaces DescribePrefixLists DescribeRouteTables DescribeSecurityGroupRules "
        "DescribeSecurityGroups DescribeSubnets DescribeVpcEndpoints DescribeVpcs",
    ),
    Access(
        "SecurityGroups",
        "deploy",
        "ec2",
        # AWS chooses the ID, so the name can't limit it.
        lambda place: place.arns("ec2", "security-group/*", "security-group-rule/*", "vpc/*"),
        read="DescribeVpcAttribute",
        write="AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup CreateTags "
        "DeleteSecurityGroup DeleteTags RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
        types=("aws:ec2/securityGroup:SecurityGroup",),
    ),
    Access(
        "Rules",
        "monitoring",
        "events",
        found.rules,
        read="DescribeRule ListTagsForResource ListTargetsByRule",
        write="DeleteRule DisableRule EnableRule PutRule PutTargets RemoveTargets TagResource UntagResource",
        types=("aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"),
    ),
    Access(
        "LogPolicies",
        "monitoring",
        "logs",
        found.everything,
        read="DescribeResourcePolicies",
        write="DeleteResourcePolicy PutResourcePolicy",
        types=("aws:cloudwatch/logResourcePolicy:LogResourcePolicy",),
    ),
    Access(
        "Topics",
        "monitoring",
        "sns",
        lambda place: [*place.arns("sns", place.names.topic), *([place.topic_arn] if place.topic_arn else [])],
        read="GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource",
        write="CreateTopic DeleteTopic SetTopicAttributes Subscribe TagResource UntagResource",
        types=("aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"),
    ),
    Access(
        "Subscriptions",
        "monitoring",
        "sns",
        found.everything,
        read="GetSubscriptionAttributes",
        write="SetSubscriptionAttributes Unsubscribe",
        types=("aws:sns/topicSubscription:TopicSubscription",),
    ),
    Access(
        "Alarms",
        "monitoring",
        "cloudwatch",
        lambda place: place.arns("cloudwatch", f"alarm:{place.names.alarm_prefix}*"),
        read="ListTagsForResource",
        write="DeleteAlarms PutMetricAlarm TagResource UntagResource",
        types=("aws:cloudwatch/metricAlarm:MetricAlarm",),
    ),
    Access(
        "FindAlarms",
        "monitoring",
        "cloudwatch",
        lambda place: place.arns("cloudwatch", "alarm:*"),
        read="DescribeAlarms",
    ),
    Access(
        "Dashboards",
        "monitoring",
        "cloudwatch",
        lambda place: place.global_arns("cloudwatch", f"dashboard/{place.names.cluster}"),
        read="GetDashboard",
        write="DeleteDashboards PutDashboard",
        types=("aws:cloudwatch/dashboard:Dashboard",),
    ),
    Access(
        "StateMachines",
        "supervised",
        "states",
        lambda place: place.arns("states", f"stateMachine:{place.names.state_machine_prefix}*"),
        read="DescribeStateMachine ListStateMachineVersions ListTagsForResource",
        write="CreateStateMachine DeleteStateMachine TagResource UntagResource UpdateStateMachine",
        types=("aws:sfn/stateMachine:StateMachine",),
    ),
    # The provider validates a changed definition during a preview. AWS evaluates the ARN stateMachine:*.
    Access("Definitions", "supervised", "states", found.everything, read="ValidateStateMachineDefinition"),
    Access(
        "Leases",
        "supervised",
        "dynamodb",
        lambda place: place.arns("dynamodb", f"table/{place.names.lease_table}"),
        read="DescribeContinuousBackups DescribeTable DescribeTimeToLive ListTagsOfResource",
        write="CreateTable DeleteTable TagResource UntagResource UpdateTable UpdateTimeToLive",
        types=("aws:dynamodb/table:Table",),
    ),
    Access(
        "Parameters",
        "secrets",
        "ssm",
        found.parameters,
        read="GetParameter GetParameters ListTagsForResource",
        write="AddTagsToResource DeleteParameter PutParameter RemoveTagsFromResource",
        types=("aws:ssm/parameter:Parameter",),
    ),
    Access("FindParameters", "secrets", "ssm", found.everything, read="DescribeParameters"),
    Access(
        "Repositories",
        "images",
        "ecr",
        found.repositories,
        read="BatchCheckLayerAvailability BatchGetImage DescribeImages DescribeRepositories GetDownloadUrlForLayer "
        "GetLifecyclePolicy ListTagsForResource",
        write="BatchDeleteImage CompleteLayerUpload CreateRepository DeleteLifecyclePolicy DeleteRepository "
        "InitiateLayerUpload PutImage PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy "
        "TagResource UntagResource UploadLayerPart",
        types=("aws:ecr/repository:Repository", "aws:ecr/lifecyclePolicy:LifecyclePolicy"),
    ),
    Access("LogInToRegistry", "images", "ecr", found.everything, read="GetAuthorizationToken"),
    Access(
        "FindNewNetwork",
        "network",
        "ec2",
        found.everything,
        read="DescribeAddresses DescribeAddressesAttribute DescribeAvailabilityZones DescribeInternetGateways "
        "DescribeNatGateways DescribeNetworkAcls",
    ),
    Access(
        "NewNetwork",
        "network",
        "ec2",
        # AWS chooses the IDs, so names can't limit them.
        lambda place: place.arns("ec2", *(f"{kind}/*" for kind in _NETWORK)),
        write="AllocateAddress AssociateRouteTable AttachInternetGateway CreateInternetGateway CreateNatGateway "
        "CreateRoute CreateRouteTable CreateSubnet CreateTags CreateVpc CreateVpcEndpoint DeleteInternetGateway "
        "DeleteNatGateway DeleteRoute DeleteRouteTable DeleteSubnet DeleteTags DeleteVpc DeleteVpcEndpoints "
        "DetachInternetGateway DisassociateAddress DisassociateRouteTable ModifySubnetAttribute ModifyVpcAttribute "
        "ModifyVpcEndpoint ReleaseAddress ReplaceRoute ReplaceRouteTableAssociation",
        types=(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "aws:ec2/vpc:Vpc",
            "aws:ec2/subnet:Subnet",
            "aws:ec2/internetGateway:InternetGateway",
            "aws:ec2/routeTable:RouteTable",
            "aws:ec2/route:Route",
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            "aws:ec2/eip:Eip",
            "aws:ec2/natGateway:NatGateway",
        ),
    ),
    # AWS: EventBridge Scheduler user guide, "Encryption at rest".
    Access(
        "Keys",
        "keys",
        "kms",
        lambda place: place.key_arns,
        read="Decrypt",
        write="DescribeKey GenerateDataKey",
    ),
    Access(
        "RecipientRules",
        "notify",
        "events",
        found.recipients("rule"),
        read="DescribeRule ListTagsForResource ListTargetsByRule",
        write="DeleteRule DisableRule EnableRule PutRule PutTargets RemoveTargets TagResource UntagResource",
    ),
    Access(
        "Connections",
        "notify",
        "events",
        found.recipients("connection"),
        read="DescribeConnection",
        write="CreateConnection DeleteConnection UpdateConnection",
        types=("aws:cloudwatch/eventConnection:EventConnection",),
    ),
    Access(
        "ApiDestinations",
        "notify",
        "events",
        found.recipients("api-destination"),
        read="DescribeApiDestination",
        write="CreateApiDestination DeleteApiDestination UpdateApiDestination",
        types=("aws:cloudwatch/eventApiDestination:EventApiDestination",),
    ),
    # EventBridge keeps the secret of a connection with the permissions of who creates the connection. AWS: Amazon
    # EventBridge user guide, "Using identity-based policies", AmazonEventBridgeFullAccess.
    Access(
        "SecretsOfConnections",
        "notify",
        "secretsmanager",
        lambda place: place.arns("secretsmanager", f"secret:events!connection/{place.names.notify_prefix}*"),
        write="CreateSecret DeleteSecret GetSecretValue PutSecretValue UpdateSecret",
    ),
    Access(
        "PassNotifyRole",
        "notify",
        "iam",
        found.roles,
        write="PassRole",
        condition=_passed_to("events.amazonaws.com"),
    ),
    # EventBridge creates its role with the first connection of an account. AWS: Amazon EventBridge user guide,
    # "Service-linked role for API destinations".
    Access(
        "RoleOfConnections",
        "notify",
        "iam",
        lambda place: [
            place.account.iam_arn(
                "role/aws-service-role/apidestinations.events.amazonaws.com/"
                "AWSServiceRoleForAmazonEventBridgeApiDestinations"
            )
        ],
        write="CreateServiceLinkedRole",
        condition={"StringEquals": {"iam:AWSServiceName": "apidestinations.events.amazonaws.com"}},
    ),
)
