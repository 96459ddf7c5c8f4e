"""AWS's limits in use: value, source, what the product does, and the tests that check it.

docs/limits.md is made from this table: `WRITE_GOLDEN=1 python -m pytest tests/docs/test_limits.py`.
"""

from dataclasses import dataclass

REFUSED = "Refused"
SPLIT = "Split over several resources"
SHORTENED = "Shortened, with a hash of the full name"
FITS = "Always fits"
WARNED = "Warning"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of AWS."""

    service: str
    what: str
    value: str
    source: str
    """A page of AWS, or a shape of botocore's models."""
    handling: str
    """The product's behavior."""
    test: str
    """A test that fails if the product exceeds the limit: `path::name`."""
    sandbox: str
    """A test that the sandbox refuses more: `path::name`, or the shape that the sandbox checks every request against."""


def docs(path: str) -> str:
    """A page of AWS's documentation."""
    return f"https://docs.aws.amazon.com/{path}"


def model(service: str, shape: str) -> str:
    """A shape of botocore's model of a service, which the sandbox checks every request against."""
    return f"botocore {service}, {shape}"


IAM = docs("IAM/latest/UserGuide/reference_iam-quotas.html")
ECS = docs("AmazonECS/latest/developerguide/service-quotas.html")
EVENTBRIDGE = docs("eventbridge/latest/userguide/eb-quota.html")
SIZES = "tests/sandbox/test_sizes.py::test_the_sandbox_accepts_the_largest_size_and_no_more"
QUOTAS = "tests/sandbox/test_quotas.py"
POLICIES = "tests/components/test_policy_sizes.py"
NAMES = "tests/components/aws/test_names.py::test_names_fit_the_limits_of_aws_for_any_input"
LENGTHS = "tests/components/test_lengths.py::test_the_longest_names_fit_into_every_request"
MODEL = "tests/components/test_lengths.py::test_the_sandbox_knows_the_limit_of_the_model"

LIMITS = (
    Limit("IAM", "All inline policies of a role, without white space", "10,240 characters", IAM, SPLIT, f"{POLICIES}::test_a_task_can_read_many_secrets", f"{QUOTAS}::test_the_inline_policies_of_a_role_have_a_size_together"),
    Limit("IAM", "A managed policy, without white space", "6,144 characters", IAM, SPLIT, f"{POLICIES}::test_tasks_can_use_many_existing_roles", SIZES),
    Limit("IAM", "Managed policies per role", "10 by default, 25 after a quota increase", IAM, REFUSED, f"{POLICIES}::test_more_secrets_than_a_role_can_read", f"{QUOTAS}::test_a_role_has_at_most_ten_managed_policies"),
    Limit("IAM", "A trust policy, without white space", "2,048 characters by default", IAM, FITS, f"{POLICIES}::test_trust_policies_have_room_for_the_longest_names", SIZES),
    Limit("IAM", "Name of a role", "64 characters", model("iam", "roleNameType"), SHORTENED, NAMES, MODEL),
    Limit("IAM", "Path of a role or policy", "512 characters", model("iam", "pathType"), REFUSED, LENGTHS, MODEL),
    Limit("ECS", "A task definition", "65,536 bytes", ECS, REFUSED, "tests/components/task/test_sizes.py::test_a_task_definition_that_is_too_large", SIZES),
    Limit("ECS", "Containers per task definition", "10", ECS, REFUSED, "tests/refusals/test_containers.py::test_containers_that_aws_refuses", SIZES),
    Limit("ECS", "Overrides of a run, with what supervised runs and keywords add", "8,192 characters", docs("AmazonECS/latest/APIReference/API_RunTask.html"), REFUSED, "tests/components/task/test_sizes.py::test_overrides_of_a_supervised_task_have_room_for_the_name_of_the_run", SIZES),
    Limit("ECS", "Family of a task definition", "255 characters", docs("AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html"), SHORTENED, NAMES, ""),
    Limit("EventBridge Scheduler", "Name of a schedule, or of a schedule group", "64 characters", model("scheduler", "Name"), SHORTENED, NAMES, MODEL),
    Limit("EventBridge Scheduler", "Description of a schedule", "512 characters", model("scheduler", "Description"), REFUSED, "tests/refusals/test_schedules.py::test_a_schedule_that_aws_refuses", MODEL),
    Limit("EventBridge Scheduler", "Input of a schedule", "256 KB", docs("scheduler/latest/APIReference/API_Target.html"), FITS, LENGTHS, SIZES),
    Limit("EventBridge Scheduler", "Subnets, and security groups", "16, and 5", model("scheduler", "Subnets"), REFUSED, "tests/refusals/test_groups.py::test_what_a_stack_shares_and_aws_refuses", MODEL),
    Limit("EventBridge Scheduler", "Value of a tag, such as a group's prefix", "256 characters", model("scheduler", "TagValue"), REFUSED, "tests/components/keys/test_annotations.py::test_length_of_a_description", MODEL),
    Limit("EventBridge", "An event pattern", "2,048 characters by default", EVENTBRIDGE, SPLIT, "tests/components/monitoring/test_events.py::test_many_existing_task_definitions_are_split_into_valid_rules", SIZES),
    Limit("EventBridge", "ID of a target", "64 characters", model("events", "TargetId"), SHORTENED, "tests/components/aws/test_names.py::test_the_target_of_a_rule_has_an_id_that_eventbridge_accepts", MODEL),
    Limit("EventBridge", "Name of a rule", "64 characters", model("events", "RuleName"), SHORTENED, LENGTHS, MODEL),
    Limit("EventBridge", "Description of a rule", "512 characters", model("events", "RuleDescription"), FITS, LENGTHS, MODEL),
    Limit("EventBridge", "Message template of a target", "8,192 characters", model("events", "TransformerInput"), FITS, LENGTHS, MODEL),
    Limit("EventBridge", "Targets per rule", "5", EVENTBRIDGE, FITS, LENGTHS, f"{QUOTAS}::test_a_rule_has_at_most_five_targets"),
    Limit("EventBridge", "Rules per event bus", "300 by default", EVENTBRIDGE, FITS, LENGTHS, f"{QUOTAS}::test_an_event_bus_has_at_most_300_rules"),
    Limit("Step Functions", "Definition of a state machine", "1,048,576 characters", model("stepfunctions", "Definition"), FITS, "tests/components/task/test_sizes.py::test_state_machines_have_a_size_that_aws_accepts", MODEL),
    Limit("Step Functions", "Iterations of an inline Map state at once: `parallel.atOnce`", "40", docs("step-functions/latest/dg/state-map-inline.html"), REFUSED, "tests/refusals/test_schedules.py::test_a_schedule_that_aws_refuses", ""),
    Limit("Step Functions", "Events in the history of an execution", "25,000", docs("step-functions/latest/dg/service-quotas.html"), "Fits with at most 250 tasks in `parallel`; more are refused", "tests/components/supervised/test_parallel.py::test_the_history_has_room_for_all_tasks_after_the_longest_waits", ""),
    Limit("Step Functions", "Input of an execution, with the times that a task leaves out", "262,144 bytes", model("stepfunctions", "SensitiveData"), REFUSED, "tests/components/supervised/test_exceptions.py::test_exceptions_that_do_not_fit_into_an_execution_are_refused", MODEL),
    Limit("Step Functions", "Name of a state machine, a state, or an execution", "80 characters", model("stepfunctions", "Name"), SHORTENED, "tests/components/task/test_sizes.py::test_state_machines_have_a_size_that_aws_accepts", MODEL),
    Limit("CloudWatch Logs", "Metric filters per log group", "100", docs("AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"), f"{REFUSED}; `successMetrics: shared` needs one", "tests/refusals/test_groups.py::test_more_metric_filters_than_a_log_group_can_have", f"{QUOTAS}::test_a_log_group_has_at_most_100_metric_filters"),
    Limit("CloudWatch Logs", "Dimensions of a metric filter", "3", docs("AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html"), FITS, "tests/components/monitoring/test_resources.py::test_one_metric_filter_can_count_the_successes_of_all_tasks", SIZES),
    Limit("CloudWatch Logs", "A filter pattern", "1,024 characters", model("logs", "FilterPattern"), FITS, LENGTHS, MODEL),
    Limit("CloudWatch Logs", "Name of a metric", "255 characters", model("logs", "MetricName"), SHORTENED, "tests/components/aws/test_names.py::test_each_task_has_a_metric_name_that_cloudwatch_accepts", MODEL),
    Limit("CloudWatch Logs", "Name of a log group", "512 characters", model("logs", "LogGroupName"), SHORTENED, NAMES, MODEL),
    Limit("CloudWatch Logs", "Resource policy of a log group", "51,200 characters", model("logs", "PolicyDocument"), FITS, LENGTHS, MODEL),
    Limit("CloudWatch", "Name of an alarm", "255 characters", model("cloudwatch", "AlarmName"), SHORTENED, LENGTHS, MODEL),
    Limit("CloudWatch", "Description of an alarm", "1,024 characters", model("cloudwatch", "AlarmDescription"), FITS, LENGTHS, MODEL),
    Limit("CloudWatch", "Widgets per dashboard, and metrics per widget", "500, and 500", docs("AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"), FITS, LENGTHS, SIZES),
    Limit("CloudWatch", "A search expression", "1,024 characters", docs("AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"), FITS, LENGTHS, SIZES),
    Limit("SQS", "Policy of a queue", "8,192 bytes, 20 statements, 50 principals, 10 conditions", docs("AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"), REFUSED, "tests/components/test_lengths.py::test_more_rules_than_the_policy_of_a_queue_can_name", SIZES),
    Limit("SQS", "Name of a queue", "80 characters", docs("AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"), SHORTENED, NAMES, ""),
    Limit("SNS", "Policy of a topic", "30,720 bytes, 100 statements", docs("sns/latest/dg/sns-access-policy-language-api-permissions-reference.html"), FITS, LENGTHS, SIZES),
    Limit("SNS", "Name of a topic", "256 characters", docs("sns/latest/api/API_CreateTopic.html"), SHORTENED, LENGTHS, ""),
    Limit("Systems Manager", "Value of a parameter", "4,096 bytes in the standard tier, 8,192 in the advanced tier, not empty", docs("systems-manager/latest/userguide/parameter-store-advanced-parameters.html"), "The advanced tier is chosen if needed; more is refused", "tests/components/task/test_stored_secrets.py::test_long_values_are_stored_in_the_advanced_tier", SIZES),
    Limit("Systems Manager", "Description of a parameter", "1,024 characters", model("ssm", "ParameterDescription"), "Cut", "tests/components/task/test_stored_secrets.py::test_a_long_name_of_a_variable_fits_into_the_description", MODEL),
    Limit("All services", "Tags per resource, with default tags of the AWS provider", "50", docs("tag-editor/latest/userguide/tagging.html"), REFUSED, "tests/components/checks/test_tags_together.py::test_one_tag_more_than_aws_accepts", SIZES),
)  # fmt: skip
