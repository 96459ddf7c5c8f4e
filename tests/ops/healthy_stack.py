"""A healthy stack for `doctor`, with answers of IAM and Service Quotas that moto doesn't implement."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.ecs.models import ecs_backends
from moto.scheduler.models import scheduler_backends

from components.aws import policies as iam
from components.monitoring.alarms import group_alarms
from ops.doctor.finding import OK, PROBLEM
from tests.ops.cloud import ACCOUNT, REGION, Deployed, refusal
from tests.ops.conftest import Ops

_RUN_TASK_KEYS = {"ecs:cluster", "ecs:CreateAction", "iam:PassedToService"}
POLICY_KEYS = {"scheduler": _RUN_TASK_KEYS, "supervisor": {*_RUN_TASK_KEYS, "events:source"}}
"""The condition keys in the policies of each role."""


class HealthyStack:
    """A stack without problems, and methods that cause some."""

    def __init__(self, deployed: Deployed, ops: Ops):
        self.deployed, self.cloud, self.ops = deployed, deployed.cloud, ops
        self.denied: dict[str, str] = {}
        """Actions that the policy simulator doesn't allow, with its decision or the condition key that it misses."""
        self._delete_schedule("done")
        group_arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{deployed.names.schedule_group}"
        trust = iam.scheduler_trust(account_id=ACCOUNT, schedule_group_arn=group_arn)
        self.client("iam").create_role(RoleName=deployed.names.role("scheduler"), AssumeRolePolicyDocument=trust)
        # Tests add roles where they matter.
        deployed.has_run_roles = False
        for revisions in ecs_backends[ACCOUNT][REGION].task_definitions.values():
            for definition in revisions.values():
                definition.execution_role_arn = ""
        ec2 = self.client("ec2")
        self.vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        self.table = ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"]
        self.rules(*(deployed.names.rule(outcome, 0) for outcome in ("failed", "succeeded")))
        self.alarms(*group_alarms(schedule_group="x", queues={"launches": "x"}))
        for group in self.outcome_logs:
            self.client("logs").put_resource_policy(resourceArn=self.log_arn(group), policyDocument="{}")
        self.cloud.rules.append(("iam.SimulatePrincipalPolicy", self._simulated))
        self.cloud.rules.append(("service-quotas.ListServiceQuotas", self._quotas))
        self.quota = 100.0
        self.vcpus: dict[str, float] = {}
        """Quotas of Fargate vCPUs by code."""
        self.rule_quota = 300.0
        """AWS: Amazon EventBridge user guide, quotas, "Number of rules". 0 if Service Quotas doesn't return it."""

    @property
    def outcome_logs(self) -> list[str]:
        return [self.deployed.names.outcome_log_group(outcome) for outcome in ("failed", "succeeded")]

    def log_arn(self, group: str) -> str:
        return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"

    def client(self, service: str) -> Any:
        return self.cloud.client(service)

    def _delete_schedule(self, schedule: str) -> None:
        group = self.deployed.names.schedule_group
        if self.client("scheduler").list_schedules(GroupName=group, NamePrefix=schedule)["Schedules"]:
            self.client("scheduler").delete_schedule(GroupName=group, Name=schedule)

    def rules(self, *names: str) -> None:
        """Create rules with a target."""
        events = self.client("events")
        for name in names:
            events.put_rule(Name=name, EventPattern="{}")
            events.put_targets(
                Rule=name, Targets=[{"Id": "log", "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x"}]
            )

    def alarms(self, *names: str, actions: Sequence[str] = ()) -> None:
        """Create alarms of the group."""
        for name in names:
            self.client("cloudwatch").put_metric_alarm(
                AlarmName=self.deployed.names.alarm(name),
                Namespace="AWS/Scheduler",
                MetricName="InvocationDroppedCount",
                Statistic="Sum",
                Period=300,
                EvaluationPeriods=1,
                Threshold=0,
                ComparisonOperator="GreaterThanThreshold",
                AlarmActions=list(actions),
            )

    def _simulated(self, request: Any) -> AWSResponse:
        given = {key: values[0] for key, values in parse_qs(request.body).items()}
        actions = [value for key, value in given.items() if key.startswith("ActionNames")]
        results = "".join(self._result(given, action) for action in actions)
        body = f"<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
        return AWSResponse(request.url, 200, {}, MockRawResponse(body))  # type: ignore[arg-type]

    def _result(self, given: dict[str, str], action: str) -> str:
        decision = self.denied.get(action, "allowed")
        keys = POLICY_KEYS.get(given["PolicySourceArn"].rsplit("-", 1)[-1], _RUN_TASK_KEYS)
        asked = keys | ({decision} if ":" in decision else set())
        kinds = {
            value: given[key.replace("KeyName", "KeyType")]
            for key, value in given.items()
            if key.endswith(".ContextKeyName")
        }
        # A key with several values. AWS: service authorization reference, Amazon EventBridge, ArrayOfString.
        known = {key for key, kind in kinds.items() if kind == ("stringList" if key == "events:source" else "string")}
        # IAM lists the missing keys of all statements.
        members = "".join(f"<member>{key}</member>" for key in sorted(asked - known))
        missing = f"<MissingContextValues>{members}</MissingContextValues>"
        answer = "implicitDeny" if ":" in decision else decision
        resources = [value for key, value in given.items() if key.startswith("ResourceArns")]
        # Only an answer about several resources has results per resource.
        specific = "".join(
            f"<member><EvalResourceName>{resource}</EvalResourceName><EvalResourceDecision>{answer}"
            f"</EvalResourceDecision>{missing}</member>"
            for resource in (resources if len(resources) > 1 else [])
        )
        return (
            f"<member><EvalActionName>{action}</EvalActionName><EvalDecision>{answer}</EvalDecision>"
            f"<EvalResourceName>{resources[0]}</EvalResourceName>{missing}"
            f"<ResourceSpecificResults>{specific}</ResourceSpecificResults></member>"
        )

    def _quotas(self, request: Any) -> AWSResponse:
        metric = {"MetricNamespace": "Use", "MetricName": "ResourceCount", "MetricDimensions": {"Class": "OnDemand"}}
        quota = {"QuotaName": "vCPUs", "QuotaCode": "L-1", "Value": self.quota, "UsageMetric": metric}
        calls = {**metric, "MetricName": "CallCount", "MetricStatisticRecommendation": "Sum"}
        second = {"PeriodValue": 1, "PeriodUnit": "SECOND"}
        rate = {"QuotaName": "calls", "QuotaCode": "L-3", "Value": 10.0, "UsageMetric": calls, "Period": second}
        unmeasured = {"QuotaName": "x", "QuotaCode": "L-2", "Value": 1.0}
        rules = {"QuotaName": "Number of rules", "QuotaCode": "L-244521F2", "Value": self.rule_quota}
        vcpus = [{"QuotaName": "vCPUs", "QuotaCode": code, "Value": value} for code, value in self.vcpus.items()]
        found = {"fargate": [quota, rate, *vcpus], "events": [unmeasured, *([rules] if self.rule_quota else [])]}
        body = json.dumps({"Quotas": found.get(json.loads(request.body)["ServiceCode"], [unmeasured])})
        return AWSResponse(request.url, 200, {}, MockRawResponse(body))  # type: ignore[arg-type]

    def findings(self, *arguments: str) -> list[tuple[str, str, str]]:
        """Run `doctor` and return level, message and fix of each finding."""
        result = self.ops("doctor", *arguments, "--json")
        found = json.loads(result.stdout)
        assert result.exit_code == (1 if any(each["level"] == PROBLEM or each["failed"] for each in found) else 0)
        return [(each["level"], each["words"], each["fix"]) for each in found]

    def refuse(self, name: str, request: Any) -> AWSResponse | None:
        """Deny an operation to alice."""
        if not self.cloud.calls[-1].endswith(f".{name}"):
            return None
        message = (
            f"User: arn:aws:sts::1:assumed-role/OnCall/alice is not authorized to perform: x:{name} on resource: y"
        )
        if "x-www-form-urlencoded" in str(request.headers.get("Content-Type", "")):
            body = f"<E><Error><Code>AccessDenied</Code><Message>{message}</Message></Error></E>"
            return AWSResponse(request.url, 403, {}, MockRawResponse(body))  # type: ignore[arg-type]
        return refusal(request.url, 400, "AccessDeniedException", message)

    def problems(self, *arguments: str) -> list[tuple[str, str, str]]:
        """Return the findings that aren't ok."""
        return [finding for finding in self.findings(*arguments) if finding[0] != OK]

    def definition(self, task: str = "etl") -> Any:
        """Return a task definition in moto's store."""
        family = self.deployed.names.family(task)
        return ecs_backends[ACCOUNT][REGION].task_definitions[family][1]

    def target(self, task: str = "etl", **changes: Any) -> None:
        """Change the target of a schedule. None removes a member."""
        scheduler, group = self.client("scheduler"), self.deployed.names.schedule_group
        there = scheduler.get_schedule(GroupName=group, Name=task)
        target = {key: value for key, value in {**there["Target"], **changes}.items() if value is not None}
        given = {key: there[key] for key in ("GroupName", "Name", "FlexibleTimeWindow", "State", "ScheduleExpression")}
        scheduler.update_schedule(**given, Target=target)

    def empty_role(self, task: str = "etl") -> None:
        """Make a schedule's role empty in moto's store, as some emulators answer."""
        groups: Any = scheduler_backends[ACCOUNT][REGION].schedule_groups
        groups[self.deployed.names.schedule_group].schedules[task].target["RoleArn"] = ""

    def network(self, **changes: Any) -> None:
        """Change the network of a schedule's runs."""
        scheduler, group = self.client("scheduler"), self.deployed.names.schedule_group
        parameters = scheduler.get_schedule(GroupName=group, Name="etl")["Target"]["EcsParameters"]
        parameters["NetworkConfiguration"]["awsvpcConfiguration"].update(changes)
        self.target(EcsParameters=parameters)

    def parameters(self, **changes: Any) -> None:
        """Change the RunTask parameters of a schedule. None removes one."""
        scheduler, group = self.client("scheduler"), self.deployed.names.schedule_group
        parameters = scheduler.get_schedule(GroupName=group, Name="etl")["Target"]["EcsParameters"]
        given = {key: value for key, value in {**parameters, **changes}.items() if value is not None}
        self.target(EcsParameters=given)
