"""Where the process begins: `modelops`, and `python -m modelops_git`.

The hook runs many times a day and for a fraction of a second, so its beginning and its end are kept short:

- The garbage collector looks less often. Importing makes many objects that live until the end, and by its
  usual threshold it would walk all of them again and again: a fifth of the time of `modelops validate`.
- pydantic looks for no plugins, which would read the metadata of every installed package; nor does it import
  what it would look with, which takes as long as ten manifests.
- What is left at the end goes back to the system as it is. The interpreter would first look through all of it
  for circles, twice, which takes as long as checking a version.
"""

from __future__ import annotations

import gc
import os
import sys
from types import ModuleType
from typing import Any

NEW_OBJECTS = 100_000
"""How many containers come into being between two looks of the collector: some ten megabytes."""
INTERRUPTED = 130
"""As in `faces.cli.exit_codes`, which may not be imported yet."""


PLUGINS = "pydantic.plugin._loader"


class NoPlugins(ModuleType):
    """Stands for pydantic's module of that name, of which `get_plugins` is all that pydantic asks.

    Should it ever ask for more, the real one takes this one's place.
    """

    @staticmethod
    def get_plugins() -> tuple[()]:
        """There are none."""
        return ()

    def __getattr__(self, name: str) -> Any:
        """What the real module has."""
        if name.startswith("__"):
            raise AttributeError(name)
        from importlib import import_module

        sys.modules.pop(self.__name__, None)
        return getattr(import_module(self.__name__), name)


def main() -> int:
    """Run the command line; returns the exit code."""
    gc.set_threshold(NEW_OBJECTS)
    if os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__") == "__all__":
        sys.modules.setdefault(PLUGINS, NoPlugins(PLUGINS))
    try:
        from modelops_git.faces.cli.main import main as run

        code = run()
    except KeyboardInterrupt:  # while modules are still being imported
        code = INTERRUPTED
    gc.freeze()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
