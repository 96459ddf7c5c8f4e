"""Names of services, operations and parameters, as AWS's guides and deployed schedules spell them."""

import pytest

from components.calls.operations import service_ids
from components.calls.spelling import action, parameter, service_id, usual_spellings
from tools.call_operations import models

GUIDE = (
    "accessanalyzer", "applicationautoscaling", "autoscaling", "bcmdataexports", "bedrockdataautomation", "codebuild",
    "codeguruprofiler", "codepipeline", "codestarconnections", "cognitoidentity", "cognitoidentityprovider", "config",
    "connectcontactlens", "costandusagereport", "costexplorer", "customerprofiles", "databasemigration", "databrew",
    "dataexchange", "datasync", "directory", "directoryservicedata", "dlm", "docdb", "docdbelastic", "dynamodb",
    "dynamodbstreams", "ec2", "ec2instanceconnect", "ecr", "ecs", "efs", "eks", "elasticache", "elasticbeanstalk",
    "elasticloadbalancing", "elasticloadbalancingv2", "elasticsearch", "emr", "emrcontainers", "emrserverless",
    "eventbridge", "firehose", "fis", "forecastquery", "fsx", "glue", "greengrassv2", "guardduty", "iam", "imagebuilder",
    "inspector2", "iot", "iotjobsdataplane", "ivschat", "kinesis", "kinesisanalyticsv2", "kinesisvideosignaling",
    "medicalimaging", "pipes", "rolesanywhere", "scheduler", "schemas", "socialmessaging", "ssmcontacts",
    "ssmincidents", "voiceid",
)  # fmt: skip
"""AWS: Step Functions developer guide, "Learning to use AWS service SDK integrations", supported services:
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html."""
DEPLOYED = (
    "applicationautoscaling",
    "bedrockagent",
    "cloudwatchlogs",
    "lambda",
    "rds",
    "redshift",
    "redshiftdata",
    "sfn",
)
"""In targets of schedules that public repositories deploy."""


@pytest.mark.parametrize("name", [*GUIDE, *DEPLOYED])
def test_services_are_spelled_like_in_awss_guide(name: str):
    assert name in service_ids()


@pytest.mark.thorough
def test_every_service_of_botocore_has_an_id():
    assert {service_id(model["metadata"]["serviceId"]) for _, model in models()} == service_ids()


def test_an_action_begins_with_a_lowercase_letter():
    # AWS: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    assert action("CreateQueue") == "createQueue"
    assert action("StopDBInstance") == "stopDBInstance"


@pytest.mark.parametrize(
    ("member", "spelled"),
    [
        # Deployed schedules: rds:stopDBInstance, ecs:updateService, eks:updateNodegroupConfig, codebuild:startBuild,
        # batch:submitJob, ec2:stopInstances, bedrockagent:startIngestionJob.
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("service", "Service"),
        ("desiredCount", "DesiredCount"),
        ("scalingConfig", "ScalingConfig"),
        ("projectName", "ProjectName"),
        ("jobQueue", "JobQueue"),
        ("InstanceIds", "InstanceIds"),
        ("knowledgeBaseId", "KnowledgeBaseId"),
        # State machines with aws-sdk:rds:restoreDBInstanceToPointInTime, restoreDBClusterToPointInTime,
        # createDBInstance and aws-sdk:kinesis:getRecords, whose parameters are spelled alike.
        ("DBSubnetGroupName", "DbSubnetGroupName"),
        ("DBClusterIdentifier", "DbClusterIdentifier"),
        ("SourceDBClusterIdentifier", "SourceDBClusterIdentifier"),
        ("TargetDBInstanceIdentifier", "TargetDBInstanceIdentifier"),
        ("MultiAZ", "MultiAZ"),
        ("StreamARN", "StreamARN"),
        # The same function of the AWS SDK for Java 2.x, with other words.
        ("TTL", "Ttl"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("S3Bucket", "S3Bucket"),
        ("IPv6CidrBlock", "IPv6CidrBlock"),
    ],
)
def test_only_the_first_word_of_a_parameter_is_no_acronym(member: str, spelled: str):
    assert parameter(member) == spelled


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        (
            "DBInstanceIdentifier",
            {
                "DBInstanceIdentifier",
                "DbInstanceIdentifier",
                "dBInstanceIdentifier",
                "dbInstanceIdentifier",
                "db_instance_identifier",
            },
        ),
        ("MultiAZ", {"MultiAZ", "MultiAz", "multiAZ", "multiAz", "multi_az"}),
        ("cluster", {"cluster", "Cluster"}),
        (
            "StopDBInstance",
            {"StopDBInstance", "StopDbInstance", "stopDBInstance", "stopDbInstance", "stop_db_instance"},
        ),
    ],
)
def test_usual_spellings(name: str, spellings: set[str]):
    assert usual_spellings(name) == spellings
