"""The target and the input that EventBridge Scheduler gets for a call."""

from components.calls.model import Call


def test_a_universal_target_is_named_by_service_and_action():
    # AWS: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    call = Call("sqs", "createQueue", {"QueueName": "q"}, ())
    assert call.target_arn("aws") == "arn:aws:scheduler:::aws-sdk:sqs:createQueue"
    assert call.operation == "sqs:CreateQueue"
    assert call.target_input == '{"QueueName": "q"}'


def test_a_templated_target_is_the_resource_itself():
    function = "arn:aws:lambda:eu-west-1:123456789012:function:reports"
    assert Call("lambda", "invoke", None, (), templated=function).target_arn("aws") == function
    assert Call("lambda", "invoke", None, (), templated=function).target_input == ""
    assert Call("lambda", "invoke", {}, (), templated=function).target_input == "{}"
    assert Call("sqs", "sendMessage", "plain text", (), templated=function).target_input == "plain text"


def test_the_text_of_the_input_does_not_depend_on_the_order_of_keys():
    one, other = ({"A": 1, "B": 2}, {"B": 2, "A": 1})
    assert Call("s", "a", one, ()).target_input == Call("s", "a", other, ()).target_input


def test_resources_are_listed_once():
    call = Call(
        "rds",
        "createDBSnapshot",
        {},
        (
            {"Sid": "A", "Effect": "Allow", "Action": "rds:CreateDBSnapshot", "Resource": ["a", "b"]},
            {"Sid": "B", "Effect": "Allow", "Action": "rds:AddTagsToResource", "Resource": "b"},
        ),
    )
    assert call.resources == ("a", "b")


def test_a_retry_needs_an_idempotent_call_or_a_token():
    assert not Call("s", "a", {}, ()).may_retry
    assert Call("s", "a", {}, (), idempotent=True).may_retry
    assert Call("s", "a", {}, (), token=True).may_retry
