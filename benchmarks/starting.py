"""How long our program takes to start, and what `pip install modelops-git` brings."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import registry
from tables import Amount, Beside, Section, milliseconds, table
from timing import Program, time_programs

if TYPE_CHECKING:
    from pathlib import Path

    from peers import Peers

AIM = 1.5
PASS = "python -c pass"  # noqa: S105 - a Python statement
CLICK = "python -c 'import click'"
VERSION = "modelops --version"
VALIDATE = "modelops validate FILE"
TOOLS = {"pip", "setuptools", "wheel"}
"""What a new environment has before anything is installed."""

LIST = """
import importlib.metadata, json
def size(dist):
    paths = {dist.locate_file(file).resolve() for file in dist.files or ()}
    modules = [path for path in paths if path.suffix == ".py"]
    cached = {one for path in modules for one in (path.parent / "__pycache__").glob(path.stem + ".*.pyc")}
    return sum(path.stat().st_size for path in paths | cached if path.is_file())
print(json.dumps({dist.metadata["Name"]: size(dist) for dist in importlib.metadata.distributions()}))
"""


def measure(peers: Peers, folder: Path, *, rounds: int = 3) -> Section:
    """Time starts beside Python's own and click's, in a registry of 100 versions."""
    made = registry.generate(folder / "starting", 100, peers.env)
    commands: dict[str, list[str | Path]] = {
        PASS: [peers.python, "-c", "pass"],
        CLICK: [peers.python, "-c", "import click"],
        VERSION: [peers.modelops, "--version"],
        VALIDATE: [peers.modelops, "validate", made.added],
    }
    programs = [Program(name, command, made.root, peers.env) for name, command in commands.items()]
    times = time_programs(programs, rounds=rounds, runs=5)
    found = {one.name: one for one in times}
    beside = [
        Beside(f"`{VERSION}` beside `import click`", found[VERSION], found[CLICK], AIM),
        Beside(f"`{VALIDATE}` beside `import click`", found[VALIDATE], found[CLICK]),
        Beside(f"`{VALIDATE}` beside `python -c pass`", found[VALIDATE], found[PASS]),
    ]
    return Section("Start-up", Amount(milliseconds), times, beside)


def footprint(peers: Peers) -> Section:
    """What the wheel brought into an empty environment, compiled bytecode included."""
    command: list[str | Path] = [peers.python, "-c", LIST]
    sizes: dict[str, int] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    brought = {name: size for name, size in sizes.items() if name.lower() not in TOOLS}
    rows = [
        [name, f"{size / 1e6:.1f} MB"] for name, size in sorted(brought.items(), key=lambda item: -item[1])
    ]
    total = f"**{len(brought)} packages, {sum(brought.values()) / 1e6:.1f} MB**, compiled bytecode included."
    notes = [total, table(("package", "on disk"), rows)]
    return Section("What `pip install modelops-git` brings", Amount(milliseconds), (), (), notes)
