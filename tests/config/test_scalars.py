"""Scalars that YAML readers disagree about are found, and all others have one meaning.

Sources of the meanings: https://yaml.org/type/ (YAML 1.1), https://yaml.org/spec/1.2.2/#103-core-schema, and the
values that Pulumi's CLI printed for `pulumi config --json` (v3.259.0; `tests/engine/test_yaml.py` asks it again).
"""

import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config import scalars
from config.yaml_files import Document, document, read

DISAGREED = {
    "012345670123": "octal in YAML 1.1 and Pulumi: 1402433619",
    "0755": "octal in YAML 1.1 and Pulumi: 493",
    "0042": "octal in YAML 1.1 and Pulumi: 34",
    "08": "8 in YAML 1.2 and Pulumi, a string in YAML 1.1",
    "-0755": "octal in YAML 1.1 and Pulumi: -493",
    "2026-12-01": "a date in YAML 1.1; Pulumi: 2026-12-01 00:00:00 +0000 UTC",
    "2026-1-2": "a date in Pulumi",
    "2026-12-01T00:00:00Z": "a time in YAML 1.1; Pulumi: 2026-12-01 00:00:00 +0000 UTC",
    "2026-12-01 00:00:00": "a time in YAML 1.1; Pulumi: 2026-12-01 00:00:00 +0000 UTC",
    "2001-12-14t21:59:43.10-05:00": "a time in YAML 1.1; Pulumi: 2001-12-14 21:59:43.1 -0500 -0500",
    "2001-12-14 21:59:43.10 -5": "a time in YAML 1.1",
    "12e03": "12000 in YAML 1.2 and Pulumi",
    "1e3": "1000 in YAML 1.2 and Pulumi",
    "1.5e3": "1500 in YAML 1.2 and Pulumi, a string in YAML 1.1",
    "6.8523015e+5": "685230.15",
    "0x1F": "31",
    "0o17": "15 in YAML 1.2 and Pulumi",
    "0b11": "3 in YAML 1.1 and Pulumi",
    "1_000": "1000 in YAML 1.1 and Pulumi",
    "685.230_15": "685.23015 in YAML 1.1 and Pulumi",
    "12:30": "750 in YAML 1.1",
    "190:20:30.15": "685230.15 in YAML 1.1",
    ".5": "0.5",
    "5.": "5",
    "+5": "5",
    "-0": "0",
    "00": "0",
    ".inf": "refused by Pulumi",
    "-.Inf": "refused by Pulumi",
    ".nan": "refused by Pulumi",
    "9007199254740992": "rounded by readers with doubles, such as JSON in JavaScript",
    "18446744073709551616": "18446744073709552000 in Pulumi",
    "yes": "true in YAML 1.1",
    "No": "false in YAML 1.1",
    "on": "true in YAML 1.1",
    "OFF": "false in YAML 1.1",
    "y": "true in YAML 1.1",
    "N": "false in YAML 1.1",
    "=": "the key of a default value in YAML 1.1",
}
KEPT: dict[str, Any] = {
    "0": 0, "42": 42, "-7": -7, "123456789012": 123456789012, "9007199254740991": 9007199254740991, "1.5": 1.5,
    "1.10": 1.1, "-0.5": -0.5, "true": True, "True": True, "FALSE": False, "null": None, "~": None, "Null": None,
    "yEs": "yEs", "nope": "nope", "1.2.3": "1.2.3", "10.0.0.0/16": "10.0.0.0/16", "job:1": "job:1", "5m": "5m",
    "1-5": "1-5", "nan": "nan", "inf": "inf", "_1": "_1", "0x": "0x", "0xG": "0xG", "2026-12": "2026-12", "a=b": "a=b",
    "--flag": "--flag", "-": "-", ".": ".", "..": "..", "e5": "e5", "5432:5432": "5432:5432", "08:00-09:00": "08:00-09:00",
    "2026-12-01T00:00": "2026-12-01T00:00",
}  # fmt: skip


def parsed(tmp_path: Path, text: str) -> Document:
    (tmp_path / "x.yaml").write_text(text)
    return document(tmp_path / "x.yaml")


@pytest.mark.parametrize("text", DISAGREED)
def test_a_scalar_that_readers_disagree_about_is_found_and_stays_text(tmp_path: Path, text: str):
    found = parsed(tmp_path, f"a: {text}\nb: [x, {text}]\n{text}: c\n")
    assert found.value == {"a": text, "b": ["x", text], text: "c"}
    places = [(scalar.text, scalar.path, scalar.spot.line, scalar.spot.column) for scalar in found.ambiguous]
    assert places == [(text, ("a",), 1, 4), (text, ("b", 1), 2, 8), (text, (text,), 3, 1)]
    assert [scalar.is_key for scalar in found.ambiguous] == [False, False, True]


@pytest.mark.parametrize("style", ["'{}'", '"{}"', "!!str {}", "|\n    {}"])
@pytest.mark.parametrize("text", DISAGREED)
def test_quoted_text_is_a_string(tmp_path: Path, text: str, style: str):
    found = parsed(tmp_path, f"a:\n  {style.format(text)}\n")
    assert found.ambiguous == []
    assert str(found.value["a"]).strip() == text  # pyright: ignore[reportIndexIssue]


@pytest.mark.parametrize("text", KEPT)
def test_other_scalars_have_one_value(tmp_path: Path, text: str):
    found = parsed(tmp_path, f"a: {text}\n" if text != "-" else "a: [-]\n")
    assert found.ambiguous == []
    value = found.value["a"]  # pyright: ignore[reportIndexIssue]
    assert (value[0] if text == "-" else value) == KEPT[text]


CORE = re.compile(
    r"null|Null|NULL|~|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"
)
"""Scalars that are no strings in YAML 1.2: https://yaml.org/spec/1.2.2/#1032-tag-resolution."""
TYPES_OF_1_1 = re.compile(
    r"y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"
    r"|[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|~|null|Null|NULL|=|<<"
    r"|[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
)
"""Scalars that are no strings in YAML 1.1: https://yaml.org/type/ bool, int, float, null, value, merge, timestamp."""
SCALARS = st.one_of(
    st.text("0123456789+-._:eExXoObBTZzabf", min_size=1, max_size=9),
    st.from_regex(CORE, fullmatch=True),
    st.from_regex(TYPES_OF_1_1, fullmatch=True),
)


@pytest.mark.thorough
@settings(max_examples=1500)
@given(text=SCALARS)
@example("1_0.5")
@example("0_8")
@example("+.5")
def test_readers_agree_on_every_scalar_that_is_not_found(text: str):
    """The referees are PyYAML, which is YAML 1.1 except for `y` and `n`, and the patterns of both specifications."""
    try:
        whole = cast("yaml.Node", yaml.compose(f"[{text}]", Loader=yaml.SafeLoader))
        [node] = cast("list[yaml.Node]", whole.value)
    except yaml.YAMLError:
        return
    if not isinstance(node, yaml.ScalarNode) or node.value != text or scalars.kind_of(text) or text == "<<":
        return
    tag = node.tag.removeprefix("tag:yaml.org,2002:")
    if tag == "str":
        assert not CORE.fullmatch(text)
        assert not TYPES_OF_1_1.fullmatch(text)
        return
    assert CORE.fullmatch(text)
    assert tag in ("bool", "null", "int", "float")
    if tag == "int":
        assert str(int(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a: !!int "7"', "!!int"),
        ("a: !!float 3", "!!float"),
        ("a: !!timestamp 2026-12-01", "!!timestamp"),
        ("a: !!binary aGk=", "!!binary"),
        ("a: !Ref b", "!Ref"),
        ("a: !!set {b}", "!!set"),
        ("a: b\na: c", "twice"),
        ("{a: b}: c", "a list or an object"),
        ("<<: b", "merges"),
    ],
)
def test_other_flaws_do_not_hide_the_rest_of_the_file(tmp_path: Path, text: str, message: str):
    found = parsed(tmp_path, f"{text}\nz: 0755\n")
    assert [message in flaw.message for flaw in found.flaws] == [True]
    assert [scalar.text for scalar in found.ambiguous] == ["0755"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x: &b {a: 1, c: 2}\ny: {<<: *b, c: 3}", {"a": 1, "c": 3}),
        ("x: &b {a: 1, c: 2}\ny: {c: 3, <<: *b}", {"a": 1, "c": 3}),
        ("x: &b {a: 1, c: 2}\ny: {<<: [*b, {c: 5, d: 6}]}", {"a": 1, "c": 2, "d": 6}),
    ],
)
def test_merge_keys_are_read_as_pulumi_reads_them(tmp_path: Path, text: str, value: object):
    (tmp_path / "x.yaml").write_text(text)
    assert read(tmp_path / "x.yaml")["y"] == value  # pyright: ignore[reportIndexIssue]
