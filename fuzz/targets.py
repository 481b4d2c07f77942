"""What is fuzzed: each target takes any bytes, and raises where the tool would break a promise.

The promise is the same for all: any input ends in a result or in findings with a place, in our own words, in
bounded time and memory, and never in another exception.
"""

from __future__ import annotations

import io
import json
import sys
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import casebook  # noqa: E402 - found by the line above
import wording  # noqa: E402
from modelops_git.core.artifacts import printable  # noqa: E402
from modelops_git.core.checks.suppression import Suppressions  # noqa: E402
from modelops_git.core.formats.inspect import inspect  # noqa: E402
from modelops_git.core.formats.inspection import Inspection  # noqa: E402
from modelops_git.core.interfaces import check_schema, compare  # noqa: E402
from modelops_git.core.journal.chain import Stored, check  # noqa: E402
from modelops_git.core.journal.entry import Entry  # noqa: E402
from modelops_git.core.manifests.nodes import ListNode, MapNode, Scalar  # noqa: E402
from modelops_git.core.manifests.parse import MAX_FINDINGS, parse_document, parse_fully  # noqa: E402
from modelops_git.core.manifests.scalars import core_value  # noqa: E402
from modelops_git.core.manifests.yamltext import read  # noqa: E402
from modelops_git.core.places import home_of  # noqa: E402
from modelops_git.core.secrets import redacted  # noqa: E402
from modelops_git.core.signing.bundle import read_bundle  # noqa: E402
from modelops_git.core.signing.faults import UnsoundError  # noqa: E402
from modelops_git.core.signing.statement import read_statement  # noqa: E402
from modelops_git.engine.inspecting import Named, Rules, flaw_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.nodes import Node

PATHS = (
    "modelops.yaml",
    "models/iris/model.yaml",
    "models/iris/versions/1.2.0.yaml",
    "models/iris/notices/1.0.0-1.yaml",
    "models/iris/rollouts/production.yaml",
    "models/iris/experiments/production.yaml",
    "analyses/serving-health.yaml",
)
NAMES = (
    "m.onnx",
    "m.safetensors",
    "m.skops",
    "m.gguf",
    "m.npz",
    "m.json",
    "m.txt",
)
LARGEST = 16_384


def loader(data: bytes) -> None:
    """Restricted YAML: a tree or findings, each in a line of the text."""
    found = read(data, "f.yaml")
    _require(found.root is not None or found.findings)
    _sound(found.findings, data)


def manifest(data: bytes) -> None:
    """A manifest of the kind that the first byte says; the fast reader must agree with the full one."""
    path = PATHS[data[0] % len(PATHS)] if data else PATHS[0]
    text, home = data[1:], home_of(path)
    _require(home is not None)
    parsed, fully = parse_document(path, text), parse_fully(path, home, text)
    _require(parsed.findings == fully.findings)
    _require((parsed.document is None) == bool(parsed.findings))
    if parsed.document is not None and fully.document is not None:
        _require(parsed.document.written == fully.document.written)
        _require(parsed.document.digest == fully.document.digest)
    _sound(parsed.findings, text)


def interface(data: bytes) -> None:
    """Two schemas: whether they are any, and whether one can stand for the other."""
    root = read(data, "f.yaml").root
    if root is None:
        return
    try:
        written = _json_of(root)
    except ValueError:
        return
    old, new = written.get("old", written), written.get("new", written)
    for schema in (old, new):
        problem = check_schema(schema)
        _require(
            problem is None
            or (problem.message and not any(word in problem.message for word in wording.FOREIGN))
        )
    one, other = ({"protocol": "json", "input": schema, "output": schema} for schema in (old, new))
    _require(compare(one, other).reason)
    _require(compare(one, one).verdict != "incompatible")


def journal(data: bytes) -> None:
    """Entries of a journal, one a line."""
    lines = data.split(b"\n")
    for line in lines:
        try:
            entry = Entry.from_bytes(line)
        except ValueError as error:
            _require("\n" not in str(error))
            continue
        _require(Entry.from_bytes(entry.to_bytes()) == entry)
    record = (
        Stored(f"{number:040x}", int(number > 0), {"entry.json": line}, ())
        for number, line in enumerate(lines)
    )
    _require(all(str(problem) for problem in check(record)))


def suppression(data: bytes) -> None:
    """Comments that switch findings off, and secrets: whatever a comment says, it has a reason and a line."""
    text = data.decode("utf-8", "replace")
    _require(len(redacted(text)) == len(text))
    parsed = parse_document(PATHS[1], casebook.registry().read(PATHS[1]) + text.encode())
    if parsed.document is not None:
        found = tuple(Suppressions(parsed.document).unused({}, "Model", is_new=True))
        _sound(found, parsed.document.text.encode())


def bundle(data: bytes) -> None:
    """A bundle of a signature, and what one signs: what is taken says one thing, what is not says why."""
    for read_it in (read_bundle, read_statement):
        try:
            _require(read_it(data))
        except UnsoundError as error:
            _require(str(error) and "\n" not in str(error))


def formats(data: bytes) -> None:
    """A file of a model: whatever it holds, what it is said to be is said in a sentence without an end."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    found = inspect(name, io.BytesIO(data[1:]), len(data) - 1 if data else 0)
    _require(isinstance(found, Inspection))
    for said in (found.mismatch, found.unscannable):
        _require("\n" not in printable(said) and not said.endswith("."))
    row = Named(name, "model")
    flaw = flaw_of(row, found, Rules(frozenset({"onnx", "safetensors"})))
    _require(flaw is None or (flaw.message and flaw.hint and flaw.message.isprintable()))
    _require(flaw is not None or found.format in {"onnx", "safetensors"})


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (loader, manifest, interface, journal, suppression, bundle, formats)
}


def seeds(target: str) -> Iterator[bytes]:
    """What to begin with: the manifests of the checks' cases, and for schemas the interfaces in them."""
    if target == "formats":
        yield from _files()
        return
    for case in casebook.all_cases():
        files = case.head()
        for number, path in enumerate(PATHS):
            if path in files.paths():
                text = files.read(path)
                yield bytes([number]) + text if target == "manifest" else text
    if target == "interface":
        yield from _interfaces()
        yield b"old: {type: array, items: {type: number}}\nnew: {prefixItems: [{enum: [1, a]}]}\n"
        yield b"old: {anyOf: [{const: 1}, {pattern: a+}]}\nnew: {$ref: '#/$defs/a', $defs: {a: {not: {}}}}\n"
    if target == "suppression":
        yield b"tags: [a]  # modelops: ignore[MOG204, MOG205] a reason\n# modelops: ignore[MOG1]\n"
    if target == "bundle":
        yield from _bundles()
    if target == "journal":
        yield (
            b'{"format_version":1,"sequence":0,"at":"2026-06-02T15:30:00Z","previous":null,"tool_version":"1",'
            b'"actor":{"name":"a"},"payload":{"type":"adopted","model":"iris"}}\n'
        )


def _interfaces() -> Iterator[bytes]:
    """Both sides of the interfaces of the cases, as schemas."""
    for case in casebook.all_cases():
        head = case.head()
        parsed = parse_document(PATHS[2], head.read(PATHS[2])) if PATHS[2] in head.paths() else None
        if parsed and parsed.document:
            sides = parsed.document.written["interface"]
            yield json.dumps({"old": sides["input"], "new": sides["output"]}).encode()


def _bundles() -> Iterator[bytes]:
    for file in sorted((ROOT / "tests/signed").glob("*.json")):
        yield file.read_bytes()
        yield b64decode(json.loads(file.read_bytes())["dsseEnvelope"]["payload"])


def _files() -> Iterator[bytes]:
    """Small files of models, each behind a byte that picks a name for it."""
    import modelfiles

    for name, data, _ in modelfiles.real_files():
        number = next((at for at, end in enumerate(NAMES) if name.endswith(end.partition(".")[2])), 0)
        if len(data) < LARGEST:
            yield bytes([number]) + data


def _sound(findings: tuple[Finding, ...], data: bytes) -> None:
    lines = data.count(b"\n") + data.count(b"\r") + 2
    _require(len(findings) <= MAX_FINDINGS)
    for finding in findings:
        _require(0 <= finding.place.line <= lines)
        _require(finding.message and finding.hint and "\n" not in finding.message)
        said = [words for words in wording.foreign_words(finding) if words.encode() not in data]
        _require(not said)


def _json_of(node: Node) -> Any:
    match node:
        case Scalar():
            return core_value(node.value, node.style)
        case MapNode():
            return {key: _json_of(entry.value) for key, entry in node.by_key.items()}
        case ListNode():
            return [_json_of(item) for item in node.items]


def _require(promise: object) -> None:
    if not promise:
        raise AssertionError
