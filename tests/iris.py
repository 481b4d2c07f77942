"""The registry of the checks' cases as files to commit, with a next version that finds nothing."""

from __future__ import annotations

import casebook

OLD = "models/iris/versions/1.0.0.yaml"
NEWEST = "models/iris/versions/1.1.0.yaml"
NEXT = "models/iris/versions/1.2.0.yaml"


SNAPSHOT = casebook.registry()


def files():
    """Every file of the registry: path -> text."""
    return {path: SNAPSHOT.read(path).decode() for path in SNAPSHOT.paths()}


def numbered(minor, accuracy="0.975"):
    """A version 1.`minor`.0 that nothing is wrong with, made from the one before."""
    text = files()[NEWEST].replace("version: 1.1.0", f"version: 1.{minor}.0")
    text = text.replace("parent: 1.0.0", f"parent: 1.{minor - 1}.0").replace("0.97", accuracy)
    return text.replace("2" * 64, f"{minor:064x}").replace("b" * 64, f"{minor + 4096:064x}")


def path_of(minor):
    """Where version 1.`minor`.0 is."""
    return f"models/iris/versions/1.{minor}.0.yaml"
