"""YAML whose structure is hostile: aliases, nesting, keys, tags, documents, encodings and syntax."""

import gzip
import random
from collections.abc import Mapping

from .project import Case, everywhere

MANY = 50_000
DEEP = 100_000


def _laughs(entry: str, *, levels: int = 12) -> str:
    """Each level repeats the one before ten times. `entry` is a level, with `%s` for its content."""
    lines = ["x-0: &a0 " + entry % ", ".join(f"k{n}: lol" if "{" in entry else "lol" for n in range(10))]
    for level in range(1, levels):
        inside = ", ".join(f"k{n}: *a{level - 1}" if "{" in entry else f"*a{level - 1}" for n in range(10))
        lines.append(f"x-{level}: &a{level} " + entry % inside)
    return "\n".join([*lines, f"environment: *a{levels - 1}"])


ALIASES: Mapping[str, str] = {
    "a billion laughs in lists": _laughs("[%s]"),
    "a billion laughs in objects": _laughs("{%s}"),
    "a billion laughs by merging": "x-0: &a0 {k: v}\n"
    + "\n".join(
        f"x-{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}], k{n}: *a{n - 1}}}" for n in range(1, 30)
    ),
    "merging one object 100,000 times": "x-a: &a {k: v}\nenvironment: {<<: [" + "*a, " * 100_000 + "]}",
    "merging 2,000 objects": "x-a:\n"
    + "\n".join(f"  - &a{n} {{k{n}: v}}" for n in range(2000))
    + "\nenvironment: {<<: ["
    + ", ".join(f"*a{n}" for n in range(2000))
    + "]}",
    "a list of 1,000 items 1,000 times": "x-a: &a [" + "a, " * 1000 + "]\nx-b: &b [" + "*a, " * 1000 + "]\ncommand: *b",
    "an alias 200,000 times": "x-a: &a b\ncommand: [" + "*a, " * 200_000 + "]",
    "100,000 anchors": "\n".join(f"x-{n}: &a{n} b" for n in range(100_000)),
    "a list that contains itself": "command: &a [*a]",
    "an object that contains itself": "environment: &a {A: *a}",
    "an object that merges itself": "environment: &a {<<: *a}",
    "a list that merges itself": "environment: {<<: &a [*a]}",
    "the whole file in itself": "&a\nenvironment: *a",
    "two that contain each other": "x-a: &a {b: &b {a: *a}}\nenvironment: *b",
    "an alias without an anchor": "command: *nobody",
    "an anchor twice": "x-a: &a 1\nx-b: &a 2\ncommand: [*a]",
    "an alias as a key": "x-a: &a image\n*a : b",
    "an alias of an object as a key": "x-a: &a {b: c}\n*a : b",
    "an anchor name of 1 MB": f"x-a: &{'a' * 2**20} b",
    "depth by aliases": "x-0: &a0 [a]\n" + "\n".join(f"x-{n}: &a{n} [*a{n - 1}]" for n in range(1, 2000)),
    "depth by merging": "x-0: &a0 {k: v}\n" + "\n".join(f"x-{n}: &a{n} {{<<: *a{n - 1}}}" for n in range(1, 2000)),
}
NESTING: Mapping[str, str] = {
    "lists": "[" * DEEP,
    "closed lists": "environment: " + "[" * DEEP + "]" * DEEP,
    "objects": "{a: " * DEEP,
    "closed objects": "environment: " + "{a: " * DEEP + "}" * DEEP,
    "lists in block style": "- " * DEEP,
    "objects in block style": "\n".join(" " * n + "a:" for n in range(2500)),
    "complex keys": "? " * DEEP,
    "complex keys in flow style": "{? " * DEEP,
    "lists in keys": "[" * 500 + "]" * 500 + ": a",
    "lists and objects": "[{a: " * DEEP,
    "99 levels": "environment: " + "[" * 98 + "]" * 98,
    "101 levels": "environment: " + "[" * 100 + "]" * 100,
    "quotes with brackets": 'environment: {A: "' + "[" * DEEP + '"}',
    "900 levels": "environment: " + "{a: " * 900 + "}" * 900,
}
KEYS: Mapping[str, str] = {
    "3,000 unknown keys": "\n".join(f"memor{n}: a" for n in range(3000)),
    "50,000 unknown keys": "\n".join(f"memory{n}: a" for n in range(MANY)),
    "50,000 unknown keys with a colon": "config:\n" + "\n".join(f"  scheduled-task:k{n}: a" for n in range(MANY)),
    "50,000 keys of the project": "config:\n" + "\n".join(f"  scheduled-tasks:tasc{n}: a" for n in range(MANY)),
    "50,000 equal keys": "image: a\n" * MANY,
    "50,000 keys with ambiguous values": "config:\n" + "\n".join(f"  scheduled-tasks:k{n}: yes" for n in range(MANY)),
    "50,000 tasks with ambiguous values": "tasks:\n" + "\n".join(f"  t{n}: {{image: no}}" for n in range(MANY)),
    "50,000 tasks with an unsupported tag": "tasks:\n" + "\n".join(f"  t{n}: {{a: !b c}}" for n in range(MANY)),
    "a list as a key": "[a, b]: c",
    "an object as a key": "{a: b}: c",
    "a complex key": "? - a\n  - b\n: c",
    "null as a key": "~: a\nnull: b",
    "an empty key": ": a\n'': b",
    "an integer as a key": "1: a\n-1: b",
    "a boolean as a key": "true: a\nfalse: b\n1: c",
    "a number as a key": "1.5: a\n.nan: b",
    "a key like a form of a value": "<list>: a",
    "a key like a mark of a key": '"[key]": a',
    "a key of 1 MB": f"{'a' * 2**20}: b",
    "a complex key of 1 MB": f"? {'a' * 2**20}\n: b",
    "a key with control characters": '"\\e]0;title\\a\\x9b31m\\u202e": b',
    "a key with line breaks": '"a\\n  - fake: problem": b',
    "a merge key of a string": "<<: a",
    "a merge key of a list of strings": "<<: [a, b]",
    "a merge key twice": "<<: {a: b}\n<<: {c: d}",
    "50,000 tasks": "config:\n  scheduled-tasks:tasks:\n"
    + "\n".join(f"    t{n}: {{image: a, schedule: rate(1 day)}}" for n in range(40_000)),
    "5,000 tasks": "config:\n  scheduled-tasks:tasks:\n"
    + "\n".join(f"    t{n}: {{image: a, schedule: rate({n + 1} days)}}" for n in range(5_000)),
    "50,000 tasks of no shared task": "config:\n  scheduled-tasks:tasks:\n"
    + "\n".join(f"    t{n}: {{memory: 512}}" for n in range(MANY)),
    "5,000 tasks with unknown keys": "config:\n  scheduled-tasks:tasks:\n"
    + "\n".join(f"    t{n}: {{image: a, memry{n}: b, schedul{n}: c}}" for n in range(5000)),
    "50,000 names of shared tasks": "config:\n  scheduled-tasks:catalogue: [" + "nightli, " * MANY + "]",
    "50,000 shared tasks in a file": "tasks:\n" + "\n".join(f"  t{n}: {{memory: 512}}" for n in range(MANY)),
}
TAGS: Mapping[str, str] = {
    tag: f"image: {tag}"
    for tag in (
        "!!int abc", "!!int 99999999999999999999999999", "!!float x", "!!bool maybe", "!!null x", "!!str 5",
        "!!timestamp 2026-99-99", "!!timestamp 99999-01-01T00:00:00Z", "!!timestamp 2026-01-01T00:00:00+99:99",
        "!!timestamp x", "!!binary %%%", "!!binary aGVsbG8=", "!!set {a, b}", "!!set [a]", "!!omap [a: b]", "!!omap a",
        "!!pairs [a: b]", "!!merge <<", "!!value =", "!!map [a]", "!!seq {a: b}", "!!map a", "!!seq a", "! a",
        "!custom a", "!custom {a: b}", "!<tag:example.com,2026:a> b", "!<!> a", "!!python/object:os.system {}",
        "!!python/object/apply:os.system [id]", "!!python/object/new:str [a]", "!!python/name:os.system ''",
        "!!python/module:os ''", "!!python/tuple [a]", "!!python/none ''", "!!str [a]", "!unknown! a",
        f"!{'a' * 100_000} b",
    )
}  # fmt: skip
DOCUMENTS: Mapping[str, str] = {
    "two documents": "image: a\n---\nimage: b",
    "100,000 documents": "---\na\n" * 100_000,
    "100,000 document ends": "...\n" * 100_000,
    "only a document start": "---",
    "YAML 9.9": "%YAML 9.9\n---\nimage: a",
    "YAML 1.2": "%YAML 1.2\n---\nimage: a",
    "a YAML directive twice": "%YAML 1.1\n%YAML 1.1\n---\nimage: a",
    "a tag directive twice": "%TAG ! tag:a,2026:\n%TAG ! tag:a,2026:\n---\nimage: a",
    "10,000 tag directives": "".join(f"%TAG !a{n}! tag:a,2026:\n" for n in range(10_000)) + "---\nimage: a",
    "an unknown directive": "%HOSTILE yes\n---\nimage: a",
    "a directive without a document": "%YAML 1.1",
    "a version of 5,000 digits": f"%YAML {'1' * 5000}.1\n---\nimage: a",
}
_GOOD = "schedule: rate(1 day)\nimage: a\n"
ENCODINGS: Mapping[str, bytes] = {
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf",
    "text after a byte order mark": _GOOD.encode("utf-8-sig"),
    "two byte order marks": b"\xef\xbb\xbf\xef\xbb\xbf" + _GOOD.encode(),
    "UTF-16": _GOOD.encode("utf-16"),
    "UTF-16 without a mark": _GOOD.encode("utf-16-be"),
    "UTF-32": _GOOD.encode("utf-32"),
    "Latin-1": "image: \xe9t\xe9".encode("latin-1"),
    "a null character": b"image: a\x00b",
    "only null characters": b"\x00" * 10_000,
    "C1 control characters": "image: a\x9b31m".encode(),
    "an escape character": b"image: a\x1b[31m",
    "delete": b"image: a\x7f",
    "an encoded surrogate": b"image: a\xed\xa0\x80",
    "an overlong slash": b"image: a\xc0\xaf",
    "a truncated character": b"image: a\xe2\x82",
    "a code point above Unicode": b"image: a\xf4\x90\x80\x80",
    "noncharacters": "image: a\ufffe\uffff".encode(),
    "an escaped surrogate": b'image: "a\\ud800"',
    "a next line": "image: a\x85schedule: b".encode(),
    "a line separator": "image: a\u2028schedule: b".encode(),
    "carriage returns": _GOOD.replace("\n", "\r").encode(),
    "4 MiB of 255": b"\xff" * 2**22,
    "a program": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 16,
    "an archive": gzip.compress(_GOOD.encode()),
    "random bytes": random.Random(20).randbytes(10_000),  # noqa: S311 - no secret
}
SYNTAX: Mapping[str, str] = {
    "only comments": "# a\n" * 100_000,
    "only spaces": " " * 10**6,
    "only line feeds": "\n" * (2**22 - 1),
    "only tabs": "\t" * 1000,
    "a tab": "image: a\n\tcommand: b",
    "an open quote": 'image: "a',
    "an open bracket": "command: [a",
    "a reserved character": "image: @a",
    "a backquote": "image: `a`",
    "two colons": "image: a: b",
    "a string": "a",
    "a number": "5",
    "null": "null",
    "a list": "- a",
    "100,000 dashes": "-" * 100_000,
    "100,000 question marks": "?" * 100_000,
    "1,000,000 colons": ":" * 10**6,
    "100,000 quotes": '"' * 100_000,
    "100,000 escapes": 'image: "' + "\\x41" * 100_000 + '"',
    "an unknown escape": 'image: "\\q"',
    "a block of 3 MB": "image: |\n" + "  aaaaaaaaa\n" * 250_000,
    "a folded block of 3 MB": "image: >\n" + "  a\n\n" * 500_000,
    "a plain scalar of 3 MB": "image: " + "a\n " * 10**6,
    "a block with a huge indentation": "image: |9\n a",
    "a value of JSON": '{"image": "a", "schedule": {"a": [1, 2, {"b": null}]}}',
    "5 MiB": "image: " + "a" * 5 * 2**20,
}


def cases() -> list[Case]:
    """All cases, each text in each file."""
    groups: Mapping[str, Mapping[str, str | bytes]] = {
        "Aliases": ALIASES,
        "Nesting": NESTING,
        "Keys": KEYS,
        "Tags": TAGS,
        "Documents": DOCUMENTS,
        "Encodings": ENCODINGS,
        "Syntax": SYNTAX,
    }
    return [case for kind, texts in groups.items() for case in everywhere(kind, texts)]
