"""Times of programs and of functions: wall clock and CPU, several runs of each, in turns.

Candidates take turns in rounds, so that what else the machine does meets all of them alike. hyperfine times
programs where it is installed; else a loop of our own does, which starts them the same way, without a shell.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Measured = tuple[float, float]
"""Wall-clock and CPU seconds (user and system, children included)."""


@dataclass(frozen=True, slots=True)
class Times:
    """What one candidate took.

    Attributes:
        name: The candidate.
        wall: Wall-clock seconds of each run.
        cpu: CPU seconds (user and system, of all its processes and threads); of each run, or by hyperfine
            of each round's mean.
    """

    name: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the wall-clock seconds."""
        return statistics.median(self.wall)

    @property
    def median_cpu(self) -> float:
        """The median of the CPU seconds."""
        return statistics.median(self.cpu)

    @property
    def spread(self) -> float:
        """How far apart the middle half of the runs is, as a fraction of the median."""
        if len(self.wall) < 2:
            return 0.0
        low, _, high = statistics.quantiles(self.wall, n=4, method="inclusive")
        return (high - low) / self.median

    def over(self, count: int) -> Times:
        """The same for each of `count` equal parts of the work."""
        return Times(self.name, [one / count for one in self.wall], [one / count for one in self.cpu])


@dataclass(frozen=True, slots=True)
class Program:
    """A program to time.

    Attributes:
        name: For the table.
        command: Its words.
        folder: Where it runs.
        env: Its environment, complete.
        forgets: A file that is removed before each run.
    """

    name: str
    command: Sequence[str | Path]
    folder: Path
    env: Mapping[str, str]
    forgets: Path | None = None

    @property
    def words(self) -> list[str]:
        """The command as text."""
        return [os.fspath(word) for word in self.command]

    def check(self) -> None:
        """Run it once, so that everything it reads is in memory.

        Raises:
            CalledProcessError: It fails: then nothing is worth timing.
        """
        subprocess.run(self.words, cwd=self.folder, env=self.env, check=True, stdout=subprocess.DEVNULL)


def time_programs(programs: Sequence[Program], *, rounds: int, runs: int) -> list[Times]:
    """Time programs, `rounds` times `runs` runs of each, in turns.

    Raises:
        CalledProcessError: One fails.
    """
    found = [Times(program.name) for program in programs]
    for program in programs:
        program.check()
    for _ in range(rounds):
        for program, times in zip(programs, found, strict=True):
            _add_round(program, times, runs)
    return found


def tool() -> str:
    """What times programs here, and its version."""
    if shutil.which("hyperfine"):
        return subprocess.run(
            ["hyperfine", "--version"], check=True, capture_output=True, text=True
        ).stdout.strip()
    return "a loop of our own (hyperfine is not installed)"


def _add_round(program: Program, times: Times, runs: int) -> None:
    if shutil.which("hyperfine"):
        wall, cpu = _hyperfine(program, runs)
        times.wall.extend(wall)
        times.cpu.append(cpu)
        return
    for _ in range(runs):
        wall_once, cpu_once = run_once(program)
        times.wall.append(wall_once)
        times.cpu.append(cpu_once)


def _hyperfine(program: Program, runs: int) -> tuple[list[float], float]:
    """The wall times of a round, and the mean of its CPU times, which is all that hyperfine tells."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ["--shell=none", "--warmup=1", f"--runs={runs}", "--style=none", f"--export-json={report}"]
        if program.forgets is not None:
            options.append(f"--prepare={shlex.join(['rm', '-f', str(program.forgets)])}")
        command = ["hyperfine", *options, shlex.join(program.words)]
        subprocess.run(command, cwd=program.folder, env=program.env, check=True, capture_output=True)
        result = json.loads(report.read_text())["results"][0]
    return result["times"], result["user"] + result["system"]


def run_once(program: Program) -> Measured:
    """Start a program, wait for its end, and tell what it took.

    Raises:
        CalledProcessError: It fails.
    """
    if program.forgets is not None:
        program.forgets.unlink(missing_ok=True)
    with Path(os.devnull).open("r+b") as nothing:
        start = time.perf_counter()
        process = subprocess.Popen(
            program.words, cwd=program.folder, env=program.env, stdin=nothing, stdout=nothing, stderr=nothing
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, program.words)
    return wall, usage.ru_utime + usage.ru_stime


def time_calls(calls: Mapping[str, Callable[[], object]], *, runs: int) -> list[Times]:
    """Time functions of this process, `runs` times each after one run that does not count, in turns.

    Processes that they start and wait for count for the CPU time.
    """
    found = {name: Times(name) for name in calls}
    for turn in range(runs + 1):
        for name, call in calls.items():
            wall, cpu = _timed(call)
            if turn:
                found[name].wall.append(wall)
                found[name].cpu.append(cpu)
    return list(found.values())


def _timed(call: Callable[[], object]) -> Measured:
    before, start = _cpu(), time.perf_counter()
    call()
    wall = time.perf_counter() - start
    return wall, _cpu() - before


def _cpu() -> float:
    """CPU seconds of this process and of those that it waited for; `os.times` has only hundredths."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
