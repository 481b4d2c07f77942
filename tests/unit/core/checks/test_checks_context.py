"""Parents and ancestors: what a version is judged against, however long or tangled the line is."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.base import UncheckedError
from modelops_git.core.checks.context import Context
from modelops_git.core.checks.references import parent_cycle
from modelops_git.core.snapshot import DictSnapshot

PATH = "models/iris/versions/{}.yaml"


def context(**parents):
    """Versions by number (with `_` for `.`), each with its parent or None."""
    text = casebook.registry().read(PATH.format("1.0.0")).decode()
    files = {}
    for name, parent in parents.items():
        number = name.removeprefix("v").replace("__", "-").replace("_", ".")
        line = f"parent: {parent}\n" if parent else ""
        files[PATH.format(number)] = text.replace("version: 1.0.0\n", f"version: {number}\n{line}")
    return Context(Catalog(DictSnapshot(files)))


def ancestor(around, number):
    found = around.ancestor(around.catalog.version("iris", number))
    return found.home.name if found else None


def test_the_ancestor_is_the_newest_one_that_is_no_prerelease():
    around = context(
        v1_0_0=None, v2_0_0__rc_1="1.0.0", v2_0_0__rc_2="2.0.0-rc.1", v2_0_0="2.0.0-rc.2", v2_1_0="2.0.0"
    )
    wanted = {
        "1.0.0": None,
        "2.0.0-rc.1": "1.0.0",
        "2.0.0-rc.2": "1.0.0",
        "2.0.0": "1.0.0",
        "2.1.0": "2.0.0",
    }
    for order in (list(wanted), list(wanted)[::-1]):
        around.memo.clear()
        assert {number: ancestor(around, number) for number in order} == wanted


def test_prereleases_without_a_release_before_them_have_no_ancestor():
    around = context(v1_0_0__rc_1=None, v1_0_0__rc_2="1.0.0-rc.1", v1_0_0="1.0.0-rc.2")
    assert ancestor(around, "1.0.0") is None
    assert ancestor(around, "1.0.0-rc.2") is None


@pytest.mark.parametrize("number", ["1.0.0", "1.0.0-rc.2", "1.0.0-rc.1"])
def test_an_ancestor_behind_a_gap_is_not_known(number):
    around = context(v1_0_0__rc_1="0.9.0", v1_0_0__rc_2="1.0.0-rc.1", v1_0_0="1.0.0-rc.2")
    for _ in range(2):
        with pytest.raises(UncheckedError, match=r"versions/0\.9\.0\.yaml is not there"):
            ancestor(around, number)


def test_an_ancestor_behind_a_circle_is_not_known():
    around = context(v1_0_0__rc_1="1.0.0-rc.2", v1_0_0__rc_2="1.0.0-rc.1", v1_0_0="1.0.0-rc.2")
    with pytest.raises(UncheckedError, match="circle"):
        ancestor(around, "1.0.0")


def test_a_circle_is_the_defect_of_the_member_whose_parent_is_not_older():
    around = context(
        v1_0_0="1.2.0",
        v1_1_0="1.0.0",
        v1_2_0="1.1.0",
        v1_3_0="1.2.0",
        v1_4_0="1.3.0",
        v2_0_0=None,
        v3_0_0="3.0.0",
    )
    numbers = around.catalog.versions("iris")
    for order in (numbers, numbers[::-1]):
        around.memo.clear()
        found = {number for number in order if parent_cycle(around.catalog.version("iris", number), around)}
        assert found == {"1.0.0", "3.0.0"}


def test_what_was_before_is_read_from_the_base_only_where_it_changed():
    snapshot = casebook.registry()
    base, head = Catalog(snapshot), Catalog(snapshot)
    around = Context(head, base)
    path = PATH.format("1.0.0")
    assert around.before(path) is head.document(path)
    assert not around.is_new(head.version("iris", "1.0.0"))
