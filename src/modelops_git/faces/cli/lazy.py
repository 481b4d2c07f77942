"""A group of commands that imports a command's module only when that command is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli import commands

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """The commands of the table in `faces.cli.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the table's order."""
        return list(commands.COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command itself, which imports its module; None for an unknown name."""
        if cmd_name not in commands.COMMANDS:
            return None
        module = import_module(f"{commands.__name__}.{commands.COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a did-you-mean.

        Raises:
            UsageError: There is no such command.
        """
        name = args[0]
        if name in commands.COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        near = get_close_matches(name, commands.COMMANDS, n=1)
        hint = f"Did you mean `modelops {near[0]}`?" if near else "See `modelops --help`."
        raise UsageError(f"there is no command {name!r}", hint=hint)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The help's list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in commands.COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names for the shell, from the table alone; options as click does."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=text)
            for name, (_, text) in commands.COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return names or click.Command.shell_complete(self, ctx, incomplete)
