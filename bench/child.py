"""`python -m bench.child`: one measurement in its own process, so that earlier ones affect neither time nor memory."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from .figures import peak_megabytes
from .workload import ROOT

Result = dict[str, Any]


def in_child(what: str, *args: object) -> Result:
    """Run a function of this module in a new process, and return its result.

    Args:
        what: The name of the function.
        args: Its arguments.

    Raises:
        RuntimeError: The process failed.
    """
    # The user's AWS settings must not affect the result.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.child", what, *map(str, args)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Pulumi's event loops print warnings when they are collected, so stderr is shown for failures only.
    if done.returncode:
        raise RuntimeError(f"{what} failed:\n{done.stderr}")
    return cast("Result", json.loads(done.stdout.splitlines()[-1]))


def program(warm_up: str, project: str, collector: str) -> Result:
    """Run a project's program on mocks, after another program has loaded all modules.

    With `collector` set to off, Python's garbage collector is disabled first.
    """
    from . import mocked

    mocked.run(Path(warm_up))
    gc.enable()
    gc.collect()
    if collector == "off":
        gc.disable()
    counted = mocked.run(Path(project))
    return {
        "seconds": counted.seconds,
        "aws": sum(kind.startswith("aws:") for kind in counted.resources),
        "invokes": counted.invokes,
        "megabytes": peak_megabytes(),
    }


def record(project: str, folder: str) -> Result:
    """Write bare programs with the same resources into subfolders of `folder`."""
    from . import mocked, recording

    with recording.recording() as resources:
        mocked.run(Path(project))
    recording.write_bare_projects(Path(folder), Path(project), resources, engine=False)
    return {"resources": sum(bool(found.module) for found in resources)}


def imports(which: str, collector: str) -> Result:
    """Time the program's code before main(), or the import of Pulumi and its AWS package.

    Both include loading the classes that a plain stack uses.
    """
    if collector == "off":
        gc.disable()
    before_main = (ROOT / "__main__.py").read_text(encoding="utf-8").partition("\ndef ")[0]
    code = compile(before_main, str(ROOT / "__main__.py"), "exec")
    begin = perf_counter()
    if which == "ours":
        exec(code, {"__name__": "__main__", "__file__": str(ROOT / "__main__.py")})  # noqa: S102 - this project's program
    import pulumi
    import pulumi_aws as aws

    assert pulumi
    touched: list[Any] = [
        aws.cloudwatch.Dashboard, aws.cloudwatch.EventRule, aws.cloudwatch.EventTarget, aws.cloudwatch.LogGroup,
        aws.cloudwatch.LogResourcePolicy, aws.cloudwatch.MetricAlarm, aws.ec2.SecurityGroup, aws.ecs.TaskDefinition,
        aws.iam.Role, aws.iam.RolePolicy, aws.scheduler.Schedule, aws.scheduler.ScheduleGroup, aws.sns.Topic,
        aws.sns.TopicPolicy, aws.sns.TopicSubscription, aws.sqs.Queue,
    ]  # fmt: skip
    return {"seconds": perf_counter() - begin, "classes": len(touched)}


def configuration(project: str) -> Result:
    """Time loading and checking a stack's configuration, and calculating the next runs of its tasks."""
    from datetime import UTC, datetime

    from config import ended, warnings
    from ops.planning.plans import plans
    from ops.project import project_at

    from .workload import STACK

    now = datetime.now(UTC)
    begin = perf_counter()
    config = project_at(Path(project)).load(STACK)
    loaded = perf_counter()
    _ = [*warnings(config, now), *ended(config, now)]
    warned = perf_counter()
    _ = [plan.as_data(now, 5) for plan in plans(STACK, config)]
    return {"load": loaded - begin, "check": warned - begin, "next": perf_counter() - warned}


def schema(project: str) -> Result:
    """Time validating a project's task files against config/schema.json, like an editor does."""
    import jsonschema

    from config import yaml_files

    content: dict[str, Any] = json.loads((ROOT / "config" / "schema.json").read_text(encoding="utf-8"))
    files = [yaml_files.read(path) for path in sorted((Path(project) / "config" / "tasks").glob("*.yaml"))]
    validator: Any = jsonschema.Draft202012Validator({**content, "anyOf": [{"$ref": "#/$defs/taskFile"}]})
    begin = perf_counter()
    problems = [error for file in files for error in validator.iter_errors(file)]
    return {"seconds": perf_counter() - begin, "problems": len(problems)}


def engine(folder: str, count: str) -> Result:
    """Time our program on the engine, and write bare programs with the same resources."""
    from . import deployments

    return deployments.ours(Path(folder), int(count))


def bare_engine(folder: str, name: str) -> Result:
    """Time a bare program that `engine` wrote, on the engine."""
    from . import deployments

    return deployments.bare(Path(folder), name)


_MEASUREMENTS: dict[str, Callable[..., Result]] = {
    function.__name__: function for function in (program, record, imports, configuration, schema, engine, bare_engine)
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(_MEASUREMENTS[sys.argv[1]](*sys.argv[2:])) + "\n")
    sys.stdout.flush()
    # Skip the garbage collection at exit, which takes time.
    os._exit(0)
