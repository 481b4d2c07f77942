"""What the gateway's own log has written is what SQL metrics read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from logged import files, opened, record
from measuring import metric, question
from modelops_git.core.assessing.points import Measured
from modelops_git.core.manifests.provider import SqlProvider
from modelops_git.edges.metrics import open_provider
from modelops_git.edges.metrics.base import Side
from modelops_git.edges.predictions.keeping import Keeping
from modelops_git.edges.predictions.rules import LogRules

JUDGED = "FROM predictions p JOIN feedback f USING (id) WHERE p.digest = '${digest}' AND p.at >= '${began}'"


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_answers_and_the_truth_about_them(tmp_path, form):
    now = datetime.now(UTC)
    said = now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    log = opened(tmp_path / "production", format=form)
    for number in range(20):
        made = record(number, at=said, output=[{"label": number % 2}])
        log.write(made)
        log.feedback(
            {"id": made["id"], "at": said, "model": "iris", "truth": 0 if number < 8 else number % 2}
        )
    log.close()
    Keeping(tmp_path / "production", LogRules(format=form), print).tidy()
    assert {path.suffix for path in files(tmp_path / "production")} == {f".{form}"}
    wrong = f"SELECT count(*) {JUDGED} AND p.output ->> '$[0].label' <> f.truth ->> '$'"
    asked = metric(
        ratio={"of": wrong, "over": f"SELECT count(*) {JUDGED}"}, failure_condition="candidate > 0.5"
    )
    minute = timedelta(minutes=1)
    where = {"began": now - minute, "since": now - minute, "instants": (now + minute,)}
    candidate = Side("candidate", "1.2.0", record()["digest"])
    provider = open_provider(SqlProvider(type="sql", uri="file:${environment}"), tmp_path)
    (found,) = provider.measure(question(asked, candidate=candidate, stable=None)._replace(**where))
    assert (found.error, tuple(found.candidate)) == ("", tuple(Measured(0.2, 4.0, 20.0)))
