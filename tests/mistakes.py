"""Mistakes that people make, each in one line of a good manifest; and what the terminal then shows.

`python tests/mistakes.py` prints all of them side by side, to be read as a newcomer would. What it prints is
kept in `mistakes.txt` and compared: who changes a message sees all that it does, and writes the file anew.
"""

from __future__ import annotations

import sys

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.run import run
from modelops_git.core.snapshot import DictSnapshot
from modelops_git.faces.reporting.lines import render
from modelops_git.faces.reporting.sources import SnapshotSources
from modelops_git.faces.reporting.text import finding_lines

GOOD = casebook.registry()
FILES = {path: GOOD.read(path).decode() for path in GOOD.paths()}
VERSION, MODEL, REGISTRY = "models/iris/versions/1.1.0.yaml", "models/iris/model.yaml", "modelops.yaml"
ROLLOUT, ANALYSIS = "models/iris/rollouts/production.yaml", "analyses/serving-health.yaml"
SUMMARY, AUTHORS = "summary: Retrained on May's data.", 'authors: ["github:ana"]'
SHA = f"sha256: {'2' * 64}"
STAGING = 'type: gateway, uri: "file:.modelops/live/staging"'
IN_MUMBAI = (
    "promote_from: [staging]",
    'deploy_window: {days: [mon], from: "08:00", until: "16:00", timezone: Asia/Mumbai}',
)
MARKERS = "<<<<<<< HEAD\nrisk: low\n=======\nrisk: high\n>>>>>>> other"
GROUPS = "groups:"
KEY = """\
signers:
  release:
    type: key
    public_key: |
      -----BEGIN {0} KEY-----
      MFkxEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt
      -----END {0} KEY-----
"""
WHOLE = ""
"""Stands for the whole text of a file."""

# What is done wrong, the file, what is written there, and what is written instead.
MISTAKES = (
    ("no colon", MODEL, "risk: low", "risk low"),
    ("no space after the colon", MODEL, "risk: low", "risk:low"),
    ("an equals sign", MODEL, "risk: low", "risk = low"),
    ("a semicolon", MODEL, "risk: low", "risk: low;"),
    ("a no-break space", MODEL, "risk: low", "risk:\xa0low"),
    ("a tab", REGISTRY, "  primary:", "\tprimary:"),
    ("a key too far to the right", MODEL, "risk: low", " risk: low"),
    ("a key too far to the left", VERSION, "  data: [{", "data: [{"),
    ("an item without a dash", ANALYSIS, "  - name", "  name"),
    ("a dash without a space", VERSION, "  - {name: holdout", "  -{name: holdout"),
    ("an apostrophe in single quotes", VERSION, SUMMARY, "summary: 'Retrained on May's data.'"),
    ("a colon in a text", VERSION, SUMMARY, "summary: Retrained: new data"),
    ("a percent sign first", VERSION, SUMMARY, "summary: %5 better"),
    ("an at sign first", VERSION, SUMMARY, "summary: @ana retrained it"),
    ("an asterisk first", VERSION, SUMMARY, "summary: *new* data"),
    ("a backtick first", VERSION, SUMMARY, "summary: `x` retrained"),
    ("a number sign first", VERSION, SUMMARY, "summary: #1 of all models"),
    ("a backslash in double quotes", VERSION, SUMMARY, 'summary: "C:\\data"'),
    ("a text behind the pipe", VERSION, SUMMARY, "summary: | Retrained on data"),
    ("an open bracket", VERSION, AUTHORS, 'authors: ["github:ana"'),
    ("an open quote", VERSION, AUTHORS, 'authors: ["github:ana]'),
    ("an asterisk as pattern", REGISTRY, 'models: ["*"]', "models: [*]"),
    ("an anchor", VERSION, AUTHORS, 'authors: &a ["github:ana"]'),
    ("a key twice", MODEL, "risk: low", "risk: low\nrisk: high"),
    ("two documents", MODEL, WHOLE, "a: 1\n---\nb: 2\n"),
    ("an unfinished merge", MODEL, "risk: low", MARKERS),
    (
        "the name of a file as a public key",
        REGISTRY,
        GROUPS,
        f"signers: {{a: {{type: key, public_key: a.pem}}}}\n{GROUPS}",
    ),
    ("a public key that is none", REGISTRY, GROUPS, f"{KEY.format('PUBLIC')}{GROUPS}"),
    ("a private key", REGISTRY, GROUPS, f"{KEY.format('PRIVATE')}{GROUPS}"),
    ("an empty file", MODEL, WHOLE, ""),
    ("a page of the web", MODEL, WHOLE, "<!DOCTYPE html>\n<html>\n"),
    ("TOML", MODEL, WHOLE, "[model]\nname = 'iris'\n"),
    ("a list for a mapping", REGISTRY, "stores:\n  primary: {uri", "stores:\n  - {uri"),
    ("a mapping for a list", VERSION, AUTHORS, "authors: {github: ana}"),
    ("a text for a list", VERSION, AUTHORS, "authors: github:ana"),
    ("a text for a mapping", VERSION, "  - {path: model.onnx", "  - model.onnx\n  - {path: model.onnx"),
    ("None of Python", VERSION, "interface:", "training: None\ninterface:"),
    ("nothing", MODEL, "risk: low", "risk:"),
    ("an empty list", VERSION, AUTHORS, "authors: []"),
    ("a number for a text", VERSION, SUMMARY, "summary: 5"),
    ("words that are no texts elsewhere", MODEL, "risk: low", "risk: low\ntags: [no, 1.10, 2026-05-01]"),
    ("a text for a number", VERSION, "size: 181224", "size: 181 kB"),
    ("a number in quotes", VERSION, "size: 181224", 'size: "181224"'),
    ("a number with separators", VERSION, "size: 181224", "size: 181,224"),
    ("a decimal comma", VERSION, "accuracy: 0.97", "accuracy: 0,97"),
    ("a percentage", VERSION, "accuracy: 0.97", "accuracy: 97%"),
    ("no digit before the point", VERSION, "accuracy: 0.97", "accuracy: .97"),
    ("a zero in front", VERSION, "seed: 42", "seed: 042"),
    ("not a number", VERSION, "accuracy: 0.97", "accuracy: .nan"),
    ("a negative size", VERSION, "size: 181224", "size: -1"),
    ("a weight of 150", REGISTRY, "weight: 5,", "weight: 150,"),
    ("a weight with its unit", REGISTRY, "weight: 5,", "weight: 5%,"),
    ("yes", REGISTRY, "default_store: primary\n", "default_store: primary\njournal: {signed: yes}\n"),
    ("a misspelt word", MODEL, "risk: low", "risk: lo"),
    ("a capital letter", MODEL, "risk: low", "risk: Low"),
    ("another word", MODEL, "risk: low", "risk: banana"),
    ("a field in camel case", VERSION, "created_at", "createdAt"),
    ("a misspelt field", VERSION, "evaluations:", "evaluatons:"),
    ("a field of nothing", MODEL, "risk: low", "risk: low\ncolour: red"),
    ("a missing field", VERSION, f"{SUMMARY}\n", ""),
    ("a kind in lower case", MODEL, "kind: Model", "kind: model"),
    ("another kind", MODEL, "kind: Model", "kind: Rollout"),
    ("another api_version", MODEL, "modelops/v1", "v1"),
    ("api_version in camel case", MODEL, "api_version", "apiVersion"),
    ("neither api_version nor kind", MODEL, WHOLE, "name: iris\n"),
    ("a misspelt type", REGISTRY, "type: canary", "type: cannary"),
    ("no type", REGISTRY, "    type: canary\n", ""),
    ("a type that is not there", REGISTRY, "type: gateway", "type: kubernetes"),
    ("a misspelt provider", ANALYSIS, "type: prometheus", "type: promtheus"),
    ("an integer in a condition", ANALYSIS, "candidate > 0.05", "candidate > 1"),
    ("a misspelt measured value", ANALYSIS, "candidate > 0.05", "candidate > 1.5 * stabel"),
    ("a condition that is none", ANALYSIS, "candidate > 0.05", "candidate"),
    ("a field of another type", REGISTRY, "{type: immediate}", "{type: immediate, steps: []}"),
    ("a misspelt field of a target", REGISTRY, STAGING, STAGING.replace("uri:", "url:")),
    ("a target without its address", REGISTRY, ', uri: "file:.modelops/live/staging"', ""),
    ("a duration without a unit", REGISTRY, "for: 10m", "for: 10"),
    ("a duration in words", REGISTRY, "for: 10m", "for: 10 minutes"),
    ("a time zone that is not there", REGISTRY, *IN_MUMBAI),
    ("two that exclude each other", REGISTRY, "for: 10m", "for: 10m, until: resumed"),
    ("neither of two", REGISTRY, ", for: 10m", ""),
    ("a digest without its prefix", ROLLOUT, "manifest_digest: sha256:", "manifest_digest: "),
    ("a digest cut short", VERSION, SHA, "sha256: 2222222"),
    ("a digest with a prefix too many", VERSION, SHA, SHA.replace(" ", " sha256:")),
    ("a digest in capitals", VERSION, SHA, SHA.replace("2" * 64, "A" * 64)),
    ("a time without a zone", VERSION, "2026-05-01T15:30:00Z", "2026-05-01T15:30:00"),
    ("a time in another zone", VERSION, "2026-05-01T15:30:00Z", "2026-05-01T15:30:00+02:00"),
    ("a date for a time", VERSION, "2026-05-01T15:30:00Z", "2026-05-01"),
    ("the 31st of February", VERSION, "2026-05-01T15:30:00Z", "2026-02-31T15:30:00Z"),
    ("a v before the version", VERSION, "version: 1.1.0", "version: v1.1.0"),
    ("a parent of two numbers", VERSION, "parent: 1.0.0", "parent: 1.0"),
    ("another version than the path's", VERSION, "version: 1.1.0", "version: 1.1.1"),
    ("a name with a capital", MODEL, "name: iris", "name: Iris"),
    ("a group with a capital", REGISTRY, "  ml-engineers: [", "  ML Engineers: ["),
    ("a person without a system", VERSION, AUTHORS, "authors: [ana]"),
    ("a path with a space", REGISTRY, "training.data", "training data"),
    ("a word for a schema", VERSION, "output: {type: integer, enum: [0, 1, 2]}", "output: integer"),
    (
        "a type of Python in a schema",
        VERSION,
        "output: {type: integer, enum: [0, 1, 2]}",
        "output: {type: int}",
    ),
    ("a text for a number in a schema", VERSION, "minItems: 4", "minItems: four"),
)


def spoilt(path, good, bad):
    """The registry with a mistake."""
    assert good in FILES[path]
    text = FILES[path].replace(good, bad, 1) if good else bad
    return DictSnapshot({**{one: content.encode() for one, content in FILES.items()}, path: text.encode()})


def findings(path, good, bad):
    """What is found in the file with the mistake alone."""
    return run(Catalog(spoilt(path, good, bad)), None, (path,)).findings


def shown(path, good, bad):
    """The same as the terminal shows it."""
    sources = SnapshotSources(spoilt(path, good, bad))
    return [render(line, colour=False).rstrip() for line in finding_lines(findings(path, good, bad), sources)]


def gallery():
    """All mistakes with what is shown."""
    parts = (["=== " + what, *shown(path, good, bad)] for what, path, good, bad in MISTAKES)
    return "\n".join(line for part in parts for line in part)


if __name__ == "__main__":
    sys.stdout.write(gallery())
