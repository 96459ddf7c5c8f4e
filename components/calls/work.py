"""Calls that start work in AWS Batch, AWS Glue, AWS CodeBuild and AWS CodePipeline. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ..aws.account import Account
from ..json_values import Json
from ..resolved import BatchJob, CodeBuild, GlueJob, Submit
from .model import Call
from .operations import Shape
from .resources import named, simple_call
from .tokens import token


def submit(what: Submit, account: Account, unique: str) -> Call:
    """Start a job, a build or a pipeline.

    Args:
        what: The work.
        account: The account and Region.
        unique: A text that no other call in the account and Region has. CodeBuild ignores duplicates by it.
    """
    if what.batch is not None:
        return _batch(what.batch, account)
    if what.glue is not None:
        return _glue(what.glue, account)
    if what.build is not None:
        return _build(what.build, account, unique)
    arn = named(account, "codepipeline", "", what.pipeline)
    return simple_call("codepipeline:startPipelineExecution", {"Name": arn.resource}, [arn], outcome="codepipeline")


def _batch(what: BatchJob, account: Account) -> Call:
    """AWS: AWS Batch user guide, "Example: Restrict job submission by job definition and job queue". The ARN of a
    definition without a revision is compared with the revision that runs."""
    queue = named(account, "batch", "job-queue/", what.queue)
    definition = named(account, "batch", "job-definition/", what.definition)
    without_revision = [] if definition.revision is not None else [definition.sibling(f"{definition.resource}:*")]
    parameters: dict[str, Json] = {
        "JobName": what.name,
        "JobQueue": str(what.queue),
        "JobDefinition": str(what.definition),
        **({"Parameters": cast("Json", dict(what.parameters))} if what.parameters else {}),
        **({"ContainerOverrides": {"Command": cast("Json", list(what.command))}} if what.command is not None else {}),
    }
    return simple_call("batch:submitJob", parameters, [queue, definition, *without_revision], outcome="batch")


def _glue(what: GlueJob, account: Account) -> Call:
    parameters: dict[str, Json] = {"JobName": str(what.job)}
    if what.arguments:
        parameters["Arguments"] = cast("Json", dict(what.arguments))
    arn = named(account, "glue", "job/", what.job)
    return simple_call("glue:startJobRun", parameters, [arn], outcome="glue")


def _build(what: CodeBuild, account: Account, unique: str) -> Call:
    """The token is valid for 5 minutes. AWS: AWS CodeBuild API reference, StartBuild, idempotencyToken."""
    parameters: dict[str, Json] = {"ProjectName": str(what.project)}
    if what.source_version is not None:
        parameters["SourceVersion"] = what.source_version
    if what.environment:
        variables = [{"Name": name, "Value": value, "Type": "PLAINTEXT"} for name, value in what.environment.items()]
        parameters["EnvironmentVariablesOverride"] = cast("Json", variables)
    if made := token(unique, Shape("string")):
        parameters["IdempotencyToken"] = made
    arn = named(account, "codebuild", "project/", what.project)
    return replace(simple_call("codebuild:startBuild", parameters, [arn], outcome="codebuild"), token=True)
