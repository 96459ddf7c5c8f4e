"""The shapes that the component ships: the same as those of the installed botocore."""

import subprocess
import sys

from components.aws.ecs_model import FILE, Shape, shape
from tools import ecs_model


def test_the_shapes_are_those_of_botocore():
    assert FILE.read_text(encoding="utf-8") == ecs_model.text(), "Run: python -m tools.ecs_model"


def test_a_shape_has_its_bounds():
    assert shape("ecs", "TagKey") == Shape(type="string", min=1, max=128, pattern=r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)")
    assert shape("ecs", "Tmpfs").required == ("containerPath", "size")
    assert shape("ecs", "RegisterTaskDefinitionRequest").deprecated == ("inferenceAccelerators",)
    assert shape("scheduler", "EcsParameters").members["ReferenceId"] == "ReferenceId"


def test_the_shapes_need_no_botocore():
    code = (
        "import sys; from components.passthrough.values import value_problems; "
        "list(value_problems('ecs', 'Tmpfs', {})); assert 'botocore' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
