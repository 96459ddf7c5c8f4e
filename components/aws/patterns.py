"""Formats of AWS's identifiers, as regular expressions for whole strings."""

import re

KMS_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[^\s]+")
MANAGED_POLICY_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?:aws|[0-9]{12}):policy/.+")
TOPIC_ARN = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}")
TASK_DEFINITION = re.compile(
    r"(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/)?[A-Za-z0-9_-]{1,255}(?::[0-9]+)?"
)
"""`family`, `family:revision` or an ARN."""
CLUSTER = re.compile(r"(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}")
CAPACITY_PROVIDER = re.compile(r"(?-i:FARGATE|FARGATE_SPOT)|(?!(?:aws|ecs|fargate))[A-Za-z0-9_-]{1,255}", re.IGNORECASE)
"""AWS: Amazon ECS API reference, CreateCapacityProvider: other names do not start with aws, ecs or fargate."""
CONTAINER = re.compile(r"[A-Za-z0-9_-]{1,255}")
SCHEDULE_NAME = re.compile(r"(?=.{1,24}\Z)[A-Za-z](?:[A-Za-z0-9-]|_(?!_|\Z))*")
"""A schedule's own name. It starts with a letter, so that no name by position is like it."""
FILE_SYSTEM = re.compile(r"fs-[0-9a-f]+")
ACCESS_POINT = re.compile(r"fsap-[0-9a-f]+")
PLATFORM_VERSION = re.compile(r"LATEST|[0-9]+\.[0-9]+\.[0-9]+")
USER = re.compile(r"[\w.-]+(:[\w.-]+)?", re.ASCII)
VPC = re.compile(r"default|vpc-[0-9a-f]+")
SUBNET = re.compile(r"subnet-[0-9a-f]+")
SECURITY_GROUP = re.compile(r"sg-[0-9a-f]+")
ACCOUNT = re.compile(r"[0-9]{12}")
CACHE_PREFIX = re.compile(
    r"(?=.{2,30}\Z)(?:[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*|ROOT)"
)
"""AWS: botocore ecr, PullThroughCacheRuleRepositoryPrefix."""
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
IAM_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
IAM_RESOURCE = re.compile(r"\*|arn:.*", re.DOTALL)
IAM_PATH = re.compile(r"(?=.{1,250}\Z)/(?:[!-.0-~]+/)*")
"""AWS accepts 512 characters of a role's path. The rest is for the group's own part."""
TAG_CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")
"""AWS: Amazon ECS developer guide, "Tagging your Amazon ECS resources", restrictions."""
