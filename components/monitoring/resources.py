"""How failures reach people: rules on the ends of runs, outcome logs, a topic, alarms, a dashboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NotRequired, cast

import pulumi
from pulumi_aws import cloudwatch, iam, sns, sqs
from typing_extensions import TypedDict

from ..args import GroupReference, RecipientReference
from ..aws.arn import Arn
from ..aws.dependencies import after
from ..aws.names import LONGEST_CLUSTER, shared_success_metric_name
from ..calls.kinds import call_of
from ..calls.model import Call
from ..infrastructure.logs import create_log_group
from ..infrastructure.queues import create_queue
from ..json_values import Data
from ..resolved import Group, Notify
from ..scope import Scope
from . import alarms, call_events, dashboard, events
from .call_rules import call_rules
from .notices import Origin
from .outcome_rules import OUTCOMES, Message, Rule, create_rule, undelivered_queue_arn
from .recipients import Recipients, arns_by_key, create_call_notices, create_recipients


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Monitoring resources of a group that its tasks use. A value is empty if its resource is switched off."""

    succeeded_log_group: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    shared_success_metric: str
    created: MonitoringResources
    watched_calls: Sequence[str] = ()
    """Calls whose work has rules."""
    create_supervised_rules: Callable[[], dict[str, cloudwatch.EventRule]] = dict
    """Creates the rules on supervised runs, if they were left for later. Their outcome logs accept their events."""
    outcome_log_arns: Mapping[str, pulumi.Output[str]] = field(default_factory=dict[str, "pulumi.Output[str]"])
    """By outcome, once the logs accept events."""
    recipients: Recipients | None = None

    def reference(self, group: Group) -> MonitoringReference:
        """The parts of the group's reference by which its calls report their work."""
        found = self.recipients
        return {
            "watched_calls": list(self.watched_calls),
            "reports_calls": group.tasks is None and bool(self.outcome_log_arns),
            "outcome_log_arns": pulumi.Output.all(**self.outcome_log_arns),
            "recipients": list(found.references) if found else [],
            "api_destination_arns": arns_by_key(found.deliveries if found else ()),
            "notify_role_arn": found.deliveries[0].role_arn if found else "",
            "recoveries": _recoveries(group),
            "counts_failures": group.counts_failures,
            "notify_after": (group.notify.after if group.notify else None) or 0,
        }


class MonitoringReference(TypedDict):
    """The parts of a group's reference by which its calls report their work."""

    watched_calls: Sequence[str]
    reports_calls: bool
    outcome_log_arns: pulumi.Input[Mapping[str, str]]
    recipients: Sequence[RecipientReference]
    api_destination_arns: pulumi.Input[Mapping[str, str]]
    notify_role_arn: pulumi.Input[str]
    recoveries: bool
    counts_failures: bool
    notify_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringResources:
    """The resources that monitor a group. A resource that is switched off is None."""

    topic: sns.Topic | None
    """None for an existing topic, and without `notify`."""
    failed_log_group: cloudwatch.LogGroup | None
    succeeded_log_group: cloudwatch.LogGroup | None
    undelivered_events_queue: sqs.Queue | None
    rules: Mapping[str, cloudwatch.EventRule]
    """The rules on the ends of runs, and for recipients, by their names in Pulumi."""
    alarms: Mapping[str, cloudwatch.MetricAlarm]
    """The alarms of the group, by subject. The alarm of a task is one of the task's resources."""
    dashboard: cloudwatch.Dashboard | None
    notify_role: iam.Role | None
    """The role that sends messages to API destinations. None without recipients that have one."""


@dataclass(frozen=True, slots=True)
class _Topic:
    """The topic for failures and alarms."""

    arn: pulumi.Input[str]
    """Empty for none."""
    created: sns.Topic | None = None


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """Resources that record the ends of runs."""

    logs: Mapping[str, _OutcomeLog] = field(default_factory=dict[str, "_OutcomeLog"])
    """By outcome."""
    queue: sqs.Queue | None = None

    def log_group(self, outcome: str) -> cloudwatch.LogGroup | None:
        """The outcome log of an outcome."""
        log = self.logs.get(outcome)
        return log.log_group if log else None


@dataclass(frozen=True, slots=True)
class _OutcomeLog:
    """An outcome log that EventBridge may write to."""

    log_group: cloudwatch.LogGroup
    policy: cloudwatch.LogResourcePolicy
    arn: str


def create_monitoring(
    scope: Scope,
    group: Group,
    *,
    cluster_arn: pulumi.Output[str],
    definitions: Mapping[str, Sequence[str]],
    more_clusters: Sequence[str] = (),
) -> Monitoring:
    """The resources that monitor a group, without those that are switched off.

    Args:
        scope: The scope of the resources.
        group: The group.
        cluster_arn: The cluster that runs start on.
        more_clusters: ARNs of further clusters that runs start on.
        definitions: Prefixes of task definition ARNs, by the name of the container whose exit code decides the outcome.
    """
    topic = _create_topic(scope, group.notify) if group.notify else _Topic("")
    direct, supervised = _rules_on_runs(scope, group, cluster_arn, definitions, more_clusters)
    watched = _watched(scope, group)
    direct += _call_rules(scope, watched)
    has_outcomes = group.monitoring.outcomes and bool(group.runs_containers or group.supervised or direct)
    outcomes = _create_outcomes(scope, group, [*direct, *supervised], logs=has_outcomes)

    def create_rules(rules: Sequence[Rule]) -> dict[str, cloudwatch.EventRule]:
        if not has_outcomes:
            return {}
        created: dict[str, cloudwatch.EventRule] = {}
        for rule in rules:
            log = outcomes.logs[rule.outcome]
            if rule.logged or topic.arn:
                to_log = scope.after(log.log_group, log.policy)
                created[rule.name] = create_rule(scope, rule, log.arn, topic.arn, to_log=to_log)
        return created

    def create_later(rules: Sequence[Rule]) -> dict[str, cloudwatch.EventRule]:
        return {**create_rules(rules), **(recipients.create_supervised_rules() if recipients else {})}

    recipients = _create_recipients(scope, group, cluster_arn, definitions, more_clusters)
    now, later = ([*direct, *supervised], []) if group.supervised else (direct, supervised)
    queues = {"launches": scope.names.dead_letter_queue}
    if outcomes.queue:
        queues["events"] = scope.names.event_dead_letter_queue
    made = MonitoringResources(
        topic=topic.created,
        failed_log_group=outcomes.log_group(events.FAILED),
        succeeded_log_group=outcomes.log_group(events.SUCCEEDED),
        undelivered_events_queue=outcomes.queue,
        rules={**create_rules(now), **_recipient_rules(scope, group, recipients, watched)},
        alarms=_create_alarms(scope, queues, topic.arn, recoveries=_recoveries(group))
        if group.monitoring.alarms
        else {},
        dashboard=_create_dashboard(scope, group, queues) if group.monitoring.dashboard else None,
        notify_role=recipients.role if recipients else None,
    )
    if made.succeeded_log_group is None:
        return Monitoring("", topic.arn, "", made)
    succeeded = made.succeeded_log_group.name
    shared = _count_all_successes(scope, succeeded) if group.monitoring.success_metrics == "shared" else ""
    return Monitoring(
        succeeded,
        topic.arn,
        shared,
        made,
        list(watched),
        partial(create_later, later),
        {outcome: after(log.log_group.arn, log.policy.id) for outcome, log in outcomes.logs.items()},
        recipients,
    )


def _create_recipients(
    scope: Scope,
    group: Group,
    cluster_arn: pulumi.Output[str],
    definitions: Mapping[str, Sequence[str]],
    more_clusters: Sequence[str],
) -> Recipients | None:
    if not group.recipients:
        return None
    origin = Origin(
        names=scope.names,
        account=scope.account,
        cluster_arn=LONGEST_CLUSTER,
        definitions=definitions if group.runs_containers else {},
        more_clusters=more_clusters,
        may_supervise=group.may_supervise,
        counts_failures=group.counts_failures,
        parallel=group.parallel,
    )
    found = group.recipients
    return create_recipients(scope, found, origin, cluster_arn=cluster_arn, queue_arn=undelivered_queue_arn(scope))


def _recipient_rules(
    scope: Scope, group: Group, recipients: Recipients | None, watched: Mapping[str, Call]
) -> dict[str, cloudwatch.EventRule]:
    """The rules for recipients about everything that the group knows."""
    if recipients is None:
        return {}
    found = {**recipients.rules, **(recipients.create_supervised_rules() if group.supervised else {})}
    for task, call in watched.items():
        known = pulumi.Output.from_input(call)
        found |= create_call_notices(scope, recipients.deliveries, task, known, call, end=f"-{task}")
    return found


# Rules


def _rules_on_runs(
    scope: Scope,
    group: Group,
    cluster_arn: pulumi.Output[str],
    definitions: Mapping[str, Sequence[str]],
    more_clusters: Sequence[str],
) -> tuple[list[Rule], list[Rule]]:
    """The rules on direct runs, and on supervised runs."""
    direct, supervised = list[Rule](), list[Rule]()
    if group.runs_containers:
        message = partial(_failure_message, scope, group, cluster_arn, more_clusters)
        direct = _rules(scope, group, cluster_arn, definitions, message(supervised=False), more_clusters)
        supervised = (
            _supervised_rules(scope, message(supervised=True), parallel=group.parallel) if group.may_supervise else []
        )
        supervised += _counting_rules(scope) if group.counts_failures else []
    elif group.supervised:
        # Calls with a state machine, such as office hours.
        supervised = _supervised_rules(
            scope, pulumi.Output.from_input(_machine_message(scope)), parallel=group.parallel
        )
    return direct, supervised


def _failure_message(
    scope: Scope,
    group: Group,
    cluster_arn: pulumi.Output[str],
    more_clusters: Sequence[str],
    *,
    supervised: bool,
) -> pulumi.Output[Message]:
    return cluster_arn.apply(
        lambda arn: events.failure_message(
            prefix=scope.names.prefix,
            schedule_group=scope.names.schedule_group,
            partition=scope.account.partition,
            region=scope.account.region,
            cluster_name=None if more_clusters else Arn.parse(arn).name,
            log_group=scope.names.log_group,
            other_logs=events.other_logs(group.tasks or {}, scope.account.region),
            supervised=supervised,
        )
    )


def _machine_message(scope: Scope) -> Message:
    account = scope.account
    return events.machine_message(
        prefix=scope.names.prefix,
        schedule_group=scope.names.schedule_group,
        partition=account.partition,
        region=account.region,
    )


def _rules(
    scope: Scope,
    group: Group,
    cluster_arn: pulumi.Output[str],
    definitions: Mapping[str, Sequence[str]],
    message: pulumi.Output[Message],
    more_clusters: Sequence[str],
) -> list[Rule]:
    """The rules on direct runs."""

    def pattern(outcome: str, container: str, prefixes: Sequence[str]) -> pulumi.Output[str]:
        return cluster_arn.apply(
            lambda arn: events.pattern(
                outcome, arn, container, prefixes, supervised=group.may_supervise, more_clusters=more_clusters
            )
        )

    return [
        Rule(
            f"{scope.name}-{outcome}-runs" + (f"-{position + 1}" if position else ""),
            scope.names.rule(outcome, position),
            outcome,
            f"Runs of scheduled tasks of {scope.names.prefix} that {outcome}",
            pattern(outcome, container, prefixes),
            message if outcome == events.FAILED else None,
        )
        for outcome in OUTCOMES
        for position, (container, prefixes) in enumerate(events.rules(definitions, more_clusters))
    ]


def _watched(scope: Scope, group: Group) -> dict[str, Call]:
    """The calls whose work a service reports, by name. State machines of calls report their own
    outcomes."""
    calls = {
        name: call_of(cast("Data", call.args), scope.account, scope.names.family(name))
        for name, call in sorted(group.calls.items())
        if call.machine is None
    }
    return {name: call for name, call in calls.items() if call_events.watched(call) is not None}


def _call_rules(scope: Scope, calls: Mapping[str, Call]) -> list[Rule]:
    """The rules on the work of calls."""
    return [
        rule
        for task, call in calls.items()
        for rule in call_rules(scope, task, pulumi.Output.from_input(call), end=f"-{task}")
    ]


def _supervised_rules(scope: Scope, message: pulumi.Output[Message], *, parallel: bool) -> list[Rule]:
    """Rules on the outcomes that state machines report, and on executions that could not report one."""
    prefix = scope.names.prefix
    reported = [
        Rule(
            f"{scope.name}-{outcome}-supervised-runs",
            scope.names.supervised_rule(outcome),
            outcome,
            f"Supervised runs of scheduled tasks of {prefix} that {outcome}",
            events.supervised_pattern(outcome, prefix),
            message if outcome == events.FAILED else None,
        )
        for outcome in OUTCOMES
    ]
    state_machines = scope.account.arn("states", f"stateMachine:{scope.names.state_machine_prefix}")
    broken = Rule(
        f"{scope.name}-{events.BROKEN}-supervised-runs",
        scope.names.supervised_rule(events.BROKEN),
        events.FAILED,
        f"Supervised runs of scheduled tasks of {prefix} that ended without an outcome",
        events.broken_pattern([{"prefix": state_machines}], parallel=parallel),
        events.broken_message(prefix=prefix, partition=scope.account.partition, region=scope.account.region),
    )
    return [*reported, broken]


def _counting_rules(scope: Scope) -> list[Rule]:
    """Rules on failures that send no messages yet, and on the first success after failures that sent some."""
    account, prefix = scope.account, scope.names.prefix
    below = Rule(
        f"{scope.name}-{events.BELOW}-supervised-runs",
        scope.names.supervised_rule(events.BELOW),
        events.FAILED,
        f"Failures of supervised runs of {prefix} that send no messages yet",
        events.below_pattern(prefix),
        None,
    )
    recovered = Rule(
        f"{scope.name}-{events.RECOVERED}-supervised-runs",
        scope.names.supervised_rule(events.RECOVERED),
        events.SUCCEEDED,
        f"First successes of supervised runs of {prefix} after failures",
        events.recovered_pattern(prefix),
        events.recovered_message(
            prefix=prefix, schedule_group=scope.names.schedule_group, partition=account.partition, region=account.region
        ),
        logged=False,
    )
    return [below, recovered]


def _rule_arns(scope: Scope, rules: Sequence[Rule]) -> list[str]:
    names = dict.fromkeys(rule.granted or rule.physical_name for rule in rules)
    return [scope.account.arn("events", f"rule/{name}") for name in names]


def _arns_of_unknown_calls(scope: Scope, group: Group, outcomes: Sequence[str]) -> list[str]:
    """The rules of calls that the group doesn't know when it is created, as patterns. Such calls make their own."""
    patterns = map(scope.names.call_rules, outcomes) if group.tasks is None else ()
    return [scope.account.arn("events", f"rule/{pattern}") for pattern in patterns]


# The topic


def _create_topic(scope: Scope, notify: Notify) -> _Topic:
    """The topic, new or existing, and its subscriptions."""
    topic = _Topic(notify.topic_arn) if notify.topic_arn else _create_own_topic(scope, notify)
    for position, email in enumerate(notify.emails):
        name = f"{scope.name}-failures-email"
        # The address is part of the name. With its position instead, removing an address would delete the subscription
        # of the next one.
        moved = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=f"{name}-{position + 1}")])
        sns.TopicSubscription(
            f"{name}-{email}", topic=topic.arn, protocol="email", endpoint=email, opts=scope.opts.merge(moved)
        )
    return topic


def _create_own_topic(scope: Scope, notify: Notify) -> _Topic:
    topic = sns.Topic(
        f"{scope.name}-failures",
        name=scope.names.topic,
        # The services that publish here cannot use the AWS managed key of SNS.
        kms_master_key_id=notify.kms_key,
        tags=scope.tags,
        opts=scope.opts,
    )
    policy = sns.TopicPolicy(
        f"{scope.name}-failures-policy",
        arn=topic.arn,
        policy=events.topic_policy(
            topic_arn=scope.account.arn("sns", scope.names.topic),
            account_id=scope.account.account_id,
            alarm_prefix_arn=scope.account.arn("cloudwatch", f"alarm:{scope.names.alarm_prefix}"),
        ),
        opts=scope.opts,
    )
    return _Topic(after(topic.arn, policy.id), topic)


# Outcome logs


def _create_outcomes(scope: Scope, group: Group, rules: Sequence[Rule], *, logs: bool) -> _Outcomes:
    """The outcome logs, and the queue for events that don't arrive there. They accept the events of the rules.

    A stack of calls has no outcome logs, but recipients of its alarms need the queue.
    """
    if not logs and not group.recipients:
        return _Outcomes()
    queue = _create_undelivered_queue(scope, group, rules)
    created = {
        outcome: _create_outcome_log(
            scope,
            group,
            outcome,
            [
                *_rule_arns(scope, [rule for rule in rules if rule.outcome == outcome and rule.logged]),
                *_arns_of_unknown_calls(scope, group, [outcome]),
            ],
        )
        for outcome in (OUTCOMES if logs else ())
    }
    return _Outcomes(created, queue)


def _create_undelivered_queue(scope: Scope, group: Group, rules: Sequence[Rule]) -> sqs.Queue:
    """The queue for events that EventBridge could not deliver."""
    arns = [*_rule_arns(scope, rules), *_arns_of_unknown_calls(scope, group, OUTCOMES)]
    if group.recipients:
        arns.append(scope.account.arn("events", f"rule/{scope.names.notify_prefix}*"))
    return create_queue(
        scope,
        "undelivered-events",
        scope.names.event_dead_letter_queue,
        kms_key=group.encryption.undelivered_events,
        policy=events.queue_policy(queue_arn=undelivered_queue_arn(scope), rule_arns=arns),
    )


def _create_outcome_log(scope: Scope, group: Group, outcome: str, rule_arns: Sequence[str]) -> _OutcomeLog:
    name = scope.names.outcome_log_group(outcome)
    arn = scope.account.arn("logs", f"log-group:{name}")
    log_group = create_log_group(scope, outcome, name, retention_days=group.retention_days, kms_key=group.logs.kms_key)
    policy = cloudwatch.LogResourcePolicy(
        f"{scope.name}-{outcome}-policy",
        # Needs pulumi-aws 7.23 or newer.
        resource_arn=arn,
        policy_document=events.log_policy(log_group_arn=arn, rule_arns=rule_arns),
        opts=scope.opts_after(log_group),
    )
    return _OutcomeLog(log_group, policy, arn)


# Alarms and the dashboard


def _create_alarms(
    scope: Scope, queues: dict[str, str], topic_arn: pulumi.Input[str], *, recoveries: bool
) -> dict[str, cloudwatch.MetricAlarm]:
    found = alarms.group_alarms(schedule_group=scope.names.schedule_group, queues=queues)
    return {
        what: cloudwatch.MetricAlarm(
            f"{scope.name}-alarm-{what}",
            name=scope.names.alarm(what),
            **_actions(topic_arn, recoveries=recoveries),
            actions_enabled=True,
            tags=scope.tags,
            opts=scope.opts,
            **settings,
        )
        for what, settings in found.items()
    }


def _recoveries(group: Group) -> bool:
    return group.notify is not None and group.notify.recoveries


class _Actions(TypedDict):
    """The actions of an alarm, with the keys of `pulumi_aws.cloudwatch.MetricAlarm`."""

    alarm_actions: list[pulumi.Input[str]]
    ok_actions: NotRequired[list[pulumi.Input[str]]]


def _actions(topic_arn: pulumi.Input[str], *, recoveries: bool) -> _Actions:
    """The messages of an alarm to the topic: when it starts, and with `recoveries` also when it ends."""
    topic = [topic_arn] if topic_arn else []
    return {"alarm_actions": topic, "ok_actions": topic} if recoveries else {"alarm_actions": topic}


def _create_dashboard(scope: Scope, group: Group, queues: Mapping[str, str]) -> cloudwatch.Dashboard:
    logs = {outcome: scope.names.outcome_log_group(outcome) for outcome in OUTCOMES if "events" in queues}
    return cloudwatch.Dashboard(
        f"{scope.name}-dashboard",
        dashboard_name=scope.names.cluster,
        dashboard_body=dashboard.body(
            region=scope.account.region,
            prefix=scope.names.prefix,
            schedule_group=scope.names.schedule_group,
            logs=logs,
            queues=queues,
            state_machines=scope.names.state_machine_prefix if group.may_supervise else "",
        ),
        opts=scope.opts,
    )


def _count_all_successes(scope: Scope, log_group: pulumi.Input[str]) -> str:
    """One metric filter for all tasks. Returns the name of its metric, which has the task as its dimension."""
    metric = shared_success_metric_name(scope.names.prefix)
    cloudwatch.LogMetricFilter(
        f"{scope.name}-successes",
        name=f"{scope.name}-successes",
        log_group_name=log_group,
        pattern=alarms.SHARED_SUCCESS_FILTER,
        metric_transformation={
            "namespace": alarms.METRIC_NAMESPACE,
            "name": metric,
            "value": "1",
            "dimensions": alarms.DIMENSIONS_OF_EVENTS,
        },
        opts=scope.opts,
    )
    return metric


def create_duration_alarm(
    scope: Scope, seconds: int, group: GroupReference, state_machine_arn: pulumi.Input[str]
) -> cloudwatch.MetricAlarm:
    """The alarm for runs of a supervised task that take too long."""
    return cloudwatch.MetricAlarm(
        f"{scope.name}-duration-alarm",
        name=scope.names.duration_alarm(scope.name),
        **_actions(group["topic_arn"], recoveries=group.get("recoveries", False)),
        actions_enabled=True,
        tags=scope.tags,
        opts=scope.opts,
        **alarms.duration_alarm(task=scope.name, seconds=seconds, state_machine_arn=state_machine_arn),
    )


def create_success_alarm(
    scope: Scope, seconds: int, group: GroupReference, state_machine_arn: pulumi.Input[str] | None
) -> cloudwatch.MetricAlarm:
    """The alarm for a task without a recent success, and the metric of its successes.

    For a supervised task, Step Functions has that metric already. The group can have one for all other tasks.
    """
    task, names = scope.name, scope.names
    if state_machine_arn is not None:
        metric = alarms.execution_metric(state_machine_arn)
    elif shared := group["shared_success_metric"]:
        metric = alarms.shared_success_metric(shared, task)
    else:
        metric = _count_successes(scope, group, alarms.success_filter(task))
    return _create_alarm(
        scope, group, alarms.success_alarm(prefix=names.prefix, task=task, seconds=seconds, metric=metric)
    )


def create_call_alarm(
    scope: Scope, seconds: int, group: GroupReference, call: pulumi.Output[Call], machine_arn: pulumi.Input[str] | None
) -> cloudwatch.MetricAlarm:
    """The alarm for a call whose work has not succeeded recently, and the metric of the successes.

    For a call with a state machine of its own, Step Functions has that metric already.
    """
    if machine_arn is not None:
        metric = alarms.execution_metric(machine_arn)
    else:
        metric = _count_successes(scope, group, call.apply(call_events.success_filter))
    return _create_alarm(scope, group, alarms.call_alarm(task=scope.name, seconds=seconds, metric=metric))


def _count_successes(scope: Scope, group: GroupReference, pattern: pulumi.Input[str]) -> alarms.SuccessMetric:
    metric = alarms.success_metric(scope.names.prefix, scope.name)
    cloudwatch.LogMetricFilter(
        f"{scope.name}-succeeded",
        name=scope.name,
        log_group_name=group["succeeded_log_group"],
        pattern=pattern,
        metric_transformation={"namespace": metric.namespace, "name": metric.name, "value": "1"},
        opts=scope.opts,
    )
    return metric


def _create_alarm(scope: Scope, group: GroupReference, settings: alarms.Alarm) -> cloudwatch.MetricAlarm:
    task, names = scope.name, scope.names
    return cloudwatch.MetricAlarm(
        f"{task}-alarm",
        name=names.task_alarm(task),
        **_actions(group["topic_arn"], recoveries=group.get("recoveries", False)),
        actions_enabled=True,
        tags=scope.tags,
        opts=scope.opts,
        **settings,
    )
