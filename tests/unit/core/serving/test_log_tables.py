"""Of the files of a log, those are read that hold each record once."""

from __future__ import annotations

from modelops_git.core.serving.log_tables import readable


def test_lines_are_read_until_they_are_parquet():
    day = "/logs/predictions/2026-06-02"
    assert readable([f"{day}/a.jsonl", f"{day}/b.jsonl"]) == [f"{day}/a.jsonl", f"{day}/b.jsonl"]
    assert readable([f"{day}/a.jsonl", f"{day}/a.parquet", f"{day}/b.jsonl"]) == [
        f"{day}/a.parquet",
        f"{day}/b.jsonl",
    ]


def test_the_same_name_on_another_day_is_another_file():
    assert readable(["1/a.jsonl", "2/a.parquet"]) == ["1/a.jsonl", "2/a.parquet"]


def test_what_is_no_file_of_a_log_is_left_out():
    assert readable([".lock", "a.part", "day/.a.jsonl", ".a.parquet", "a.csv", "a.jsonl.gz"]) == []
