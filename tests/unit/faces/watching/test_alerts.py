"""The alert rules that are shipped: of metrics that exist, and right about when somebody must look."""

import re
import shutil
import subprocess

import prometheus_client
import pytest
import yaml

from modelops_git.faces.watching.metrics import Metrics

RULES = "docs/guides/controller-alerts.yaml"


def test_every_metric_in_the_rules_is_one_that_the_controller_has(project):
    rules = yaml.safe_load((project / RULES).read_text())["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"modelops_\w+", rule["expr"])}
    told = prometheus_client.generate_latest(Metrics().registry).decode()
    known = set(re.findall(r"# TYPE (\w+)", told))
    assert {re.sub("_bucket$", "", name) for name in named} <= known
    assert all(rule["annotations"].keys() == {"summary", "description"} for rule in rules)


@pytest.mark.slow
@pytest.mark.needs("promtool", package="prometheus")
def test_the_rules_fire_when_somebody_must_look_and_not_before(project, tmp_path):
    for path in (RULES, "tests/alerts/controller-alerts.test.yaml"):
        shutil.copy(project / path, tmp_path)
    done = subprocess.run(
        ["promtool", "test", "rules", "controller-alerts.test.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
