"""`make up` in a hostile environment, with the code of the trials."""

from pathlib import Path

import pytest

from tests import referees
from torture.environment import Checkout, cases, public_files
from torture.user_settings import SETTINGS


@pytest.mark.engine
def test_up_and_down_survive_the_worst_settings_at_once(tmp_path: Path):
    # tests/engine/test_sandbox.py deploys with `make up` and the usual settings.
    referees.patient()
    referees.pulumi()
    [worst] = cases(1, seed=1)
    assert {"PULUMI_OPTION_STACK", "PULUMI_DEBUG_PROVIDERS", "PYTHONHOME", "AWS_PROFILE"} <= worst.variables.keys()
    assert worst.umask == 0
    assert Checkout(tmp_path).tried(worst, twice=False) == ""


def test_each_variable_is_tried_alone_and_with_others():
    tried = cases(10_000, seed=1)
    together = {item for case in tried if not case.alone for item in case.variables.items()}
    assert len([case for case in tried if case.alone]) == len(SETTINGS)
    assert dict(SETTINGS).keys() == {name for name, _ in together}
    assert cases(10, seed=2) == cases(10, seed=2) != cases(10, seed=3)


def test_files_that_others_can_read_are_found(tmp_path: Path):
    tmp_path.chmod(0o700)
    (tmp_path / "state").touch(0o644)
    (tmp_path / "record").touch(0o600)
    assert public_files(tmp_path) == ["state 0644"]
