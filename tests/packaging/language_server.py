"""A client of pyright's language server, with the questions that an editor asks."""

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

_SETTINGS = {"analysis": {"autoImportCompletions": False, "diagnosticMode": "openFilesOnly"}}
_PYTHON = {"pythonPath": sys.executable}


class LanguageServer:
    """The server, and one open file."""

    def __init__(self, root: Path):
        command = [Path(sys.executable).with_name("basedpyright-langserver"), "--stdio"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.root, self.ids, self.file, self.text = root, itertools.count(1), root / "program.py", ""

    def __enter__(self) -> Self:
        capabilities = {
            "textDocument": {"hover": {"contentFormat": ["markdown"]}},
            "workspace": {"configuration": True},
        }
        folder = {"uri": self.root.as_uri(), "name": "project"}
        self.ask("initialize", processId=None, workspaceFolders=[folder], capabilities=capabilities)
        self.tell("initialized")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def open(self, text: str) -> None:
        self.text = text
        document = {"uri": self.file.as_uri(), "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)

    def completions(self, after: str) -> list[str]:
        """The completions after a part of the file."""
        answer = self.ask("textDocument/completion", **self._position(self.text.index(after) + len(after)))
        return [item["label"] for item in (answer or {}).get("items", [])]

    def hover(self, word: str) -> str:
        """The tooltip of the first occurrence of a part of the file."""
        answer = self.ask("textDocument/hover", **self._position(self.text.index(word) + 2))
        return answer["contents"]["value"] if answer else ""

    def _position(self, offset: int) -> dict[str, Any]:
        before = self.text[:offset]
        position = {"line": before.count("\n"), "character": offset - before.rfind("\n") - 1}
        return {"textDocument": {"uri": self.file.as_uri()}, "position": position}

    def tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        number = next(self.ids)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" not in message and message.get("id") == number:
                return message["result"]
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": self._answer(message)})

    def _answer(self, message: dict[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [_PYTHON if item.get("section") == "python" else _SETTINGS for item in message["params"]["items"]]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert length, "the language server ended"
        return json.loads(self.process.stdout.read(length))
