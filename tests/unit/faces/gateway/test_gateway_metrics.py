import re

import prometheus_client
import yaml

from measuring import NEW, OLD
from modelops_git.core.routes import Route
from modelops_git.faces.gateway.metrics import Metrics

STABLE = Route(role="stable", version="1.0.0", digest=OLD, artifacts=OLD, weight=90)
CANDIDATE = Route(role="candidate", version="1.1.0", digest=NEW, artifacts=OLD, weight=10)


def counted(metrics, name, **labels):
    given = {"environment": "production", "model": "iris", "version": "1.1.0", "digest": NEW}
    return metrics.registry.get_sample_value(name, {**given, "role": "candidate", **labels})


def test_a_version_counts_from_zero_as_soon_as_it_is_served():
    metrics = Metrics("production")
    assert counted(metrics, "modelops_requests_total", status="ok") is None
    metrics.serves("iris", (STABLE, CANDIDATE))
    for status in ("ok", "invalid", "error"):
        assert counted(metrics, "modelops_requests_total", status=status) == 0
    assert counted(metrics, "modelops_request_duration_seconds_count") == 0


def test_the_analysis_of_the_guide_asks_for_what_a_gateway_counts(project):
    metrics = Metrics("production")
    metrics.serves("iris", (CANDIDATE,))
    text = prometheus_client.generate_latest(metrics.registry).decode()
    known = dict(re.findall(r"^(modelops_\w+)\{(.*)\}", text, re.MULTILINE))
    analysis = yaml.safe_load((project / "docs/guides/prometheus-analysis.yaml").read_text())
    asked = re.findall(r"(modelops_\w+)\{(.*?)\}\[", str(analysis))
    assert len(asked) == 5
    for name, labels in asked:
        assert set(re.findall(r"(\w+)=", labels)) <= set(re.findall(r"(\w+)=", known[name]))
