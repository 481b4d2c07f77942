"""A second opinion on a pickle, by a scanner that is installed beside this package.

A scanner reads hostile bytes, with bugs of its own. It runs in a process with limits on time, memory and what
it may write, in an empty folder, without the environment. It is never believed where it did not finish: any
exit code but 0 (nothing found) and 1 (something found) means that nothing was scanned.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats.compressed import expanded
from modelops_git.core.formats.inspection import UnscannableError
from modelops_git.core.formats.joblib_arrays import without_arrays
from modelops_git.core.formats.reading import FileView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.formats.reading import View

MIB: Final = 1 << 20
MOST_SAID: Final = 64 * 1024
MOST_SHOWN: Final = 200
_CRASHED = "Traceback (most recent call last)"
_GAVE_UP = "could not parse"  # picklescan says so, and ends as if nothing had been found
# Limits are set by the child itself, since a function between fork and exec is not safe among threads.
_LIMITED = """
import resource, runpy, sys
def limit(what, most):
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))
seconds, memory, module = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
limit(resource.RLIMIT_CPU, seconds)
limit(resource.RLIMIT_AS, memory)
limit(resource.RLIMIT_FSIZE, 1 << 20)
limit(resource.RLIMIT_CORE, 0)
limit(resource.RLIMIT_NPROC, 0)
sys.argv = [module, *sys.argv[4:]]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


class Scanner(NamedTuple):
    """A program that looks for code in pickles.

    Attributes:
        name: Of its package.
        module: What is run.
        words: Before the name of the file.
    """

    name: str
    module: str
    words: tuple[str, ...]


SCANNERS: Final = (
    Scanner("picklescan", "picklescan.cli", ("--path",)),
    Scanner("modelscan", "modelscan.cli", ("--path",)),
    Scanner("fickling", "fickling", ("--check-safety", "--print-results")),
)
"""Those that are known, the one that is asked first."""


class Limits(NamedTuple):
    """What a scanner may use.

    Attributes:
        seconds: Of time, and of computing time.
        memory: In bytes of address space.
        size: How large a file is handed to it, in bytes.
    """

    seconds: int = 120
    memory: int = 4096 * MIB
    size: int = 2048 * MIB


class Outcome(Enum):
    """What came of it."""

    CLEAN = "clean"
    FOUND = "found"
    NOT_SCANNED = "not scanned"


class Opinion(NamedTuple):
    """What a scanner says.

    Attributes:
        outcome: Whether it found something.
        said: What, or why nothing was scanned.
    """

    outcome: Outcome
    said: str = ""


def installed() -> Scanner | None:
    """The scanner to ask; None where none is installed."""
    return next((one for one in SCANNERS if find_spec(one.name) is not None), None)


USUAL: Final = Limits()
NAMES: Final = {"pickle": "model.pkl", "joblib": "model.pkl", "torch": "model.pt"}
"""The formats that scanners read, and what such a file is called for them: its end tells them what it is."""


def opinion(scanner: Scanner, kind: str, view: View, limits: Limits = USUAL) -> Opinion:
    """What `scanner` says of a file.

    Args:
        scanner: Who is asked.
        kind: Its format, one of `NAMES`.
        view: Its bytes. Scanners know neither compression nor arrays of joblib: they get it without.
        limits: What the scanner may use.
    """
    with tempfile.TemporaryDirectory(prefix="modelops-scan-") as folder:
        file = Path(folder) / NAMES[kind]
        try:
            _write(file.with_suffix(".unpacked") if kind == "joblib" else file, expanded(view), limits.size)
            if kind == "joblib":
                _leave_arrays_out(file, limits.size)
        except UnscannableError as error:
            return Opinion(Outcome.NOT_SCANNED, str(error))
        return _asked(scanner, file, limits)


def _leave_arrays_out(file: Path, most: int) -> None:
    plain = file.with_suffix(".unpacked")
    with plain.open("rb") as stream:
        _write(file, without_arrays(FileView(stream, plain.stat().st_size)), most)
    plain.unlink()


def _write(file: Path, content: Iterable[bytes], most: int) -> None:
    with file.open("xb") as stream:
        for piece in content:
            if stream.tell() + len(piece) > most:
                raise UnscannableError(f"it is larger than {most // MIB:,} MiB")
            stream.write(piece)


def _asked(scanner: Scanner, file: Path, limits: Limits) -> Opinion:
    numbers = (str(limits.seconds), str(limits.memory))
    command = [
        sys.executable,
        "-I",
        "-B",
        "-c",
        _LIMITED,
        *numbers,
        scanner.module,
        *scanner.words,
        file.name,
    ]
    folder = os.fspath(file.parent)
    environment = {"HOME": folder, "TMPDIR": folder, "OPENBLAS_NUM_THREADS": "1"}
    with (
        (file.parent / "said").open("xb+") as said,
        subprocess.Popen(  # noqa: S603 - this Python, and a module of the table
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            code = process.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            return Opinion(Outcome.NOT_SCANNED, f"it took more than {limits.seconds} s")
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        said.seek(0)
        return _heard(code, said.read(MOST_SAID).decode("utf-8", "replace").replace(f"{folder}/", ""))


def _heard(code: int, said: str) -> Opinion:
    if code == 0 and _GAVE_UP in said:
        return Opinion(Outcome.NOT_SCANNED, f"it {_GAVE_UP} the file")
    if code == 0:
        return Opinion(Outcome.CLEAN)
    if code == 1 and _CRASHED not in said:
        return Opinion(Outcome.FOUND, _first(said))
    how = f"ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return Opinion(Outcome.NOT_SCANNED, f"it {how}")


def _first(said: str) -> str:
    """The line that says what was found."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "FOUND" in line or "Description" in line]
    return (telling or lines or [""])[0][:MOST_SHOWN]
