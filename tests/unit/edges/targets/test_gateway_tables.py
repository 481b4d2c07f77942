"""Route tables that are none: one costs its own model, and no other."""

from __future__ import annotations

import os

import pytest

from modelops_git.core.errors import TargetError
from modelops_git.core.routes import Stamp
from modelops_git.edges.targets.base import Order
from modelops_git.edges.targets.gateway import LARGEST, Gateway


@pytest.fixture
def gateway(tmp_path):
    """One with a good table."""
    gateway = Gateway(tmp_path)
    gateway.apply(Order(model="good", routes=(), stamp=Stamp(run="r1", sequence=1), expected=None))
    return gateway


def pipe(path):
    os.mkfifo(path)


def endless(path):
    path.symlink_to("/dev/zero")


def itself(path):
    path.symlink_to(path.name)


def huge(path):
    path.write_bytes(b" " * (LARGEST + 1))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (pipe, "it is no file"),
        (endless, "it is no file"),
        (itself, "symbolic links"),
        (huge, "it has more than"),
    ],
)
def test_what_is_no_table_is_said_and_the_others_are_read(gateway, made, said):
    made(gateway.root / "routes/bad.json")
    assert set(gateway.signatures()) == {"bad", "good"}
    with pytest.raises(TargetError, match=said):
        gateway.table("bad")
    assert gateway.table("good").stamp.sequence == 1


def test_a_link_to_nothing_is_no_table(gateway):
    (gateway.root / "routes/bad.json").symlink_to("nowhere")
    assert set(gateway.signatures()) == {"good"}
