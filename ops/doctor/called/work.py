"""Called functions, state machines, jobs, builds, pipelines, replication tasks and runbooks.

AWS: Lambda developer guide, "Lambda function states"; AWS Batch API reference, JobQueueDetail, JobDefinition; AWS DMS
API reference, ReplicationTask; Systems Manager API reference, DocumentDescription.
"""

from collections.abc import Iterator

from components.aws.arn import Arn

from ...aws.called_clients import CalledClients
from .resources import Called
from .state import MISSING, State, doubtful, exists, in_order, refused

_OTHER = "Name another one, or remove the task."


def function_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a Lambda function, with its version or alias, can be invoked."""
    # AWS: Lambda API reference, GetFunctionConfiguration, FunctionName: a name with a version or alias, or an ARN.
    found = clients("lambda").get_function_configuration(FunctionName=called.name)
    state, why = str(found.get("State", "Active")), str(found.get("StateReason", ""))
    if state in ("Failed", "Deleting", "ActiveNonInvocable", "Deactivated", "Deactivating"):
        yield refused(f"is in the state {state}. {why}".rstrip(), "Deploy the function again.")
    elif found.get("LastUpdateStatus") == "Failed":
        yield doubtful("failed to update, so the previous code runs.", "Deploy the function again.")
    else:
        yield in_order(state.lower())


def state_machine_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a state machine, with its version or alias, can be started."""
    found = clients("stepfunctions").describe_state_machine(stateMachineArn=called.name)
    if found["status"] == "ACTIVE":
        yield in_order("active")
    else:
        yield refused(f"is {found['status']}.", _OTHER)


def job_queue_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a job queue of AWS Batch accepts jobs and runs them."""
    found = next(iter(clients("batch").describe_job_queues(jobQueues=[called.name])["jobQueues"]), None)
    if found is None:
        yield MISSING
    elif found["state"] != "ENABLED":
        yield refused("is disabled, and accepts no jobs.", "Enable it, or pause the task.")
    elif found["status"] == "INVALID":
        yield refused(f"is invalid: {found.get('statusReason', '')}".rstrip(": "), "Repair it, or pause the task.")
    else:
        yield in_order("enabled")


def job_definition_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a job definition of AWS Batch has an active revision."""
    arn = Arn.parse_if_arn(called.name)
    name, _, revision = (arn.resource_id if arn else called.name).partition(":")
    batch = clients("batch")
    if revision:
        answer = batch.describe_job_definitions(jobDefinitions=[f"{name}:{revision}"])
    else:
        # Without a revision, AWS Batch takes the latest active one. AWS: AWS Batch API reference, SubmitJob.
        answer = batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")
    found = answer["jobDefinitions"]
    if not found:
        yield MISSING
    elif not any(each["status"] == "ACTIVE" for each in found):
        yield refused("isn't active, so no job can use it.", "Register a new revision, and name that one.")
    else:
        yield in_order("active")


def glue_job_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a job of AWS Glue exists."""
    clients("glue").get_job(JobName=called.name)
    yield exists()


def build_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a project of AWS CodeBuild exists."""
    yield exists() if clients("codebuild").batch_get_projects(names=[called.name])["projects"] else MISSING


def pipeline_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a pipeline of AWS CodePipeline exists."""
    clients("codepipeline").get_pipeline(name=called.name)
    yield exists()


def replication_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a replication task of AWS DMS can be started."""
    by_arn = {"Name": "replication-task-arn", "Values": [called.name]}
    answer = clients("dms").describe_replication_tasks(Filters=[by_arn], WithoutSettings=True)
    found = next(iter(answer["ReplicationTasks"]), None)
    if found is None:
        yield MISSING
    elif found["Status"] in ("deleting", "failed-move"):
        yield refused(f"is in the state {found['Status']}.", _OTHER)
    elif found["Status"] == "failed":
        yield doubtful("failed when it ran last.", "Correct the cause that AWS DMS shows for the task.")
    else:
        yield in_order(str(found["Status"]))


def runbook_states(clients: CalledClients, called: Called) -> Iterator[State]:
    """Say if a runbook of AWS Systems Manager Automation can be started."""
    found = clients("ssm").describe_document(Name=called.name)["Document"]
    if found.get("DocumentType", "Automation") != "Automation":
        yield refused(f"is a document of the type {found['DocumentType']}, not a runbook (Automation).", _OTHER)
    elif found.get("Status", "Active") not in ("Active", "Updating"):
        yield refused(f"is in the state {found['Status']}.", _OTHER)
    else:
        yield in_order("active")
