"""What other packages bring: functions by entry point."""

from __future__ import annotations

from typing import Any

from modelops_git.edges.loaders.base import ModelError


def installed(group: str, name: str) -> Any:
    """What the entry point `name` of `group` names; None where there is none.

    Raises:
        ModelError: Several packages bring one of that name, or it cannot be imported.
    """
    from importlib.metadata import entry_points

    found = {one.value: one for one in entry_points(group=group, name=name)}
    if len(found) > 1:
        raise ModelError(
            f"several packages bring {name} of {group}: {', '.join(sorted(found))}", hint="Keep one of them."
        )
    for value, one in found.items():
        try:
            return one.load()
        except Exception as error:
            raise ModelError(f"{value}, which is {name} of {group}, cannot be imported: {error}") from error
    return None
