"""Work shared by processes. They are forks: they begin with all that is known, and cost milliseconds."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Part = TypeVar("Part")
Outcome = TypeVar("Outcome")


def available() -> int:
    """How many processes may run at once; one where this process cannot be forked safely.

    A fork has the calling thread only, and whatever lock another one held stays locked in it. On macOS the
    system's own libraries have such threads.
    """
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each_in_a_process(work: Callable[[Part], Outcome], parts: Sequence[Part]) -> list[Outcome]:
    """`work` of every part, in order: of the first one here, of each other in a process of its own.

    Whatever `work` raises is raised here. A process that is killed does not lose its part, which is then
    worked on here. None of them outlives the call; if this process is killed, they end with their part.
    """
    if len(parts) < 2:  # noqa: PLR2004 - nothing to share
        return [work(part) for part in parts]
    started: list[tuple[BaseProcess, Connection]] = []
    try:
        for part in parts[1:]:
            started.append(_start(work, part, [answers for _, answers in started]))
        found = [work(parts[0])]
        found += [
            _outcome(work, part, answers) for part, (_, answers) in zip(parts[1:], started, strict=True)
        ]
        return found
    finally:
        for process, answers in started:
            answers.close()
            process.kill()
            process.join()


def _start(
    work: Callable[[Part], Outcome], part: Part, others: Sequence[Connection]
) -> tuple[BaseProcess, Connection]:
    """A process that works on `part`, and where its answer comes out, as at `others` those of others do."""
    from multiprocessing import get_context

    context = get_context("fork")
    answers, answer_to = context.Pipe(duplex=False)
    inherited = (*others, answers)
    process = context.Process(target=_answer, args=(work, part, answer_to, inherited), daemon=True)
    process.start()
    answer_to.close()
    return process, answers


def _answer(
    work: Callable[[Part], Outcome], part: Part, answer_to: Connection, inherited: Sequence[Connection]
) -> None:
    """What a process does. An interrupt from the keyboard reaches all; the one that began them ends them.

    Where the answers come out is open here too, and is closed: else nobody would hear that the one that asked
    was killed, and an answer longer than a pipe would wait for a reader for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for one in inherited:
        one.close()
    outcome: Any
    try:
        outcome, error = work(part), None
    except Exception as raised:  # noqa: BLE001 - raised again where it belongs
        outcome, error = None, raised
    with contextlib.suppress(BrokenPipeError):  # the one that asked was killed
        answer_to.send((outcome, error))
    answer_to.close()
    os._exit(0)  # nothing of what was inherited is this process's to tidy up


def _outcome(work: Callable[[Part], Outcome], part: Part, answers: Connection) -> Outcome:
    outcome: Outcome
    try:
        outcome, error = answers.recv()
    except EOFError:  # it was killed
        return work(part)
    if error is not None:
        raise error
    return outcome
