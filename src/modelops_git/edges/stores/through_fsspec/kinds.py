"""What each file system of fsspec is: its library, what it tells of an object, and how it creates one.

`create` is the only way to write here, and each is create-only in the server (or under a lock, in memory):
a file system that has no such write is none of these. Known from reading the libraries, and run against
servers by the tests.
"""

from __future__ import annotations

import inspect
import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.blocks import MIB
from modelops_git.edges.stores.optional import needed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelops_git.edges.stores.base import StoreConfig

SMALL = 8 * MIB
_BOUNDARY = b"--==0=="
_MEMORY = threading.Lock()


class Kind(NamedTuple):
    """One file system.

    Attributes:
        module: Of its class.
        cls: The class.
        extra: Of ours, that brings its library.
        options: What the class is made with, for a store of the Registry.
        create: Makes an object of a local file of a size; FileExistsError where there is one.
        form: How a URI is written.
        identity: What `info` calls what changes when the bytes do.
        version: The same for the version of an object; empty where it tells none.
        at: How a path and a version are written.
        reserved: Characters that no key may have, since the library reads them otherwise.
    """

    module: str
    cls: str
    extra: str
    options: Callable[[StoreConfig], dict[str, Any]]
    create: Callable[[Any, str, Path, int], None]
    form: str
    identity: str
    version: str = ""
    at: str = "{path}"
    reserved: str = ""


def file_system(scheme: str, options: tuple[tuple[str, Any], ...]) -> Any:
    """The file system of a scheme; several threads may use it at once.

    Raises:
        StoreError: Its library is not installed.
    """
    return _file_system(scheme, options, os.getpid())  # a forked process has no threads of its parent


@lru_cache(64)
def _file_system(scheme: str, options: tuple[tuple[str, Any], ...], _process: int) -> Any:
    kind = KINDS[scheme]
    made = getattr(needed(kind.module, kind.extra), kind.cls)
    # Listings that are remembered would hide what others have written since.
    return made(skip_instance_cache=True, use_listings_cache=False, **dict(options))


def _none(_config: StoreConfig) -> dict[str, Any]:
    return {}


def _google(config: StoreConfig) -> dict[str, Any]:
    endpoint = {"endpoint_url": config.endpoint_url} if config.endpoint_url else {}
    return {"version_aware": True, **endpoint}


def _azure(config: StoreConfig) -> dict[str, Any]:
    """The account, where the URI names it: `abfs://container@account.dfs.core.windows.net/path`."""
    host = config.uri.partition("://")[2].partition("/")[0].partition("@")[2]
    return {"account_name": host.partition(".")[0]} if host else {}


def _create_at_google(system: Any, path: str, file: Path, size: int) -> None:
    """By `ifGenerationMatch=0`, which the request that makes the object of what was sent is held to."""
    _refuse_old(system._put_file, "mode", "gcsfs")  # noqa: SLF001 - put_file itself hides them
    if size >= SMALL:
        system.put_file(str(file), path, mode="create", consistency="md5", chunksize=SMALL)
        return
    content = file.read_bytes()
    # gcsfs sends what is smaller than a chunk in one request, as parts between fixed boundaries: content that
    # has one in it would end there. What is no smaller goes by a resumable upload, which has none.
    chunk = max(size, 1) if _BOUNDARY in content else size + 1
    system.pipe_file(path, content, mode="create", consistency="md5", chunksize=chunk)


def _create_at_azure(system: Any, path: str, file: Path, _size: int) -> None:
    """By `If-None-Match: *`, also of the request that makes a blob of the blocks that were sent."""
    _refuse_old(system._put_file, "overwrite", "adlfs")  # noqa: SLF001 - put_file itself hides them
    system.put_file(str(file), path, overwrite=False)


def _create_in_memory(system: Any, path: str, file: Path, _size: int) -> None:
    """Under a lock: between the look and the write of this file system another thread may come."""
    with _MEMORY:
        system.pipe_file(path, file.read_bytes(), mode="create")


def _refuse_old(function: Callable[..., object], parameter: str, package: str) -> None:
    """Refuse a library that would take the wish for a create-only write, and overwrite.

    Raises:
        StoreError: It does not know the parameter.
    """
    if parameter not in inspect.signature(function).parameters:
        raise StoreError(
            f"this {package} cannot create an object only where there is none",
            hint=f"pip install --upgrade {package}",
        )


GOOGLE = Kind(
    "gcsfs.core",
    "GCSFileSystem",
    "gcs",
    _google,
    _create_at_google,
    version="generation",
    identity="generation",
    at="{path}#{version}",
    form="gs://bucket/path",
    reserved="#?",
)
AZURE = Kind(
    "adlfs",
    "AzureBlobFileSystem",
    "azure",
    _azure,
    _create_at_azure,
    identity="etag",
    form="az://container/path",
    reserved="#?",
)
MEMORY = Kind(
    "fsspec.implementations.memory",
    "MemoryFileSystem",
    "fsspec",
    _none,
    _create_in_memory,
    identity="created",
    form="memory://name",
)
KINDS = {"gs": GOOGLE, "gcs": GOOGLE, "az": AZURE, "abfs": AZURE, "abfss": AZURE, "memory": MEMORY}
