"""The figures of AWS CDK on the pages are what CDK synthesizes."""

import os

import pytest

from bench.cdk import CONSTRUCTS, STEP, Cdk, NoCdkError
from bench.figures import read
from tests import referees


@pytest.fixture(scope="module")
def cdk(tmp_path_factory: pytest.TempPathFactory) -> Cdk:
    if os.environ.get(referees.SETTING) != referees.REQUIRED:
        pytest.skip("CDK comes from npm and takes 10 seconds per synthesis. To try it, run: make test-all")
    try:
        return Cdk(tmp_path_factory.mktemp("cdk"), lambda _: None)
    except NoCdkError as error:
        referees.missing("CDK", f"{error}.")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("construct", "name"), CONSTRUCTS.items())
def test_a_construct_makes_as_many_resources_per_task_as_the_page_says(cdk: Cdk, construct: str, name: str):
    few, more = (cdk.resources(construct, count) for count in (STEP, 2 * STEP))
    assert few is not None
    assert more is not None
    [figure] = [figure for figure in read()["cdk"]["figures"] if figure["what"] == "resources of a plain task"]
    assert (more - few) / STEP == figure["others"][name]
