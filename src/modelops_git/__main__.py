"""Where the process begins: `modelops`, and `python -m modelops_git`.

The hook runs many times a day and for a fraction of a second, so its beginning and its end are kept short:

- The garbage collector looks less often. Importing makes many objects that live until the end, and by its
  usual threshold it would walk all of them again and again: a fifth of the time of `modelops validate`.
- pydantic looks for no plugins, which would read the metadata of every installed package.
- What is left at the end goes back to the system as it is. The interpreter would first look through all of it
  for circles, twice, which takes as long as checking a version.
"""

from __future__ import annotations

import gc
import os

NEW_OBJECTS = 100_000
"""How many containers come into being between two looks of the collector: some ten megabytes."""
INTERRUPTED = 130
"""As in `faces.cli.exit_codes`, which may not be imported yet."""


def main() -> int:
    """Run the command line; returns the exit code."""
    gc.set_threshold(NEW_OBJECTS)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from modelops_git.faces.cli.main import main as run

        code = run()
    except KeyboardInterrupt:  # while modules are still being imported
        code = INTERRUPTED
    gc.freeze()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
