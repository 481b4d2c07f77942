import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_git.core.errors import UsageError
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine.sharding import ONE_FILE, parse_shard, shard_of
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, verify_all
from versions import Document, Manifest, Row, codes, document, put, stored

SIZES = st.lists(st.integers(0, 1 << 40), max_size=12)
REGISTRIES = st.lists(SIZES, max_size=6)


def documents(registry):
    return [
        Document(
            Manifest(
                "iris", f"1.{at}.0", tuple(Row(f"f{n}", "0" * 64, size) for n, size in enumerate(sizes))
            ),
            path=f"models/iris/versions/1.{at}.0.yaml",
        )
        for at, sizes in enumerate(registry)
    ]


def all_files(made):
    return {(one.path, index) for one in made for index, _ in enumerate(one.manifest.artifacts)}


@settings(max_examples=60)
@given(REGISTRIES, st.integers(1, 9))
def test_every_file_and_every_version_is_in_exactly_one_share(registry, count):
    made = documents(registry)
    shares = [shard_of(made, number, count) for number in range(1, count + 1)]
    files = [file for share in shares for file in share.files]
    assert len(files) == len(set(files))
    assert set(files) == all_files(made)
    versions = [path for share in shares for path in share.versions]
    assert sorted(versions) == sorted(one.path for one in made)
    assert sum(share.size for share in shares) == sum(map(sum, registry))


@settings(max_examples=60)
@given(REGISTRIES, st.integers(1, 9), st.randoms(use_true_random=False))
def test_the_shares_do_not_depend_on_the_order_of_the_versions(registry, count, chance):
    made = documents(registry)
    shuffled = list(made)
    chance.shuffle(shuffled)
    for number in range(1, count + 1):
        assert shard_of(made, number, count) == shard_of(shuffled, number, count)


@settings(max_examples=60)
@given(REGISTRIES, st.integers(1, 9))
def test_no_share_has_more_than_its_part_and_the_largest_file(registry, count):
    made = documents(registry)
    work = {
        (one.path, index): row.size + ONE_FILE
        for one in made
        for index, row in enumerate(one.manifest.artifacts)
    }
    loads = [
        sum(work[file] for file in shard_of(made, number, count).files) for number in range(1, count + 1)
    ]
    assert max(loads) <= sum(work.values()) / count + max(work.values(), default=0)


@pytest.mark.parametrize(
    ("text", "parsed"), [("1/1", (1, 1)), ("2/4", (2, 4)), ("10000/10000", (10000, 10000))]
)
def test_a_share_is_written_as_its_number_of_how_many(text, parsed):
    assert parse_shard(text) == parsed


@pytest.mark.parametrize(
    "text", ["", "1", "0/1", "2/1", "1/0", "-1/2", "1/2/3", "1/10001", "٢/٤", "1/2\n", " 1/2"]
)
def test_what_is_no_share_is_refused(text):
    with pytest.raises(UsageError, match="is no share"):
        parse_shard(text)


def findings_of(made, store, shard):
    return [finding for one in verify_all(made, Only(store), How(shard=shard)) for finding in one.findings]


def test_all_shares_together_find_what_one_run_finds_each_once(tmp_path):
    one, store = stored(tmp_path, {"a": b"1", "b": b"22", "c": b"333"}, version="1.0.0")
    two, _ = stored(tmp_path, {"a": b"1"}, version="1.1.0")
    empty = document({}, version="1.2.0")
    made = [Document(each.manifest, path=f"{n}.yaml") for n, each in enumerate((one, two, empty))]
    put(store, one.key("extra"), b"x")
    (store.root / one.key("b")).unlink()
    (store.root / two.key("a")).unlink()
    whole = findings_of(made, store, None)
    assert sorted(codes(whole)) == ["MOG401", "MOG401", "MOG404", "MOG405"]
    for count in (1, 2, 3, 7):
        parts = [
            finding
            for number in range(1, count + 1)
            for finding in findings_of(made, store, shard_of(made, number, count))
        ]
        assert sorted(map(str, parts)) == sorted(map(str, whole))


def test_a_store_that_cannot_be_opened_is_told_by_one_share(tmp_path):
    class Nowhere(Only):
        def of(self, _document):
            raise FileStoreError

    from modelops_git.core.errors import StoreError

    class FileStoreError(StoreError):
        def __init__(self):
            super().__init__("no such store")

    made = documents([[1, 2, 3]])
    found = [
        finding
        for number in (1, 2)
        for one in verify_all(
            made, Nowhere(FileStore(tmp_path, "file:x")), How(shard=shard_of(made, number, 2))
        )
        for finding in one.findings
    ]
    assert codes(found) == ["MOG413"]
