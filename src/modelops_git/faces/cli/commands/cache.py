"""`modelops cache list` and `modelops cache prune`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.edges.stores.cache import Cache, Entry
    from modelops_git.engine.pruning import Limits
    from modelops_git.faces.cli.session import Session

HEADER = ("LAST USED", "BYTES", "SHA-256")


@click.group("cache")
def command() -> None:
    """List or prune the local cache of artifacts."""


@command.command("list")
@takes_session
def list_command(session: Session) -> Answer:
    """List what the cache holds, the longest unused first.

    It is at `$XDG_CACHE_HOME/modelops`, or `~/.cache/modelops`, and shared by all registries of a user.
    """
    from modelops_git.faces.reporting.tables import table

    cache = _cache()
    entries = cache.entries()
    if not entries:
        session.note(f"The cache {cache.root} is empty; `modelops pull` fills it.")
    rows = [(_time(entry), f"{entry.size:,}", entry.sha256) for entry in entries]
    data = {"folder": str(cache.root), "entries": _to_json(entries), "bytes": _size(entries)}
    summary = [f"{_said(entries)} in {cache.root}"] if entries else []
    return Answer(data, [*table(HEADER, rows), *summary])


@command.command("prune")
@takes_session
@click.option(
    "--unused-for", metavar="DURATION", default="", help="What was not used for so long, such as 30d."
)
@click.option(
    "--size", metavar="SIZE", default="", help="The longest unused, until SIZE is left, such as 20GB."
)
@click.option("--all", "everything", is_flag=True, help="Everything.")
def prune_command(_session: Session, unused_for: str, size: str, *, everything: bool) -> Answer:
    """Remove entries from the cache.

    Safe while others use it: what they need is brought anew. Files that were pulled stay, and where they are
    links to the cache, the disk gains nothing before they go too.
    """
    from modelops_git.engine.pruning import Limits, prune

    if not (unused_for or size or everything):
        raise UsageError(
            "nothing is said of what may go", hint="Give --unused-for 30d, --size 20GB or --all."
        )
    limits = Limits(None, 0) if everything else _limits(unused_for, size)
    cache = _cache()
    removed, left = prune(cache, limits)
    data = {
        "folder": str(cache.root),
        "removed": {"entries": len(removed), "bytes": _size(removed)},
        "left": {"entries": len(left), "bytes": _size(left)},
    }
    return Answer(data, [f"removed {_said(removed)}; {_said(left)} left in {cache.root}"])


def _cache() -> Cache:
    from modelops_git.edges.stores.cache import Cache, cache_folder

    return Cache(cache_folder())


def _limits(unused_for: str, size: str) -> Limits:
    import time

    from modelops_git.core.clock import parse_duration
    from modelops_git.core.sizes import parse_size
    from modelops_git.engine.pruning import Limits

    try:
        before = time.time() - parse_duration(unused_for).total_seconds() if unused_for else None
        return Limits(before, parse_size(size) if size else None)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            str(error), hint="Write a duration as 12h or 30d, a size as 500MB or 20GB."
        ) from error


def _time(entry: Entry) -> str:
    from datetime import UTC, datetime

    from modelops_git.core.clock import format_time

    return format_time(datetime.fromtimestamp(entry.used, UTC).replace(microsecond=0))


def _size(entries: Sequence[Entry]) -> int:
    return sum(entry.size for entry in entries)


def _said(entries: Sequence[Entry]) -> str:
    from modelops_git.faces.reporting.text import counted

    return f"{counted(len(entries), 'file')}, {_size(entries):,} bytes"


def _to_json(entries: Sequence[Entry]) -> list[dict[str, str | int]]:
    return [{"sha256": one.sha256, "size": one.size, "used": _time(one)} for one in entries]
