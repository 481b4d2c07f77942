"""The command `modelops`: parses, calls, prints the answer, and catches every error, once.

stdout holds the result and nothing else. With `--format json` that is always one JSON document, also when the
command fails: `{"format_version": 1, "error": {...}}`; what people read goes to stderr in every format.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

import click

from modelops_git import __version__
from modelops_git.core.errors import ModelopsError, RefusedError, UsageError
from modelops_git.faces.cli import streams
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_error
from modelops_git.faces.cli.lazy import LazyGroup
from modelops_git.faces.cli.options import FORMATS, asked_format, asks_for_json
from modelops_git.faces.cli.session import Format, Session, terminal
from modelops_git.faces.reporting.lines import Span, Style, hint_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.faces.reporting.lines import Line

PROGRAM = "modelops"
COMPLETION = "_MODELOPS_COMPLETE"


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False),
    default=".",
    metavar="DIR",
    help="A folder of the registry, instead of this one.",
)
@click.option("--format", "form", type=FORMATS, default="text", help="How to print the result.")
@click.option("-q", "--quiet", count=True, help="Tell only the result and errors.")
@click.option("-v", "--verbose", count=True, help="Tell more of what is done.")
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, repo: str, form: str, quiet: int, verbose: int) -> Answer | None:
    """The git repository is the model registry.

    Versions and rollouts of models are reviewed manifests. Start with `modelops init`.
    """
    from pathlib import Path

    ctx.obj = Session(Path(repo), Format(form), verbose - quiet, ctx.obj)
    if ctx.invoked_subcommand is not None:
        return None
    text = ctx.get_help()
    return Answer({"text": text}, text.splitlines(), ExitCode.USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, `sys.argv` by default; returns the exit code and raises nothing."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    streams.tolerate_any_text(sys.stdout, sys.stderr)
    if COMPLETION in os.environ:
        cli.main(prog_name=PROGRAM)
    try:
        return _print(_answer(words), words)
    except (KeyboardInterrupt, click.Abort):
        return ExitCode.INTERRUPTED
    except ModelopsError as error:
        return _fail(error, code_of_error(error), words)
    except click.ClickException as error:
        return _fail(_as_usage(error), ExitCode.USAGE, words)
    except OSError as error:
        return _fail(ModelopsError(f"the system refused: {error}"), ExitCode.WORLD, words)
    except Exception as error:  # noqa: BLE001 - the one place where nothing may get through
        from modelops_git.faces.cli.bug import describe

        return _fail(describe(error, words), ExitCode.BUG, words)


def _answer(words: Sequence[str]) -> Answer:
    """What the command gives back; for `--help` and `--version`, which click prints itself, that text."""
    facts = terminal()
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), cli.make_context(PROGRAM, list(words), obj=facts) as ctx:
            answer: Answer = cli.invoke(ctx)
    except click.exceptions.Exit as done:
        return Answer({"text": printed.getvalue()}, printed.getvalue().splitlines(), ExitCode(done.exit_code))
    except click.exceptions.NoArgsIsHelpError as lacking:
        text = lacking.message  # `modelops audit`, without saying what: its help
        return Answer({"text": text}, text.splitlines(), ExitCode.USAGE)
    return answer


def _print(answer: Answer, words: Sequence[str]) -> ExitCode:
    try:
        if asks_for_json(words):
            from modelops_git.faces.reporting.json_output import dumps

            streams.write(sys.stdout, dumps(answer.data))
        elif answer.text is not None:
            streams.write(sys.stdout, answer.text)
        else:
            streams.write_lines(sys.stdout, answer.lines, colour=terminal().colours_out)
    except OSError as error:
        raise ModelopsError(
            f"the result could not be written: {error}",
            hint=f"The command itself came to its end, with exit code {answer.code}.",
        ) from error
    return answer.code


def _as_usage(error: click.ClickException) -> UsageError:
    """The complaint of click as ours, with the command whose help would say more."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    hint = f"See `{ctx.command_path} --help`." if ctx is not None else ""
    return UsageError(" ".join(error.format_message().split()), hint=hint)


def _fail(error: ModelopsError, code: ExitCode, words: Sequence[str]) -> ExitCode:
    # Where not even the complaint can be written, the exit code is all that is left to tell.
    with contextlib.suppress(OSError):
        streams.write(sys.stdout, _failed(error, code, asked_format(words)))
    with contextlib.suppress(OSError):
        streams.write_lines(sys.stderr, _complaint(error), colour=terminal().colours_err)
    return code


def _failed(error: ModelopsError, code: ExitCode, form: str) -> str:
    """What goes to stdout in place of a result, in the formats that have something for it."""
    if form == Format.JSON:
        from modelops_git.faces.reporting.json_output import dumps, error_to_json

        return dumps(error_to_json(error, code))
    if form == Format.GITHUB:
        from modelops_git.faces.reporting.github import command

        lines = (error.message, *error.hint.splitlines())
        return command("error", {"title": PROGRAM}, *lines) + "\n"
    return ""


def _complaint(error: ModelopsError) -> list[Line]:
    """The findings that an error rests on, the error, and what to do."""
    lines: list[Line] = []
    if isinstance(error, RefusedError) and error.findings:
        from modelops_git.faces.reporting.text import NoSources, finding_lines

        lines += finding_lines(error.findings, NoSources())
    lines.append((Span("error", Style.BAD), f": {error.message}"))
    return [*lines, *hint_lines(error.hint)]
