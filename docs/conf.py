"""How Sphinx builds the documentation. `make docs` builds it strictly: a warning is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

from modelops_git import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "modelops-git"
author = "the modelops-git authors"
copyright = "the modelops-git authors"
release = version = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True
exclude_patterns = ["_build", "guides/examples"]  # pages are made of these, and include them


def setup(app: Sphinx) -> None:
    """Charts of Mermaid are shown as they are written; Pygments does not know the language."""
    app.add_lexer("mermaid", TextLexer)


html_theme = "furo"
html_title = f"modelops-git {__version__}"
html_show_sourcelink = False
html_copy_source = False
