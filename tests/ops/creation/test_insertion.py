"""Changes of a stack's file that keep everything else."""

import pytest
import yaml

from ops.creation.insertion import InsertionError, with_entry, with_selected

PATH = ("config", "p:tasks")
SELECTED = ("config", "p:catalogue")
KEYS = {"secrets": {"TOKEN": "/prod/token"}}

ENTRIES = {
    "config:\n  p:tasks:\n    a: {}  # about a\n    # about b\n\n  p:x: 1\n": (
        "config:\n  p:tasks:\n    a: {}  # about a\n    new:\n      secrets: { TOKEN: \"/prod/token\" }\n    # about b\n\n  p:x: 1\n"
    ),
    "config:\n  p:tasks:\n      a:\n        command: [a,\n          b]  # end\nencryptionsalt: v1\n": (
        "config:\n  p:tasks:\n      a:\n        command: [a,\n          b]  # end\n      new:\n        secrets: { TOKEN: \"/prod/token\" }\nencryptionsalt: v1\n"
    ),
    "config:\n  p:tasks:\n    a:\n      description: |\n        one\n        two\n  p:x: 1": (
        "config:\n  p:tasks:\n    a:\n      description: |\n        one\n        two\n    new:\n      secrets: { TOKEN: \"/prod/token\" }\n  p:x: 1"
    ),
    "config:\n  p:tasks: { a: { cpu: 256 } } # all\n": (
        "config:\n  p:tasks: { a: { cpu: 256 }, new: { secrets: { TOKEN: \"/prod/token\" } } } # all\n"
    ),
    "config:\n  p:tasks: {}\n": "config:\n  p:tasks: { new: { secrets: { TOKEN: \"/prod/token\" } } }\n",
    "# top\nconfig:\n    p:x: 1 # one\n    # last\n": (
        "# top\nconfig:\n    p:x: 1 # one\n    p:tasks:\n      new:\n        secrets: { TOKEN: \"/prod/token\" }\n    # last\n"
    ),
    "config:\r\n  p:x: 1": "config:\r\n  p:x: 1\r\n  p:tasks:\r\n    new:\r\n      secrets: { TOKEN: \"/prod/token\" }\r\n",
    "config: {p:x: 1}\n": "config: {p:x: 1, p:tasks: { new: { secrets: { TOKEN: \"/prod/token\" } } }}\n",
    "# ünïcode 🎉\nconfig:\n  p:tasks:\n    a: { description: 🎉 }\n": (
        "# ünïcode 🎉\nconfig:\n  p:tasks:\n    a: { description: 🎉 }\n    new:\n      secrets: { TOKEN: \"/prod/token\" }\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", ENTRIES)
def test_an_entry_is_added_and_everything_else_stays(text: str):
    found = with_entry(text, PATH, "new", KEYS)
    assert found == ENTRIES[text]
    assert yaml.safe_load(found)["config"]["p:tasks"]["new"] == KEYS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("config: { p:catalogue: [a, b] } # x\n", "config: { p:catalogue: [a, b, new] } # x\n"),
        ("config:\n  p:catalogue: []\n", "config:\n  p:catalogue: [new]\n"),
        ("config:\n  p:catalogue: false # none\n", "config:\n  p:catalogue: [new] # none\n"),
        (
            "config:\n  p:catalogue:\n    - a\n    - b # second\n    # third\n  p:x: 1\n",
            "config:\n  p:catalogue:\n    - a\n    - b # second\n    - new\n    # third\n  p:x: 1\n",
        ),
        ("config:\n  p:catalogue:\n  - a", "config:\n  p:catalogue:\n  - a\n  - new\n"),
    ],
)
def test_a_name_is_added_to_a_list(text: str, expected: str):
    assert with_selected(text, SELECTED, "new") == expected


@pytest.mark.parametrize("name", ["no", "123", "1e3", "Null"])
def test_a_name_that_is_no_string_for_yaml_has_quotes(name: str):
    assert yaml.safe_load(with_selected("config: {p:catalogue: []}", SELECTED, name)) == {
        "config": {"p:catalogue": [name]}
    }
    assert name in yaml.safe_load(with_entry("config: {p:x: 1}", PATH, name, KEYS))["config"]["p:tasks"]


@pytest.mark.parametrize(
    "text", ["config:\n  p:tasks: 1\n", "config:\n  p:tasks:\n", "", "config: [a]\n", "config: {\n"]
)
def test_other_forms_are_refused(text: str):
    with pytest.raises(InsertionError):
        with_entry(text, PATH, "new", KEYS)


@pytest.mark.parametrize("text", ["config:\n  p:catalogue: true\n", "config: {}\n"])
def test_only_a_list_gets_a_name(text: str):
    with pytest.raises(InsertionError):
        with_selected(text, SELECTED, "new")
