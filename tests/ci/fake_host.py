"""Fake `gh` and `curl` for the scripts in ci/, with comments and issues in a file.

The first argument is the name of the tool: `python fake_host.py gh api ...`. GitLab's notes are comments here.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "token-of-the-test"
BOT = "github-actions[bot]"
"""The user of a workflow's token."""


def main(tool: str, arguments: list[str]) -> None:
    file = Path(os.environ["FAKE_STATE"])
    state = json.loads(file.read_text())
    method, url, fields, jq = (_gh if tool == "gh" else _curl)(arguments)
    answer = _served(state, method, url, fields)
    file.write_text(json.dumps(state))
    if jq:
        subprocess.run(["jq", "-r", jq], input=json.dumps(answer), text=True, check=True)
    elif "--silent" not in arguments or tool == "curl":
        sys.stdout.write(json.dumps(answer))


def _gh(arguments: list[str]) -> tuple[str, str, dict[str, str], str]:
    assert arguments.pop(0) == "api"
    assert os.environ["GH_TOKEN"] == TOKEN
    method, url, jq = "GET", "", ""
    fields: dict[str, str] = {}
    rest = iter(arguments)
    for word in rest:
        if word == "--method":
            method = next(rest)
        elif word == "--jq":
            jq = next(rest)
        elif word in ("--field", "--raw-field"):
            name, value = next(rest).split("=", 1)
            fields[name] = Path(value[1:]).read_text() if word == "--field" and value[0] == "@" else value
        elif not word.startswith("--"):
            url = word
    return method, url, fields, jq


def _curl(arguments: list[str]) -> tuple[str, str, dict[str, str], str]:
    assert not any(TOKEN in word for word in arguments), "every process can read arguments"
    assert "--fail-with-body" in arguments
    method, url = "GET", ""
    fields: dict[str, str] = {}
    rest = iter(arguments)
    for word in rest:
        if word == "--header":
            assert Path(next(rest)[1:]).read_text() == f"PRIVATE-TOKEN: {TOKEN}\n"
        elif word == "--request":
            method = next(rest)
        elif word in ("--data", "--data-urlencode"):
            found = re.match(r"(\w+)([@=])(.*)", next(rest), re.DOTALL)
            assert found
            fields[found[1]] = Path(found[3]).read_text() if found[2] == "@" else found[3]
        elif not word.startswith("--"):
            url = word
    return {"PUT": "PATCH"}.get(method, method), url, fields, ""


def _served(state: dict[str, list[dict[str, Any]]], method: str, url: str, fields: dict[str, str]) -> Any:
    parts = urlsplit(url)
    *_, kind, last = parts.path.split("/")
    if url.endswith("/user"):
        return {"id": 7}
    if method == "GET":
        wanted = "comments" if last in ("comments", "notes") else last
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        return [item for item in state[wanted] if _matches(item, query)]
    if method == "POST" and last in ("comments", "notes"):
        body = {"id": 100 + len(state["comments"]), "user": {"login": BOT}, "author": {"id": 7}, **fields}
        state["comments"].append(body)
        return body
    if method == "POST":
        number = 100 + len(state["issues"])
        author = {"user": {"login": BOT}, "author": {"id": 7}}
        state["issues"].append({"number": number, "iid": number, "state": "open", **author, **fields})
        return state["issues"][-1]
    key = "id" if kind in ("comments", "notes") else "number"
    found = next(item for item in state["comments" if key == "id" else "issues"] if str(item[key]) == last)
    found.update({"state": "closed"} if fields.get("state_event") == "close" else fields)
    return found


def _matches(item: dict[str, Any], query: dict[str, str]) -> bool:
    label = item.get("labels", item.get("labels[]"))
    open_ = "state" not in query or item["state"].startswith(query["state"][:4])
    own = "author_id" not in query or str(item["author"]["id"]) == query["author_id"]
    return open_ and own and ("labels" not in query or label == query["labels"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
