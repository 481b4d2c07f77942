"""Transcripts in Markdown pages: their commands are run, and must print what the page shows.

A block that is fenced as `console` is a transcript. `$ ` begins a command, `> ` continues it, and the lines
that follow are all that it prints, on both streams:

- A line `...` stands for any lines, and `...` in a line for any text.
- Digests, ids of commits and times differ from run to run, and a command that names one is given that of this
  run. A digest that a page shows twice must be the same twice, and two that it shows must be two.
- A command must succeed, unless the next one is `echo $?`.

`<!-- console` begins a transcript that readers do not see, and `-->` ends it. A block in another language
whose first line is a comment with the name of a file, such as `# train.py`, is written to that file.
"""

from __future__ import annotations

import difflib
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
VARIES = re.compile(rf"\b[0-9a-f]{{7,64}}\b|\b{TIME}\b")
ANY_TEXT = re.compile(r"(?<!\.)\.\.\.(?!\.)")
PIECE = re.compile(f"({VARIES.pattern}|{ANY_TEXT.pattern})")
BLOCK = re.compile(r"^(?:```|<!-- )(\w+)\n(.*?)^(?:```|-->)$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# ([\w./-]*\w\.\w+)\n")


@dataclass(frozen=True)
class Command:
    """A command, and what a page says that it prints."""

    line: str
    shown: list[str] = field(default_factory=list)


def steps_of(text):
    """The commands of a page and the files that it shows, in order; a file is a pair of name and text."""
    for language, content in BLOCK.findall(text):
        if language == "console":
            yield from commands_of(content)
        elif named := FILE_NAME.match(content):
            yield named[1], content


def commands_of(transcript):
    commands = []
    for line in transcript.splitlines():
        if line.startswith("$ "):
            commands.append(Command(line[2:]))
        elif line.startswith("> ") and commands and not commands[-1].shown:
            commands[-1] = Command(f"{commands[-1].line}\n{line[2:]}")
        else:
            assert commands, f"a transcript begins with a command, not with {line!r}"
            commands[-1].shown.append(line.rstrip())
    return commands


class Reader:
    """Somebody who follows a page: types its commands, and compares what they print."""

    def __init__(self, folder, environment):
        self.folder = Path(folder)
        self.environment = environment
        self.code = 0
        self.met = {}

    def follow(self, text):
        steps = list(steps_of(text))
        assert steps, "the page has no transcript"
        for step, then in zip(steps, [*steps[1:], None], strict=True):
            if isinstance(step, Command):
                printed = self.run(step.line)
                is_expected = isinstance(then, Command) and then.line == "echo $?"
                assert is_expected or self.code == 0, f"$ {step.line}\n{printed}[exit code {self.code}]"
                self.compare(step, printed)
            else:
                (self.folder / step[0]).write_text(step[1])

    def run(self, line):
        """What the command prints, in a shell that knows the folder and the exit code of the one before."""
        typed = VARIES.sub(lambda found: self.known(found[0]) or self.met.get(*found.group(0, 0)), line)
        note = Path(self.environment["HOME"]) / "folder"
        script = f'(exit {self.code})\n{typed}\ncode=$?; pwd > "{note}"; exit $code'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.code, self.folder = done.returncode, Path(note.read_text().rstrip("\n"))
        return "".join(f"{row.rstrip()}\n" for row in done.stdout.decode().rstrip("\n").splitlines())

    def compare(self, command, printed):
        shown = "\n".join(command.shown).rstrip("\n")
        expected = "".join(map(self.pattern, shown.splitlines()))
        found = re.fullmatch(expected, printed)
        rows = difflib.unified_diff(shown.splitlines(), printed.splitlines(), "shown", "printed", lineterm="")
        assert found, "\n".join([f"$ {command.line}", *rows])
        new = [token for token in VARIES.findall(shown) if not self.known(token)]
        for token, actual in zip(new, found.groups(), strict=True):
            self.learn(token, actual, command)

    def learn(self, token, actual, command):
        """Keep what stands for a digest or a time; of digests one cannot be two, nor two be one."""
        former = next((shown for shown, one in self.met.items() if one == actual), token)
        is_new = former == token and self.known(token) in {"", actual}
        assert is_new or "T" in token, f"$ {command.line}\nprinted {actual} where the page shows {token}"
        self.met[token] = actual

    def pattern(self, line):
        """A regular expression for what a line of a page stands for; a group is something that is new."""
        if line.strip() == "...":
            return r"(?:.*\n)*?"
        return "".join(map(self.piece, PIECE.split(line))) + r"\n"

    def piece(self, text):
        if ANY_TEXT.fullmatch(text):
            return ".*?"
        if VARIES.fullmatch(text):
            kind = TIME if "T" in text else f"[0-9a-f]{{{len(text)}}}"
            return re.escape(self.known(text)) or f"({kind})"
        return re.escape(text)

    def known(self, token):
        """What stands for a digest, or for its beginning, in this run; nothing for a time."""
        digests = (actual[: len(token)] for shown, actual in self.met.items() if shown.startswith(token))
        return "" if "T" in token else next(digests, "")
