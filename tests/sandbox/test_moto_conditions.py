"""Conditional writes are made in one step. AWS: Amazon DynamoDB developer guide, "Conditional writes"."""

import sys
import threading
from collections.abc import Generator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sandbox.moto_fixes import apply_fixes

WRITERS = 8


@pytest.fixture
def table() -> Generator[Any]:
    apply_fixes()
    interval = sys.getswitchinterval()
    # Threads change so often that writes in two steps get mixed.
    sys.setswitchinterval(1e-6)
    try:
        with mock_aws():
            connect: Any = boto3.client
            client = connect("dynamodb", "eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
            client.create_table(
                TableName="leases",
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            )
            yield client
    finally:
        sys.setswitchinterval(interval)


def together(table: Any, write: Any) -> list[Any]:
    """The answers to several writers that begin at the same time; None if a condition fails."""
    refused = table.exceptions.ConditionalCheckFailedException
    begin = threading.Barrier(WRITERS)
    answers: list[Any] = []

    def run(writer: int) -> None:
        begin.wait()
        try:
            answers.append(write(writer))
        except refused:
            answers.append(None)

    threads = [threading.Thread(target=run, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("turn", range(5))
def test_one_writer_creates_an_item(table: Any, turn: int):
    def write(writer: int) -> Any:
        item = {"id": {"S": f"backup-{turn}"}, "holder": {"S": str(writer)}}
        return table.put_item(TableName="leases", Item=item, ConditionExpression="attribute_not_exists(id)")

    assert sum(answer is not None for answer in together(table, write)) == 1


@pytest.mark.parametrize("turn", range(5))
def test_each_writer_sees_its_own_count(table: Any, turn: int):
    def write(_: int) -> Any:
        answer = table.update_item(
            TableName="leases",
            Key={"id": {"S": f"failures-{turn}"}},
            UpdateExpression="ADD failures :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="ALL_NEW",
        )
        return int(answer["Attributes"]["failures"]["N"])

    assert sorted(together(table, write)) == list(range(1, WRITERS + 1))


@pytest.mark.parametrize("turn", range(5))
def test_one_writer_deletes_an_item(table: Any, turn: int):
    key = {"id": {"S": f"backup-{turn}"}}
    table.put_item(TableName="leases", Item=key)

    def write(_: int) -> Any:
        return table.delete_item(TableName="leases", Key=key, ConditionExpression="attribute_exists(id)")

    assert sum(answer is not None for answer in together(table, write)) == 1
