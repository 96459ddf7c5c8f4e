"""How a failure reaches a person: rules on the ends of runs, logs of outcomes, a topic, alarms, a dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, sns, sqs

from ..aws.dependencies import after
from ..aws.limits import QUEUE_RETENTION_SECONDS
from ..aws.names import GroupNames
from ..infrastructure.lookup import Account
from . import alarms, dashboard, events

Args = Mapping[str, Any]

OUTCOMES = (events.FAILED, events.SUCCEEDED)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched."""

    cluster_arn: pulumi.Output[str]
    definitions: Mapping[str, Sequence[str]]
    """Beginnings of task definition ARNs, by the name of the container whose exit code decides."""
    dead_letter_queue: str
    """Name of the queue of launches that were given up."""
    retention_days: int
    supervised: bool
    """Whether there are supervised runs, whose outcomes their state machines report."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule, and where its events go."""

    name: str
    physical_name: str
    outcome: str
    description: str
    pattern: pulumi.Input[str]
    message: Any
    """What a person is told."""


class Monitoring:
    """The resources that watch a group. What is switched off is not made."""

    succeeded_log_group: pulumi.Input[str] = ""
    topic_arn: pulumi.Input[str] = ""

    def __init__(
        self,
        name: str,
        args: Args,
        *,
        names: GroupNames,
        where: Account,
        watched: Watched,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ):
        self.name, self.names, self.where, self.watched, self.tags, self.opts = name, names, where, watched, tags, opts
        switches: Args = args.get("monitoring", {})
        self.queues = {"launches": watched.dead_letter_queue}
        self.logs: dict[str, str] = {}
        self.rules = [*self._rules(), *(self._supervised_rules() if watched.supervised else [])]
        if "notify" in args:
            self.topic_arn = self._topic(args["notify"])
        if switches.get("outcomes", True):
            self._outcomes()
        if switches.get("alarms", True):
            self._alarms()
        if switches.get("dashboard", False):
            self._dashboard()

    def _rules(self) -> list[_Rule]:
        """Those of the ends that ECS tells of."""
        definitions = events.rules(self.watched.definitions)
        return [
            _Rule(
                f"{self.name}-{outcome}-runs" + (f"-{position + 1}" if position else ""),
                self.names.rule(outcome, position),
                outcome,
                f"Runs of scheduled tasks of {self.names.prefix} that {outcome}",
                self._pattern(outcome, container, prefixes),
                self._message() if outcome == events.FAILED else None,
            )
            for outcome in OUTCOMES
            for position, (container, prefixes) in enumerate(definitions)
        ]

    def _pattern(self, outcome: str, container: str, prefixes: Sequence[str]) -> pulumi.Output[str]:
        supervised = self.watched.supervised
        return self.watched.cluster_arn.apply(
            lambda cluster_arn: events.pattern(outcome, cluster_arn, container, prefixes, supervised=supervised)
        )

    def _supervised_rules(self) -> list[_Rule]:
        """Those of the outcomes that state machines report, and of executions that could not."""
        prefix = self.names.prefix
        reported = [
            _Rule(
                f"{self.name}-{outcome}-supervised-runs",
                self.names.supervised_rule(outcome),
                outcome,
                f"Supervised runs of scheduled tasks of {prefix} that {outcome}",
                events.supervised_pattern(outcome, prefix),
                self._message() if outcome == events.FAILED else None,
            )
            for outcome in OUTCOMES
        ]
        machines = self.where.arn("states", f"stateMachine:{self.names.state_machine_prefix}")
        broken = _Rule(
            f"{self.name}-{events.BROKEN}-supervised-runs",
            self.names.supervised_rule(events.BROKEN),
            events.FAILED,
            f"Supervised runs of scheduled tasks of {prefix} that ended without an outcome",
            events.broken_pattern(machines),
            events.broken_message(prefix=prefix, partition=self.where.partition, region=self.where.region),
        )
        return [*reported, broken]

    def _rule_arns(self, outcomes: Sequence[str] = OUTCOMES) -> list[str]:
        """The rules of some outcomes."""
        return [
            self.where.arn("events", f"rule/{rule.physical_name}") for rule in self.rules if rule.outcome in outcomes
        ]

    # Whom it reaches

    def _topic(self, notify: Args) -> pulumi.Input[str]:
        arn = notify.get("topic_arn") or self._own_topic(notify)
        for position, email in enumerate(notify.get("emails", ())):
            name = f"{self.name}-failures-email"
            # Known by its address: were it by its place, an address that moves up would be given the subscription that
            # it has, and that be deleted as what is no longer at its old place.
            moved = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=f"{name}-{position + 1}")])
            sns.TopicSubscription(
                f"{name}-{email}", topic=arn, protocol="email", endpoint=email, opts=self.opts.merge(moved)
            )
        return arn

    def _own_topic(self, notify: Args) -> pulumi.Output[str]:
        topic = sns.Topic(
            f"{self.name}-failures",
            name=self.names.topic,
            # AWS's own key for SNS cannot be used by the services that publish here.
            kms_master_key_id=notify.get("kms_key"),
            tags=self.tags,
            opts=self.opts,
        )
        policy = sns.TopicPolicy(
            f"{self.name}-failures-policy",
            arn=topic.arn,
            policy=events.topic_policy(
                topic_arn=self.where.arn("sns", self.names.topic),
                account_id=self.where.account_id,
                alarm_prefix_arn=self.where.arn("cloudwatch", f"alarm:{self.names.alarm('')}"),
            ),
            opts=self.opts,
        )
        return after(topic.arn, policy.id)

    # The ends of runs

    def _outcomes(self) -> None:
        queue_arn = self._undelivered()
        log_groups = {outcome: self._log_group(outcome) for outcome in OUTCOMES}
        policies = {outcome: self._log_policy(outcome, log_group) for outcome, log_group in log_groups.items()}
        for made in self.rules:
            rule, needed = self._rule(made), [log_groups[made.outcome], policies[made.outcome]]
            self._target(f"{made.name}-log", rule, self._log_group_arn(made.outcome), queue_arn, needed)
            if made.message is not None and self.topic_arn:
                self._target(f"{made.name}-topic", rule, self.topic_arn, queue_arn, [], made.message)
        self.succeeded_log_group = log_groups[events.SUCCEEDED].name

    def _undelivered(self) -> str:
        name = self.names.event_dead_letter_queue
        self.queues["events"] = name
        arn = self.where.arn("sqs", name)
        sqs.Queue(
            f"{self.name}-undelivered-events",
            name=name,
            # Not a resource of its own: the queue is never there without it.
            policy=events.queue_policy(queue_arn=arn, rule_arns=self._rule_arns()),
            message_retention_seconds=QUEUE_RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
            tags=self.tags,
            opts=self.opts,
        )
        return arn

    def _log_group(self, outcome: str) -> cloudwatch.LogGroup:
        self.logs[outcome] = self.names.outcome_log_group(outcome)
        return cloudwatch.LogGroup(
            f"{self.name}-{outcome}",
            name=self.logs[outcome],
            retention_in_days=self.watched.retention_days,
            tags=self.tags,
            opts=self.opts,
        )

    def _log_group_arn(self, outcome: str) -> str:
        return self.where.arn("logs", f"log-group:{self.names.outcome_log_group(outcome)}")

    def _log_policy(self, outcome: str, log_group: cloudwatch.LogGroup) -> cloudwatch.LogResourcePolicy:
        # `resource_arn` is there from pulumi-aws 7.23 on.
        arn = self._log_group_arn(outcome)
        return cloudwatch.LogResourcePolicy(
            f"{self.name}-{outcome}-policy",
            resource_arn=arn,
            policy_document=events.log_policy(log_group_arn=arn, rule_arns=self._rule_arns([outcome])),
            opts=self.opts.merge(pulumi.ResourceOptions(depends_on=[log_group])),
        )

    def _rule(self, rule: _Rule) -> cloudwatch.EventRule:
        return cloudwatch.EventRule(
            rule.name,
            name=rule.physical_name,
            description=rule.description,
            event_pattern=rule.pattern,
            tags=self.tags,
            opts=self.opts,
        )

    def _target(
        self,
        name: str,
        rule: cloudwatch.EventRule,
        arn: pulumi.Input[str],
        queue_arn: str,
        needed: Sequence[pulumi.Resource],
        message: Any = None,
    ) -> None:
        cloudwatch.EventTarget(
            name,
            rule=rule.name,
            target_id=name,
            arn=arn,
            dead_letter_config={"arn": queue_arn},
            input_transformer=message,
            opts=self.opts.merge(pulumi.ResourceOptions(depends_on=needed)),
        )

    def _message(self) -> Any:
        return self.watched.cluster_arn.apply(
            lambda arn: events.failure_message(
                prefix=self.names.prefix,
                partition=self.where.partition,
                region=self.where.region,
                cluster_name=arn.rsplit("/", 1)[-1],
                log_group=self.names.log_group,
            )
        )

    # Alarms and the dashboard

    def _alarms(self) -> None:
        found = alarms.group_alarms(schedule_group=self.names.schedule_group, queues=self.queues)
        for what, settings in found.items():
            cloudwatch.MetricAlarm(
                f"{self.name}-alarm-{what}",
                name=self.names.alarm(what),
                alarm_actions=[self.topic_arn] if self.topic_arn else [],
                tags=self.tags,
                opts=self.opts,
                **settings,
            )

    def _dashboard(self) -> None:
        cloudwatch.Dashboard(
            f"{self.name}-dashboard",
            dashboard_name=self.names.cluster,
            dashboard_body=dashboard.body(
                region=self.where.region,
                prefix=self.names.prefix,
                schedule_group=self.names.schedule_group,
                logs=self.logs,
                queues=self.queues,
                state_machines=self.names.state_machine_prefix if self.watched.supervised else "",
            ),
            opts=self.opts,
        )


def watch_success(
    task: str,
    seconds: int,
    *,
    group: Args,
    state_machine_arn: pulumi.Input[str] | None,
    names: GroupNames,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """The alarm for when a task has not succeeded for too long, with a metric of its successes; a supervised task has
    that from Step Functions. `group` is the group's reference."""
    topic_arn = group["topic_arn"]
    if state_machine_arn is None:
        metric = alarms.success_metric(names.prefix, task)
        cloudwatch.LogMetricFilter(
            f"{task}-succeeded",
            name=task,
            log_group_name=group["succeeded_log_group"],
            pattern=alarms.success_filter(task),
            metric_transformation={"namespace": metric.namespace, "name": metric.name, "value": "1"},
            opts=opts,
        )
    else:
        metric = alarms.execution_metric(state_machine_arn)
    cloudwatch.MetricAlarm(
        f"{task}-alarm",
        name=names.alarm(f"{task}/no-success"),
        alarm_actions=[topic_arn] if topic_arn else [],
        tags=tags,
        opts=opts,
        **alarms.success_alarm(prefix=names.prefix, task=task, seconds=seconds, metric=metric),
    )
