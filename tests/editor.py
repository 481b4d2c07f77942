"""What an editor does to a language server: starts it, opens files, asks; by the Language Server Protocol."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import threading

HANGS = 60
"""After so many seconds without an end the server is stopped, so that the test fails and does not hang."""


class Editor:
    """An editor with the folder `root` open, whose settings are those of VS Code there."""

    def __init__(self, command, root):
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._guard = threading.Timer(HANGS, self._server.kill)
        self._guard.start()
        self._numbers = itertools.count(1)
        self._diagnostics = {}
        settings = json.loads((root / ".vscode/settings.json").read_text())
        self._settings = {"yaml": {"schemas": settings["yaml.schemas"], "schemaStore": {"enable": False}}}
        folder = {"uri": root.as_uri(), "name": "opened"}
        document = {
            "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
            "hover": {"contentFormat": ["markdown"]},
            "publishDiagnostics": {},
        }
        capabilities = {"workspace": {"configuration": True}, "textDocument": document}
        asked = {"processId": os.getpid(), "rootUri": folder["uri"], "workspaceFolders": [folder]}
        self._ask("initialize", {**asked, "capabilities": capabilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})

    def close(self):
        """Stop the server."""
        self._guard.cancel()
        self._server.kill()
        self._server.communicate()

    def problems(self, path, text=None):
        """What the server finds wrong in a file, as (line from 1, message); the file need not be there."""
        uri = path.as_uri()
        self._diagnostics.pop(uri, None)
        text = path.read_text() if text is None else text
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while uri not in self._diagnostics:
            self._handle(self._read())
        self._tell("textDocument/didClose", {"textDocument": {"uri": uri}})
        self._tell("textDocument/didOpen", {"textDocument": {**document, "version": 2}})
        return [(one["range"]["start"]["line"] + 1, one["message"]) for one in self._diagnostics[uri]]

    def hover(self, path, line, column):
        """What is shown over a character of an opened file; both numbers from 1."""
        return self._at("textDocument/hover", path, line, column)["contents"]["value"]

    def completions(self, path, line, column):
        """What is proposed there: label -> (text that is put in, documentation)."""
        found = self._at("textDocument/completion", path, line, column)
        return {item["label"]: (item["insertText"], _text(item)) for item in found["items"]}

    def _at(self, method, path, line, column):
        position = {"line": line - 1, "character": column - 1}
        return self._ask(method, {"textDocument": {"uri": path.as_uri()}, "position": position})

    def _ask(self, method, parameters):
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": parameters})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._handle(message)

    def _handle(self, message):
        """Answer what the server asks, and keep what it has found."""
        parameters = message.get("params") or {}
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[parameters["uri"]] = parameters["diagnostics"]
        elif "id" in message:
            asked = parameters.get("items", ())
            self._send({"id": message["id"], "result": [self._settings.get(one["section"]) for one in asked]})

    def _tell(self, method, parameters):
        self._send({"method": method, "params": parameters})

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _read(self):
        length = 0
        while header := self._server.stdout.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        return json.loads(self._server.stdout.read(length))


def _text(item):
    said = item.get("documentation") or ""
    return said if isinstance(said, str) else said["value"]
