"""The emulator names parameters of SDK integrations as Step Functions does."""

import pytest
from botocore.exceptions import ParamValidationError

from sandbox.moto_sdk_names import boto_method, boto_service, from_api, operation, to_api


def test_parameters_have_the_names_of_the_java_sdk():
    """AWS: Step Functions developer guide, "Learning to use AWS service SDK integrations"."""
    shape = operation("rds", "stopDBInstance").input_shape
    assert to_api({"DbInstanceIdentifier": "orders"}, shape) == {"DBInstanceIdentifier": "orders"}
    with pytest.raises(ParamValidationError, match=r"DBInstanceIdentifier.* not supported by Step Functions"):
        to_api({"DBInstanceIdentifier": "orders"}, shape)
    nested = operation("applicationautoscaling", "registerScalableTarget").input_shape
    with pytest.raises(ParamValidationError, match="dynamicScalingInSuspended"):
        to_api({"SuspendedState": {"dynamicScalingInSuspended": True}}, nested)


def test_answers_have_the_names_of_the_java_sdk():
    shape = operation("rds", "describeDBInstances").output_shape
    answer = {"DBInstances": [{"DBInstanceStatus": "available", "DBClusterIdentifier": "au"}]}
    assert from_api(answer, shape) == {"DbInstances": [{"DbInstanceStatus": "available", "DbClusterIdentifier": "au"}]}


def test_keys_of_maps_stay():
    shape = operation("glue", "startJobRun").input_shape
    assert to_api({"JobName": "a", "Arguments": {"--day": "x"}}, shape) == {"JobName": "a", "Arguments": {"--day": "x"}}


def test_services_and_methods_of_boto3():
    assert boto_service("applicationautoscaling") == "application-autoscaling"
    assert boto_method("describeDBInstances") == "describe_db_instances"
