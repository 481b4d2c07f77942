"""The peer that keeps promotions in git as well: GTO, whose records are tags.

Its tags are written by `git fast-import`, as `gto register` and `gto assign` would write them: each version
at a commit of its own, and assigned once.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promotions import IDENTITY, git
from timing import Program, Times, run_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

WHO = "Ana <ana@example.com>"
IN_ONE_PROCESS = """
import json, os, sys, time
import gto.api
verb, count, arguments = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
found = []
for _ in range(count):
    begun, used = time.perf_counter(), os.times()
    getattr(gto.api, verb)(".", *arguments)
    wall, now = time.perf_counter() - begun, os.times()
    found.append([wall, sum(now[:4]) - sum(used[:4])])
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A repository with promotions as GTO keeps them.

    Attributes:
        root: Its folder.
        model: One of its models.
        env: The environment for git.
    """

    root: Path
    model: str
    env: Mapping[str, str]


def tagged(root: Path, models: int, promotions: int, env: Mapping[str, str]) -> Tagged:
    """Make a repository of `models` models that were promoted `promotions` times in all."""
    env = {**env, **IDENTITY}
    root.mkdir(parents=True)
    git(root, env, "init", "--quiet", "--initial-branch=main")
    git(root, env, "fast-import", "--quiet", stdin="".join(_stream(models, promotions)).encode())
    git(root, env, "reset", "--quiet", "--hard", "main")
    return Tagged(root, "model-1", env)


def times(python: Path, made: Tagged, verb: str, arguments: list[str], *, runs: int) -> tuple[Times, Times]:
    """What `gto VERB` takes, as a program and as a function in a process that has loaded it before.

    Raises:
        CalledProcessError: It fails.
    """
    words = " ".join(["gto", verb, *("MODEL" for _ in arguments)])
    program = Program(words, [python.with_name("gto"), verb, *arguments], made.root, made.env)
    found = [run_once(program) for _ in range(runs)]
    command: list[str | Path] = [python, "-c", IN_ONE_PROCESS, verb, str(runs), *arguments]
    done = subprocess.run(command, cwd=made.root, env=made.env, check=True, capture_output=True)
    inside = json.loads(done.stdout.splitlines()[-1])
    return (
        Times(words, [wall for wall, _ in found], [cpu for _, cpu in found]),
        Times(f"{words}, within Python", [wall for wall, _ in inside], [cpu for _, cpu in inside]),
    )


def _stream(models: int, promotions: int) -> Iterator[str]:
    for number in range(promotions):
        version, model = divmod(number, models)
        when = 1780000000 + 100 * number
        yield f"commit refs/heads/main\nmark :{number + 1}\ncommitter {WHO} {when} +0000\n{_text('Release')}"
        yield f"from :{number}\n" if number else ""
        yield f"M 100644 inline model-{model}.json\n{_text(str(number))}"
        for tag, why in ((f"@v1.{version}.0", "Registering"), (f"#production#{version + 1}", "Assigning")):
            at = f"from :{number + 1}\ntagger {WHO} {when} +0000\n"
            yield f"tag model-{model}{tag}\n{at}{_text(f'{why} artifact model-{model}')}"


def _text(text: str) -> str:
    return f"data {len(text)}\n{text}\n"
