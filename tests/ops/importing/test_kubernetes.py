"""`import kubernetes`: what it writes, what it asks, and what it refuses."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.importing.formats import kubernetes
from ops.importing.model import Answers, Draft, Reading, Source
from ops.importing.quantities import fargate_size, quantity
from tests.ops.conftest import Ops
from tests.referees import examples

ANSWERS = Answers(timezone="UTC", container="work", secrets={"TOKEN": "/prod/token"})
TEXT = """# Reports of the shop
apiVersion: batch/v1
kind: CronJob
metadata:
  name: daily-report
  namespace: shop
  labels: { app: shop }
spec:
  schedule: "30 4 * * 1-5"
  timeZone: Europe/Berlin
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 600
  successfulJobsHistoryLimit: 1
  jobTemplate:
    spec:
      backoffLimit: 2
      activeDeadlineSeconds: 1800
      template:
        spec:
          restartPolicy: Never
          securityContext: { runAsUser: 1000, runAsGroup: 2000, runAsNonRoot: true }
          terminationGracePeriodSeconds: 60
          initContainers:
            - name: fetch
              image: fetch:1
              args: [--all]
              volumeMounts: [{ name: scratch, mountPath: /out }]
          containers:
            - name: report
              image: report:3
              command: [/bin/report]
              args: [--format, pdf, "--to=$(BUCKET)"]
              env:
                - { name: BUCKET, value: reports }
                - { name: TOKEN, valueFrom: { secretKeyRef: { name: shop, key: token } } }
              resources: { limits: { cpu: 700m, memory: 1536Mi } }
              volumeMounts: [{ name: scratch, mountPath: /in/ }]
          volumes: [{ name: scratch, emptyDir: {} }]
"""


def read(text: str, answers: Answers = ANSWERS) -> Reading:
    return kubernetes.read([Source("job.yaml", text)], answers)


def changed(path: str, value: object) -> Draft:
    """The draft of a CronJob in which a path of keys has another value. None removes the key."""
    document = copy.deepcopy(DOCUMENT)
    *parents, last = path.split(".")
    found = document
    for part in parents:
        found = found[int(part)] if part.isdigit() else found.setdefault(part, {})
    if value is None:
        del found[last]
    else:
        found[last] = value
    (draft,) = read(json.dumps(document, indent=1)).drafts
    return draft


DOCUMENT = yaml.safe_load(TEXT)
JOB = "spec.jobTemplate.spec"
POD = f"{JOB}.template.spec"
MAIN = f"{POD}.containers.0"


def test_a_cron_job_becomes_a_file(project: Path, ops: Ops):
    (project / "job.yaml").write_text(TEXT)
    result = ops("import", "kubernetes", "job.yaml", "--secret", "TOKEN=/prod/token")
    assert result.exit_code == 0, result.output
    written = yaml.safe_load((project / "config/tasks/daily-report.yaml").read_text())
    assert written == {
        "schedule": "cron(30 4 ? * MON-FRI *)",
        "timezone": "Europe/Berlin",
        "overlap": "forbid",
        "retry": {"maxAge": "10m"},
        "retryRun": {"attempts": 2},
        "timeout": "30m",
        "stopTimeout": "1m",
        "image": "report:3",
        "environment": {"BUCKET": "reports"},
        "secrets": {"TOKEN": "/prod/token"},
        "entryPoint": ["/bin/report"],
        "command": ["--format", "pdf", "--to=reports"],
        "user": "1000:2000",
        "cpu": 1024,
        "memory": 2048,
        "dependsOn": {"fetch": "SUCCESS"},
        "sidecars": {
            "fetch": {
                "image": "fetch:1", "command": ["--all"], "user": "1000:2000", "mounts": {"scratch": "/out"},
                "essential": False,
            }
        },
        "readOnlyRoot": False,
        "volumes": {"scratch": {"path": "/in"}},
    }  # fmt: skip
    assert re.search(
        r"Wrote config/tasks/daily-report.yaml: the same 26\d runs in 366 days as the source.", result.stdout
    )


KEYS: dict[str, tuple[str, object, dict[str, object]]] = {
    "replace": ("spec.concurrencyPolicy", "Replace", {"overlap": "replace"}),
    "suspended": ("spec.suspend", True, {"enabled": False}),
    "default retries": (f"{JOB}.backoffLimit", None, {"retryRun": {"attempts": 6}}),
    "many retries": (f"{JOB}.backoffLimit", 50, {"retryRun": {"attempts": 10}}),
    "short deadline": (f"{JOB}.activeDeadlineSeconds", 10, {"timeout": "1m"}),
    "long grace": (f"{POD}.terminationGracePeriodSeconds", 600, {"stopTimeout": "2m"}),
    "architecture": (f"{POD}.nodeSelector", {"kubernetes.io/arch": "arm64"}, {"architecture": "arm64"}),
    "read-only": (f"{MAIN}.securityContext", {"readOnlyRootFilesystem": True}, {"readOnlyRoot": True}),
    "interval": ("spec.schedule", "@every 1h30m", {"schedule": "rate(90 minutes)"}),
    "zone in the schedule": ("spec.schedule", "CRON_TZ=Asia/Tokyo 0 3 * * *", {"timezone": "Asia/Tokyo"}),
    "exit codes": (
        f"{JOB}.podFailurePolicy",
        {"rules": [{"action": "FailJob", "onExitCodes": {"operator": "NotIn", "values": [75, 111]}}]},
        {"retryRun": {"attempts": 2, "exitCodes": [75, 111]}},
    ),
    "dropped capabilities": (
        f"{MAIN}.securityContext",
        {"capabilities": {"drop": ["ALL"]}},
        {"linux": {"capabilities": {"drop": ["ALL"]}}},
    ),
    "limited volume": (
        f"{POD}.volumes",
        [{"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}}],
        {"volumes": {"scratch": {"path": "/in"}}},
    ),
    "literal reference": (f"{MAIN}.args", ["$$(BUCKET)"], {"command": ["$(BUCKET)"]}),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys(name: str):
    path, value, expected = KEYS[name]
    found = changed(path, value)
    assert not found.blocked
    assert found.keys | expected == found.keys


BLOCKED: dict[str, tuple[str, object, str]] = {
    "no zone": ("spec.timeZone", None, "Pass --timezone."),
    "unknown zone": ("spec.timeZone", "Berlin", "Berlin isn't an IANA zone."),
    "weekday 7": ("spec.schedule", "0 0 * * 7", "use 0 to 6"),
    "seconds": ("spec.schedule", "@every 30s", "shortest unit is a minute"),
    "an object": ("spec.schedule", {"at": 3}, "doesn't have five fields"),
    "unknown variable": (f"{MAIN}.args", ["$(POD_NAME)"], "Only a shell can fill in POD_NAME"),
    "no image": (f"{MAIN}.image", None, "Pass --image."),
    "too large": (f"{MAIN}.resources", {"limits": {"cpu": "64"}}, "Fargate has no size"),
    "several": (
        f"{POD}.containers",
        [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}],
        "--container: a or b",
    ),
    "none": (f"{POD}.containers", [], "The pod has no container."),
}


@pytest.mark.parametrize("name", BLOCKED)
def test_a_draft_that_cannot_be_written_says_why(name: str):
    path, value, note = BLOCKED[name]
    answers = Answers() if name == "no zone" else ANSWERS
    found = (
        changed(path, value)
        if answers is ANSWERS
        else read(TEXT.replace("  timeZone: Europe/Berlin\n", ""), answers).drafts[0]
    )
    assert found.blocked
    assert note in " ".join(each.note for each in found.decisions if each.blocks)


LOST: dict[str, tuple[str, object]] = {
    "affinity": (f"{POD}.affinity", {"nodeAffinity": {}}),
    "serviceAccountName": (f"{POD}.serviceAccountName", "shop"),
    "envFrom": (f"{MAIN}.envFrom", [{"configMapRef": {"name": "x"}}]),
    "valueFrom": (f"{MAIN}.env", [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "x", "key": "a"}}}]),
    "persistentVolumeClaim": (f"{POD}.volumes", [{"name": "data", "persistentVolumeClaim": {"claimName": "x"}}]),
    "completions": (f"{JOB}.completions", 3),
    "livenessProbe": (f"{MAIN}.livenessProbe", {"exec": {"command": ["x"]}}),
    "capabilities": (f"{MAIN}.securityContext", {"capabilities": {"add": ["NET_ADMIN"]}}),
    "memory volume": (f"{POD}.volumes", [{"name": "scratch", "emptyDir": {"medium": "Memory"}}]),
}


@pytest.mark.parametrize("name", LOST)
def test_a_key_without_a_counterpart_is_reported(name: str):
    found = [each for each in changed(*LOST[name]).decisions if each.outcome == "not possible"]
    assert found
    assert all(each.line > 0 for each in found)


def test_a_step_in_the_days_matches_either_field():
    """Unlike Vixie cron, robfig/cron doesn't count `*/10` as a star."""
    found = changed("spec.schedule", "0 0 */10 * 1").keys["schedules"]
    assert found == [
        {"name": "by-day", "expression": "cron(0 0 1/10 * ? *)"},
        {"name": "by-weekday", "expression": "cron(0 0 ? * MON *)"},
    ]


def test_several_containers_and_documents():
    extra = "            - { name: work, image: work:1 }\n"
    text = (
        TEXT.replace("          volumes:", f"{extra}          volumes:") + "---\nkind: ConfigMap\ndata: { a: b }\n---\n"
    )
    found = read(text)
    assert list(found.drafts[0].keys["sidecars"]) == ["fetch", "report"]  # type: ignore[call-overload]
    assert found.drafts[0].keys["image"] == "work:1"
    assert [each.note for each in found.decisions] == ["Only CronJobs are imported."]
    assert found.uncounted == 0


def test_the_keys_of_a_list_are_decided_too():
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(TEXT)], "metadata": {"a": "b"}})
    assert [each.key for each in read(text).decisions] == ["apiVersion", "kind", "metadata"]
    assert read(text).uncounted == 0


def test_a_list_has_its_items():
    items = [yaml.safe_load(TEXT), yaml.safe_load(TEXT)]
    found = read(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    assert [draft.name for draft in found.drafts] == ["daily-report", "daily-report-2"]


BAD = {
    "chart.yaml": ("kind: CronJob\nspec:\n  schedule: {{ .Values.x }}\n", "chart.yaml:3: This is a template. Render it first"),
    "chart2.yaml": ("{{- if .Values.on }}\nkind: CronJob\n{{- end }}\n", "chart2.yaml:1: This is a template."),
    "x.jsonnet": ("local k = import 'k.libsonnet';\n{ kind: 'CronJob' }\n", "x.jsonnet:2: The file is not YAML"),
    "other.yaml": ("kind: Deployment\n", "other.yaml:1: There is no CronJob in this file."),
    "crontab": ("0 3 * * * report\n", "crontab:1: There is no CronJob in this file."),
    "empty.yaml": ("", "empty.yaml: There is no CronJob in this file."),
    "twice.yaml": ("kind: CronJob\nkind: CronJob\n", "twice.yaml:2: A key occurs twice"),
    "cycle.yaml": ("kind: CronJob\nspec: &a\n  b: *a\n", "cycle.yaml:3: The aliases repeat too much"),
    "large.yaml": ("a: 1\n" * 2_500_000, "large.yaml: The file has more than 4 MiB."),
    "bomb.yaml": ("a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)), "bomb.yaml:"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_one_message_with_its_place(project: Path, ops: Ops, name: str):
    content, message = BAD[name]
    (project / name).write_text(content)
    result = ops("import", "kubernetes", name, "--timezone", "UTC")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert len(result.stderr.splitlines()) == 1


def test_a_folder_and_usage(project: Path, ops: Ops):
    (project / "k8s").mkdir()
    assert "The folder has no *.yaml or *.yml" in ops("import", "kubernetes", "k8s").stderr
    (project / "k8s" / "job.yml").write_text(TEXT)
    assert ops("import", "kubernetes", "k8s", "--dry-run", "--secret", "TOKEN=/prod/token").exit_code == 0
    assert "Write VARIABLE=VALUE" in " ".join(ops("import", "kubernetes", "k8s", "--secret", "TOKEN").stderr.split())


def test_sizes():
    cpus, memory = quantity("1500m"), quantity("3Gi")
    assert cpus is not None
    assert memory is not None
    assert fargate_size(cpus, memory) == (2048, 4096)
    assert [str(quantity(text)) for text in ("1k", "0.5", "1Ki", "x", "1e3")] == ["1000", "0.5", "1024", "None", "None"]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all leaves of a document, counted here without the reader."""
    if isinstance(value, dict) and value:
        return [found for key, item in value.items() for found in _paths(item, (*path, key))]
    if isinstance(value, list) and value:
        return [found for at, item in enumerate(value) for found in _paths(item, (*path, at))]
    return [path]


def _objects(value: Any) -> list[dict[str, Any]]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [*([value] if isinstance(value, dict) else []), *(found for child in children for found in _objects(child))]


@settings(max_examples=examples(40))
@given(st.data())
def test_no_key_is_lost(data: st.DataObject):
    """Random keys anywhere in a CronJob: each leaf is counted once, and each unknown key is reported."""
    document = copy.deepcopy(DOCUMENT)
    names = data.draw(st.lists(st.from_regex(r"zz[a-z]{3}", fullmatch=True), min_size=1, max_size=4, unique=True))
    free = {"labels", "emptyDir", "limits"}
    for name in names:
        objects = [
            each for each in _objects(document) if not (free & set(each) and "app" in each) and each != {"app": "shop"}
        ]
        data.draw(st.sampled_from(objects))[name] = data.draw(st.sampled_from([1, "x", {"a": {"b": 1}}, [1, 2], {}]))
    found = read(json.dumps(document, indent=1))
    assert found.keys == len(_paths(document))
    assert found.uncounted == 0
    lost = [each.key for each in found.every if each.outcome in ("not possible", "undecided")]
    for path in _paths(document):
        if unknown := next((part for part in path if part in names), None):
            below = path[: path.index(unknown)]
            assert any(unknown in key or _covers(key, below) for key in lost)


def _covers(key: str, path: tuple[Any, ...]) -> bool:
    """Whether a reported key is the value of a path, or contains it."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return text.startswith(key)
