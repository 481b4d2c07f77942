"""Compares what a mirror answered with what callers were told, from the gateway's log of predictions.

python compare.py .modelops/logs/production iris-classifier
"""

from __future__ import annotations

import sys

import duckdb

QUERY = """
select shown.version as shadow, live.version as live, count(*) as requests,
       round(avg((shown.output[1].label = live.output[1].label)::int) * 100, 1) as agree,
       round(avg((shown.output[1].label = truth)::int) * 100, 1) as shadow_right,
       round(avg((live.output[1].label = truth)::int) * 100, 1) as live_right
from predictions as shown
join predictions as live on shown.shadow_of = live.id
join feedback on feedback.id = live.id
where shown.model = ? and shown.role = 'mirror'
group by all
"""
# read_json finds the types itself: an output is a list, here of objects with a label.


def main() -> None:
    """Print how often both agree, and how often each is right."""
    root, model = sys.argv[1:]
    log = duckdb.connect()
    for table in ("predictions", "feedback"):
        log.read_json(f"{root}/{table}/*/*.jsonl").create_view(table)
    for row in log.execute(QUERY, [model]).fetchall():
        shadow, live, requests, agree, shadow_right, live_right = row
        print(f"{requests:,} requests were answered by {live} and shown to {shadow}")
        print(f"  they agree on {agree} %; {live} is right in {live_right} %, {shadow} in {shadow_right} %")


if __name__ == "__main__":
    main()
