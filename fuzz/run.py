"""Fuzz with atheris: `python fuzz/run.py --seconds 600 [TARGET...]`; each target in a process of its own.

What is found along the way is kept in `build/fuzz/TARGET/`, so that the next run begins there. An input that
breaks a promise is written to `build/fuzz/crash-…`; `python fuzz/run.py --replay FILE TARGET` runs it again.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "build" / "fuzz"
NAMES = ("loader", "manifest", "interface", "journal", "suppression", "bundle", "formats")
"""The targets; they are not imported here, since what is imported before atheris has no instruments."""
LONGEST = 65_536  # bytes; larger inputs are the business of tests/hostile.py
SLOWEST = 10  # seconds for one input: far above what is promised, since fuzzing slows all down
MOST_MEMORY = 1024  # MiB, of the whole process


def main() -> int:
    """Fuzz what the command line says; 1 where a promise was broken."""
    asked = _asked()
    if asked.replay or asked.inside:
        return _fuzz(asked.targets[0], asked)
    failed = [name for name in asked.targets if _started(name, asked)]
    print(f"broken: {', '.join(failed)}" if failed else f"kept all promises: {', '.join(asked.targets)}")
    return 1 if failed else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--runs", type=int, default=-1, help="end after so many inputs, too")
    parser.add_argument("--seed", type=int, default=0, help="of chance; 0 for another one each time")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where findings are kept")
    parser.add_argument("--replay", type=Path, help="run one input again")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.targets = asked.targets or list(NAMES)
    if unknown := set(asked.targets) - set(NAMES):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    return asked


def _started(name: str, asked: argparse.Namespace) -> int:
    """The exit code of a process that fuzzes one target: libFuzzer ends the one that it runs in."""
    options = ["--seconds", asked.seconds, "--runs", asked.runs, "--seed", asked.seed, "--kept", asked.kept]
    command = [sys.executable, __file__, *map(str, options), "--inside", name]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - a list of arguments, no shell


def _fuzz(name: str, asked: argparse.Namespace) -> int:
    import atheris

    sys.path.insert(0, str(HERE))
    with atheris.instrument_imports(include=["modelops_git", "targets"]):
        from targets import TARGETS, seeds
    if asked.replay:
        TARGETS[name](asked.replay.read_bytes())
        return 0
    corpus = asked.kept / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds(name):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    limits = [f"-max_total_time={asked.seconds}", f"-runs={asked.runs}", f"-seed={asked.seed}"]
    bounds = [f"-max_len={LONGEST}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MOST_MEMORY}"]
    atheris.Setup(
        [
            sys.argv[0],
            *limits,
            *bounds,
            "-print_final_stats=1",
            f"-artifact_prefix={asked.kept}/",
            str(corpus),
        ],
        TARGETS[name],
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
