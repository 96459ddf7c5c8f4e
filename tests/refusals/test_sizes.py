"""Sizes that AWS offers, from its documentation and not from the product."""

import pytest

from .refused import Case, assert_one, in_stack, in_task

GIB = 1024
OFFERED = {
    256: [512, 1 * GIB, 2 * GIB],
    512: [1 * GIB, 2 * GIB, 3 * GIB, 4 * GIB],
    1024: [2 * GIB, 3 * GIB, 4 * GIB, 5 * GIB, 6 * GIB, 7 * GIB, 8 * GIB],
    2048: [4 * GIB, 5 * GIB, 6 * GIB, 7 * GIB, 8 * GIB, 9 * GIB, 10 * GIB, 11 * GIB, 12 * GIB, 13 * GIB, 14 * GIB, 15 * GIB, 16 * GIB],
    4096: [
        8 * GIB, 9 * GIB, 10 * GIB, 11 * GIB, 12 * GIB, 13 * GIB, 14 * GIB, 15 * GIB, 16 * GIB, 17 * GIB, 18 * GIB, 19 * GIB,
        20 * GIB, 21 * GIB, 22 * GIB, 23 * GIB, 24 * GIB, 25 * GIB, 26 * GIB, 27 * GIB, 28 * GIB, 29 * GIB, 30 * GIB,
    ],
    8192: [16 * GIB, 20 * GIB, 24 * GIB, 28 * GIB, 32 * GIB, 36 * GIB, 40 * GIB, 44 * GIB, 48 * GIB, 52 * GIB, 56 * GIB, 60 * GIB],
    16384: [32 * GIB, 40 * GIB, 48 * GIB, 56 * GIB, 64 * GIB, 72 * GIB, 80 * GIB, 88 * GIB, 96 * GIB, 104 * GIB, 112 * GIB, 120 * GIB],
    32768: [60 * GIB, 120 * GIB, 244 * GIB],
}  # fmt: skip
"""MiB of memory by CPU units. AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Fargate", table
"Task CPU and memory" (docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html)."""
OFFERED_ON_WINDOWS = [1024, 2048, 4096]
"""The same table, column "Operating systems supported for AWS Fargate"."""
MEMORIES = range(512, 256 * GIB + 1, 512)


def refused_sizes(sizes: list[tuple[int, int]], **values: str) -> set[tuple[int, int]]:
    """Those of the sizes at which the configuration of a task is refused."""
    bad = {"image": "a:1", "schedule": "never", **values}
    tasks = {f"t{cpu}-{memory}": {**bad, "cpu": cpu, "memory": memory} for cpu, memory in sizes}
    found = [problem.split(": ", 1)[0] for problem in in_stack({}, tasks)]
    names = {path.split(".")[1] for path in found if path.endswith((".cpu", ".memory"))}
    # The schedule of each task is refused too, so an error reports every task even if all sizes are accepted.
    assert len([path for path in found if path.endswith(".schedule")]) == len(sizes)
    return {(cpu, memory) for cpu, memory in sizes if f"t{cpu}-{memory}" in names}


def test_fargate_offers_what_its_documentation_says_and_no_other_size():
    sizes = [(cpu, memory) for cpu in OFFERED for memory in MEMORIES]
    offered = {(cpu, memory) for cpu, memories in OFFERED.items() for memory in memories}
    assert set(sizes) - refused_sizes(sizes) == offered


def test_fargate_offers_no_other_cpu():
    sizes = [(cpu, 2 * GIB) for cpu in (0, 128, 255, 257, 768, 1000, 1536, 3072, 6144, 12288, 24576, 65536)]
    assert refused_sizes(sizes) == set(sizes)


def test_fargate_runs_windows_with_some_of_them():
    sizes = [(cpu, memories[0]) for cpu, memories in OFFERED.items()]
    refused = refused_sizes(sizes, operatingSystem="WINDOWS_SERVER_2019_CORE")
    assert {cpu for cpu, _ in sizes} - {cpu for cpu, _ in refused} == set(OFFERED_ON_WINDOWS)


def test_a_task_without_a_size_gets_the_smallest():
    assert [problem.split(": ")[0] for problem in in_task({"memory": 4 * GIB})] == ["tasks.job.memory"]
    assert [problem.split(": ")[0] for problem in in_task({"cpu": 2048})] == ["tasks.job.memory"]


WINDOWS = {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048}
CASES: dict[str, Case] = {
    "a hint at the cpu": ({"cpu": 256, "memory": 3072}, "memory", "512 or 1024"),
    "little storage": ({"ephemeralStorage": 20}, "ephemeralStorage", "21"),
    "much storage": ({"ephemeralStorage": 201}, "ephemeralStorage", "200"),
    "storage on Windows": ({**WINDOWS, "ephemeralStorage": 30}, "ephemeralStorage", "Linux"),
    "storage on EC2": ({"launch": "ec2", "ephemeralStorage": 30}, "ephemeralStorage", "Fargate"),
    "little cpu on EC2": ({"launch": "ec2", "cpu": 127}, "cpu", "127"),
    "much cpu on EC2": ({"launch": "ec2", "cpu": 196609}, "cpu", "196609"),
    "little memory on EC2": ({"launch": "ec2", "memory": 5}, "memory", "5"),
    "much memory on EXTERNAL": ({"launch": "external", "memory": 33554433}, "memory", "33554433"),
    "many at once": ({"count": 11}, "count", "11"),
    "architecture": ({"architecture": "amd64"}, "architecture", '"amd64"'),
    "operating system": ({**WINDOWS, "operatingSystem": "WINDOWS"}, "operatingSystem", '"WINDOWS"'),
    "ARM Windows": ({**WINDOWS, "architecture": "arm64"}, "architecture", "x86_64"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_size_that_aws_refuses(case: Case):
    values, path, part = case
    assert_one(in_task(values), f"tasks.job.{path}", part)
