"""docs/reference/cli.md, from the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from blocks import code, joined, notice, prose, table
from modelops_git.faces.cli.main import PROGRAM, cli
from modelops_git.faces.cli.options import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMON = {"--format", "--help"}
INTRODUCTION = """\
Every command works from any folder of a registry. The result goes to stdout and everything else to stderr;
with `--format json` stdout is always one JSON document with a `format_version`, also when the command fails.
Every command takes `--format` and `--help` too. Nothing asks a question when stdin is no terminal. `NO_COLOR`
and `CI` are honoured. The numbers that commands end with are explained in [](exit-codes.md)."""


def page() -> str:
    """The whole page."""
    ctx = click.Context(cli, info_name=PROGRAM, **cli.context_settings)
    blocks = [notice("the commands in src/modelops_git/faces/cli/"), "# The command line", INTRODUCTION]
    blocks += ["## Options of every command", _options(ctx)]
    for leaf in _leaves(ctx):
        blocks.append(_section(leaf))
    return joined(*blocks)


def _leaves(ctx: click.Context) -> Iterator[click.Context]:
    """The contexts of all commands below `ctx` that are no groups, in the order of the help."""
    group = ctx.command
    if not isinstance(group, click.Group):
        yield ctx
        return
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None and not command.hidden:
            yield from _leaves(click.Context(command, parent=ctx, info_name=name))


def _section(ctx: click.Context) -> str:
    usage = " ".join([ctx.command_path, *ctx.command.collect_usage_pieces(ctx)])
    return joined(
        f"## {ctx.command_path}", _description(ctx), f"```text\n{usage}\n```", _options(ctx)
    ).rstrip()


def _description(ctx: click.Context) -> str:
    """The help's paragraphs; those that click prints as they are become blocks of text."""
    paragraphs = (ctx.command.help or "").split("\n\n")
    return "\n\n".join(_paragraph(text) for text in paragraphs)


def _paragraph(text: str) -> str:
    as_it_is = text.removeprefix("\b\n")
    return prose(text) if as_it_is == text else f"```text\n{as_it_is}\n```"


def _is_common(parameter: click.Parameter) -> bool:
    """Whether every command takes it, and no more than every command: `validate` prints other formats too."""
    is_wider = isinstance(parameter.type, click.Choice) and {*parameter.type.choices} > {*FORMATS.choices}
    return bool(COMMON & {*parameter.opts}) and not is_wider


def _options(ctx: click.Context) -> str:
    """What a command takes: not what every one does, nor arguments about which the usage says it all."""
    every = ctx.command.get_params(ctx)
    own = [parameter for parameter in every if ctx.parent is None or not _is_common(parameter)]
    rows = [parameter.get_help_record(ctx) for parameter in own]
    shown = [[code(words), prose(text)] for words, text in (row for row in rows if row is not None) if text]
    return table(["option", "meaning"], shown) if shown else ""
