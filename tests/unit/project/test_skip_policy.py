"""The skip policy of tests/conftest.py, shown on a small suite run by a real pytest."""

import os
import shutil
import subprocess
import sys

import pytest

SUITE = {
    "test_missing_program.py": """
import pytest
@pytest.mark.needs("no-such-program", package="package-one")
def test_it(): pass
""",
    "test_call.py": "import pytest\ndef test_it(): pytest.skip('no package-two')",
    "test_mark.py": "import pytest\n@pytest.mark.skipif(True, reason='package-three')\ndef test_it(): pass",
    "test_module.py": "import pytest\npytest.skip('no package-four', allow_module_level=True)",
    "test_known.py": "import pytest\n@pytest.mark.xfail(reason='known')\ndef test_it(): assert False",
}
PACKAGES = ["package-one", "package-two", "package-three", "package-four"]


@pytest.fixture(scope="module")
def suite(project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("suite")
    shutil.copy(project / "tests" / "conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -ra\nmarkers = needs: a program\n")
    for name, source in SUITE.items():
        (folder / name).write_text(source)
    return folder


def run(folder, *, ci):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "1"]
    environment = {**os.environ, "CI": "true" if ci else "", "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_skip_fails_in_ci_and_says_which_test_and_why(suite):
    result = run(suite, ci=True)
    assert result.returncode == 1
    assert "1 failed, 1 xfailed, 3 errors" in result.stdout
    for test in (
        "test_missing_program.py::test_it",
        "test_call.py::test_it",
        "test_mark.py::test_it",
        "test_module.py",
    ):
        assert f"{test} was skipped, and with CI=true nothing may be" in result.stdout
    assert all(package in result.stdout for package in PACKAGES)


def test_elsewhere_a_skip_passes_and_names_the_package(suite):
    result = run(suite, ci=False)
    assert result.returncode == 0
    assert "needs no-such-program: install the package package-one" in result.stdout
    assert all(package in result.stdout for package in PACKAGES)
