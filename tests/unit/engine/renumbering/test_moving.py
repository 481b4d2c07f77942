"""What of a version lies in its store, under its new number as well."""

from __future__ import annotations

import signatory
from modelops_git.engine.renumbering.moving import Mover, move_all, moves
from modelops_git.engine.signing import bundle_key

BUNDLE = signatory.sign_with()(signatory.statement())


def test_the_files_and_the_bundle_of_the_signature_are_there_under_the_new_number_too(tmp_path):
    document, store = signatory.stored(tmp_path, BUNDLE)
    before = list(store.keys(""))
    number = document.manifest.version
    wanted = list(moves(document, "9.9.9"))
    assert wanted[-1].source == bundle_key(document)
    for _ in range(2):  # which changes nothing
        assert move_all(Mover(store), wanted) == {}
        after = [key.replace(f"/{number}-", "/9.9.9-") for key in before]
        assert sorted(store.keys("")) == sorted({*before, *after})
    for old, new in zip(before, after, strict=True):
        with store.open(old) as one, store.open(new) as other:
            assert one.read() == other.read()
