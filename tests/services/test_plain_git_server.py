"""The rules on a plain git server: a real bare repository, over real HTTP, with the hook in place."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from approvers import ANA, BO, Office
from webgit import PASSWORD, install_hook, served

pytestmark = pytest.mark.needs("ssh-keygen", package="openssh-client")


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    office.journals("production")
    install_hook(office.remote)
    with served(office.folder, office.home) as address:
        office.address = address
        yield office


def push(office, *refs, by=ANA):
    """What the client saw, and whether the push was taken."""
    user = f"{quote(by)}:{quote(PASSWORD)}"
    address = f"http://{user}@{office.address}/{office.remote.name}"
    done = office.run("git", "push", address, *refs, cwd=office.clone, check=False)
    assert "Traceback" not in done.err
    return done


def test_a_change_is_taken_once_it_is_approved_and_as_it_was_approved(office):
    office.proposed(signs=False)
    refused = push(office, "go:main")
    assert refused.code
    assert "remote: refused: main stays where it is." in refused.err
    assert "MOG603" in refused.err

    assert push(office, "go").code == 0  # a branch is nobody's business
    office.approved("bo")
    own = push(office, "go:main", by=BO)
    assert own.code
    assert "MOG604" in own.err

    taken = push(office, "go:main")
    assert taken.code == 0, taken
    assert f"remote: taken: main, 1 change, approved by ssh:{BO}." in taken.err
    assert office.run("git", "rev-parse", "main", cwd=office.remote).out.strip() == office.head("go")

    rewound = push(office, "+main:main")
    assert rewound.code
    assert "does not follow what is there" in rewound.err


def test_a_journal_is_neither_deleted_nor_replaced(office):
    journal = "modelops/shop/journal/production"
    deleted = push(office, f":{journal}")
    assert deleted.code
    assert "never deleted" in deleted.err
    replaced = push(office, f"+main:{journal}")
    assert replaced.code
    assert "entries are only added" in replaced.err


def test_nobody_pushes_without_a_name(office):
    office.proposed()
    refused = office.run("git", "push", str(office.remote), "go:main", cwd=office.clone, check=False)
    assert refused.code
    assert "REMOTE_USER is not set" in refused.err
