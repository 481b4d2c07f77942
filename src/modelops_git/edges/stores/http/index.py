"""The lists of files that web servers show for a folder: which keys there are."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from modelops_git.core.artifacts import printable, unsafe_path
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreMissingError
from modelops_git.edges.stores.http.client import ask, refuse, translated

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 16 << 20
"""Bytes of a page that is still read."""
DEEPEST = 64
_HINT = "Let the server list its folders (such as `autoindex on` in nginx); else files too many go unseen."


def walk(url: str, key: str, depth: int = 0) -> Iterator[str]:
    """All keys below the folder at `url` (with a slash at its end), in the order of their text.

    Args:
        url: Of the folder.
        key: Of the folder, with a slash at its end; empty for the whole store.
        depth: How many folders this one is in.

    Raises:
        StoreError: The server lists nothing, or folders in folders without end.
    """
    if depth > DEEPEST:
        raise StoreError(f"{printable(url)}: folders lie more than {DEEPEST} deep", hint="Check the server.")
    for link in sorted(_entries(url), key=unquote):
        name = unquote(link)
        if link.endswith("/"):
            yield from walk(urljoin(url, link), key + name, depth + 1)
        else:
            yield key + name


def _entries(url: str) -> set[str]:
    """The links of a page that lead right below its folder, relative to it."""
    parser = _Links(url)
    parser.feed(_page(url))
    parser.close()
    return parser.found


def _page(url: str) -> str:
    answer = ask("GET", url, {"Accept": "text/html"})
    try:
        refuse(answer, url)
        if not answer.headers.get("Content-Type", "").lower().startswith("text/html"):
            raise StoreError(f"{printable(url)}: the server shows no list of this folder", hint=_HINT)
        with translated(url):
            content = answer.read(LONGEST + 1)
    except StoreMissingError as error:
        raise StoreError(f"{printable(url)}: the server has no list of this folder", hint=_HINT) from error
    finally:
        answer.close()
    if len(content) > LONGEST:
        raise StoreError(f"{printable(url)}: the list of this folder is longer than {LONGEST} bytes")
    return content.decode("utf-8", "replace")


class _Links(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._folder = urlsplit(url)
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if tag == "a" and name == "href" and value and (link := self._relative(value)):
                self.found.add(link)

    def _relative(self, link: str) -> str:
        """A link without the address of the folder; empty where it leads elsewhere, or is no entry."""
        try:
            parts = urlsplit(urljoin(self._url, link.strip()))
        except ValueError:
            return ""
        rest = parts.path.removeprefix(self._folder.path)
        elsewhere = parts[:2] != self._folder[:2] or rest == parts.path
        name = unquote(rest)
        if elsewhere or parts.query or parts.fragment or "/" in name[:-1]:
            return ""
        return "" if unsafe_path(name.removesuffix("/")) else rest
