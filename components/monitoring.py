"""How a failure reaches a person: rules on the ends of runs, logs of outcomes, a topic, alarms, a dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, sns, sqs

from . import alarms, dashboard, events
from .bounds import QUEUE_RETENTION_SECONDS
from .lookup import Account
from .names import GroupNames
from .ordering import after

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
        self.rules = events.rules(watched.definitions)
        if "notify" in args:
            self.topic_arn = self._topic(args["notify"])
        if switches.get("outcomes", True):
            self._outcomes()
        if switches.get("alarms", True):
            self._alarms()
        if switches.get("dashboard", False):
            self._dashboard()

    def _rule_arns(self, *outcomes: str) -> list[str]:
        names = (self.names.rule(outcome, position) for outcome in outcomes for position in range(len(self.rules)))
        return [self.where.arn("events", f"rule/{name}") for name in names]

    # Whom it reaches

    def _topic(self, notify: Args) -> pulumi.Input[str]:
        arn = notify.get("topic_arn") or self._own_topic(notify)
        for position, email in enumerate(notify.get("emails", ())):
            sns.TopicSubscription(
                f"{self.name}-failures-email-{position + 1}",
                topic=arn,
                protocol="email",
                endpoint=email,
                opts=self.opts,
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
        log_policy = self._log_policy()
        for outcome in OUTCOMES:
            log_group = self._log_group(outcome)
            for position in range(len(self.rules)):
                rule = self._rule(outcome, position)
                self._target(
                    f"{rule[0]}-log", rule[1], self._log_group_arn(outcome), queue_arn, [log_group, log_policy]
                )
                if outcome == events.FAILED and self.topic_arn:
                    self._target(f"{rule[0]}-topic", rule[1], self.topic_arn, queue_arn, [], self._message())
            if outcome == events.SUCCEEDED:
                self.succeeded_log_group = log_group.name

    def _undelivered(self) -> str:
        name = self.names.event_dead_letter_queue
        self.queues["events"] = name
        queue = sqs.Queue(
            f"{self.name}-undelivered-events",
            name=name,
            message_retention_seconds=QUEUE_RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
            tags=self.tags,
            opts=self.opts,
        )
        arn = self.where.arn("sqs", name)
        sqs.QueuePolicy(
            f"{self.name}-undelivered-events-policy",
            queue_url=queue.url,
            policy=events.queue_policy(queue_arn=arn, rule_arns=self._rule_arns(*OUTCOMES)),
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

    def _log_policy(self) -> cloudwatch.LogResourcePolicy:
        return cloudwatch.LogResourcePolicy(
            f"{self.name}-outcomes-policy",
            policy_name=self.names.rule("outcomes", 0),
            policy_document=events.log_policy(
                log_group_arns=[f"{self._log_group_arn(outcome)}:*" for outcome in OUTCOMES],
                rule_arns=self._rule_arns(*OUTCOMES),
            ),
            opts=self.opts,
        )

    def _rule(self, outcome: str, position: int) -> tuple[str, cloudwatch.EventRule]:
        container, prefixes = self.rules[position]
        name = f"{self.name}-{outcome}-runs" + (f"-{position + 1}" if position else "")
        return name, cloudwatch.EventRule(
            name,
            name=self.names.rule(outcome, position),
            description=f"Runs of scheduled tasks of {self.names.prefix} that {outcome}",
            event_pattern=self.watched.cluster_arn.apply(
                lambda cluster_arn: events.pattern(outcome, cluster_arn, container, prefixes)
            ),
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
            ),
            opts=self.opts,
        )


def watch_success(
    task: str,
    seconds: int,
    *,
    log_group: pulumi.Input[str],
    topic_arn: pulumi.Input[str],
    names: GroupNames,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """A metric of a task's successes, and the alarm for when there has been none for too long."""
    cloudwatch.LogMetricFilter(
        f"{task}-succeeded",
        name=task,
        log_group_name=log_group,
        pattern=alarms.success_filter(task),
        metric_transformation={
            "namespace": alarms.METRIC_NAMESPACE,
            "name": alarms.success_metric(names.prefix, task),
            "value": "1",
        },
        opts=opts,
    )
    cloudwatch.MetricAlarm(
        f"{task}-alarm",
        name=names.alarm(f"{task}/no-success"),
        alarm_actions=[topic_arn] if topic_arn else [],
        tags=tags,
        opts=opts,
        **alarms.success_alarm(prefix=names.prefix, task=task, seconds=seconds),
    )
