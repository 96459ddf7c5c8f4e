"""Messages to a queue that is gone. AWS: Amazon SNS developer guide, "Amazon SNS dead-letter queues"."""

from typing import Any

import boto3
from moto import mock_aws

from sandbox.moto_fixes import apply_fixes


def test_a_message_to_a_deleted_queue_is_discarded_and_others_get_it():
    apply_fixes()
    with mock_aws():
        connect: Any = boto3.client
        names = {"region_name": "eu-west-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
        sns, sqs = connect("sns", **names), connect("sqs", **names)
        topic = sns.create_topic(Name="alerts")["TopicArn"]
        urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("gone", "left")]
        for url in urls:
            arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        sqs.delete_queue(QueueUrl=urls[0])
        assert sns.publish(TopicArn=topic, Message="failed")["MessageId"]
        [message] = sqs.receive_message(QueueUrl=urls[1])["Messages"]
        assert "failed" in message["Body"]
