"""What the import contracts cannot see: that core asks no clock and opens no file.

The import contracts in pyproject.toml keep whole modules out of core. These look into its code.
"""

import ast

import pytest

PURE_PATHS = {"PurePath", "PurePosixPath"}
IMPURE_CALLS = {"open", "input", "print", "exec", "eval", "breakpoint"}
CLOCKS = {"now", "utcnow", "today"}


def impurities(tree):
    """Each place of `tree` that reaches for the clock, a file, the terminal or the network."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="pathlib", names=names) if {name.name for name in names} - PURE_PATHS:
                yield node.lineno, "a pathlib class that touches files"
            case ast.Import(names=names) if {name.name for name in names} & {
                "pathlib",
                "urllib.request",
                "io.open",
            }:
                yield node.lineno, "a module that reaches out"
            case ast.ImportFrom(module="urllib.request" | "importlib.resources"):
                yield node.lineno, "a module that reaches out"
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_CALLS:
                yield node.lineno, f"{name}()"
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCKS:
                yield node.lineno, f".{name}(), which asks the clock"


@pytest.mark.parametrize(
    "source",
    [
        "from pathlib import Path",
        "import pathlib",
        "from urllib.request import urlopen",
        "open('x')",
        "from datetime import datetime\ndatetime.now()",
    ],
)
def test_what_reaches_out_is_seen(source):
    assert list(impurities(ast.parse(source)))


def test_core_asks_no_clock_and_opens_no_file(project):
    modules = sorted((project / "src" / "modelops_git" / "core").rglob("*.py"))
    found = [
        f"{path.relative_to(project)}:{line}: {what}"
        for path in modules
        for line, what in impurities(ast.parse(path.read_bytes()))
    ]
    assert modules
    assert found == []
