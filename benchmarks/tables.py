"""What was measured, as Markdown tables: the measurements themselves, and what is compared with which aim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from timing import Times

NOT_MEASURED = "not measured"
SMALL = 0.1
"""Ratios below it are shown with four digits."""
HEAD = ("what", "ours", "peer", "ratio", "CPU, ours", "CPU, peer", "CPU ratio", "aim", "met", "met by CPU")
RAW_HEAD = ("measured", "median", "min", "max", "middle half within", "CPU", "runs")


@dataclass(frozen=True, slots=True)
class Amount:
    """How a time is shown and compared: as time, of which less is better, or as speed, of which more is.

    Attributes:
        show: A number of seconds as text.
        is_speed: Whether the ratio is one of speeds.
    """

    show: Callable[[float], str]
    is_speed: bool = False

    def ratio(self, ours: float, peer: float) -> float:
        """Ours divided by the peer's, in times or in speeds; of two immeasurably short times 1."""
        top, bottom = (peer, ours) if self.is_speed else (ours, peer)
        return top / bottom if bottom else 1.0

    def meets(self, ratio: float, aim: float) -> bool:
        """Whether a ratio is on the right side of the aim."""
        return ratio >= aim if self.is_speed else ratio <= aim


@dataclass(frozen=True, slots=True)
class Beside:
    """Ours beside a peer.

    Attributes:
        what: The work.
        ours: What we took.
        peer: What the peer took; a text says why that could not be measured.
        aim: The ratio to be on the right side of; None where it is only of interest.
    """

    what: str
    ours: Times
    peer: Times | str
    aim: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The results of one benchmark.

    Attributes:
        title: Its heading.
        amount: How its times are shown.
        measured: All that was timed.
        beside: What is compared.
        notes: Sentences below the tables.
    """

    title: str
    amount: Amount
    measured: Sequence[Times]
    beside: Sequence[Beside]
    notes: Sequence[str] = field(default=())

    def markdown(self) -> str:
        """The section as Markdown."""
        blocks = [f"### {self.title}"]
        if self.beside:
            blocks.append(table(HEAD, [_compared(self.amount, one) for one in self.beside]))
        if self.measured:
            blocks.append(table(RAW_HEAD, [_measured(self.amount, times) for times in self.measured]))
        return "\n\n".join([*blocks, *self.notes]) + "\n"


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{seconds * 1e3:.0f} ms" if seconds >= 0.1 else f"{seconds * 1e3:.1f} ms"


def microseconds(seconds: float) -> str:
    """Seconds as microseconds."""
    return f"{seconds * 1e6:,.0f} µs"


def megabytes(count: float) -> str:
    """Bytes as megabytes (of 10^6); nothing for none."""
    return f"{count / 1e6:,.0f} MB" if count else ""


def megabytes_per_second(size: int) -> Callable[[float], str]:
    """Seconds for `size` bytes as a speed (of 10^6 bytes)."""

    def show(seconds: float) -> str:
        return f"{size / seconds / 1e6:,.0f} MB/s" if seconds else "-"

    return show


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; columns behind the first are set to the right."""
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows])


def _compared(amount: Amount, one: Beside) -> list[str]:
    ours = [amount.show(one.ours.median), amount.show(one.ours.median_cpu)]
    aim = "" if one.aim is None else f"{'≥' if amount.is_speed else '≤'} {one.aim:.2f}"
    if isinstance(one.peer, str):
        return [one.what, ours[0], one.peer, "", ours[1], "", "", aim, *[NOT_MEASURED if aim else ""] * 2]
    ratios = (
        amount.ratio(one.ours.median, one.peer.median),
        amount.ratio(one.ours.median_cpu, one.peer.median_cpu),
    )
    met = ["" if one.aim is None else _yes(is_met=amount.meets(ratio, one.aim)) for ratio in ratios]
    peer = [amount.show(one.peer.median), amount.show(one.peer.median_cpu)]
    shown = [f"{ratio:.2f}" if ratio >= SMALL else f"{ratio:.4f}" for ratio in ratios]
    return [one.what, ours[0], peer[0], shown[0], ours[1], peer[1], shown[1], aim, *met]


def _yes(*, is_met: bool) -> str:
    return "yes" if is_met else "**no**"


def _measured(amount: Amount, times: Times) -> list[str]:
    shown = [amount.show(one) for one in (times.median, min(times.wall), max(times.wall))]
    return [times.name, *shown, f"{times.spread:.0%}", amount.show(times.median_cpu), str(len(times.wall))]
