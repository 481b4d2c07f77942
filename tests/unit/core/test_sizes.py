from __future__ import annotations

import pytest

from modelops_git.core.sizes import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("12", 12),
        ("12B", 12),
        ("500MB", 500_000_000),
        ("1.5 GB", 1_500_000_000),
        ("4GiB", 4 << 30),
        ("2tb", 2 * 10**12),
    ],
)
def test_a_size_in_words_is_a_number_of_bytes(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "1e3", "1XB", "1GBs", "٣GB", "1,000", "nan", "9" * 13])
def test_other_words_are_no_size(text):
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)
