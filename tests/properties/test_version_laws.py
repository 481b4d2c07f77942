"""Laws of versions: they order and rise as the `semver` package, which is not ours, says."""

import semver
from hypothesis import given
from hypothesis import strategies as st

from modelops_git.core.versions import BUMPS, MAX_LENGTH, is_version, parse

NUMBERS = st.integers(0, 12)
IDENTIFIERS = st.one_of(NUMBERS.map(str), st.from_regex(r"[0-9]?[A-Za-z-][0-9A-Za-z-]{0,3}", fullmatch=True))
DOTTED = st.lists(IDENTIFIERS, min_size=1, max_size=3).map(".".join)
RELEASES = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda numbers: "{}.{}.{}".format(*numbers))
VERSIONS = st.builds(
    lambda release, stage, build: release + stage + build,
    RELEASES,
    st.one_of(st.just(""), DOTTED.map("-{}".format)),
    st.one_of(st.just(""), DOTTED.map("+{}".format)),
)


@given(VERSIONS, VERSIONS)
def test_precedence_is_that_of_the_standard(left, right):
    ours = (parse(left).precedence > parse(right).precedence) - (
        parse(left).precedence < parse(right).precedence
    )
    assert ours == semver.Version.parse(left).compare(right)


@given(VERSIONS)
def test_a_bump_gives_the_next_greater_release(text):
    old = semver.Version.parse(text)
    for name in BUMPS:
        new = semver.Version.parse(str(parse(text).bumped(name)))
        assert new > old
        assert not new.prerelease
        assert new in {old.finalize_version(), old.bump_major(), old.bump_minor(), old.bump_patch()}


@given(st.one_of(VERSIONS, st.text(max_size=20)))
def test_exactly_the_versions_of_the_standard_are_read(text):
    assert is_version(text) == (
        len(text) <= MAX_LENGTH and text == text.strip() and semver.Version.is_valid(text)
    )
