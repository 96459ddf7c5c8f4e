import pytest

from components.aws.spelling import camel_case, pascal_case, pascal_keys


@pytest.mark.parametrize(
    ("key", "camel", "pascal"),
    [
        ("image", "image", "Image"),
        ("subnet_ids", "subnetIds", "SubnetIds"),
        ("assignPublicIp", "assignPublicIp", "AssignPublicIp"),
        ("Group", "group", "Group"),
        ("sizeInGiB", "sizeInGiB", "SizeInGiB"),
        ("x_ray", "xRay", "XRay"),
    ],
)
def test_keys_in_other_spellings(key: str, camel: str, pascal: str):
    assert camel_case(key) == camel
    assert pascal_case(key) == pascal


def test_keys_are_converted_at_every_depth_and_values_are_kept():
    value = {"placement_constraints": [{"type": "member_of", "weight": 1}], "ephemeralStorage": {"sizeInGiB": None}}
    assert pascal_keys(value) == {
        "PlacementConstraints": [{"Type": "member_of", "Weight": 1}],
        "EphemeralStorage": {"SizeInGiB": None},
    }
