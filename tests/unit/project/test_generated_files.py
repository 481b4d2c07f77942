"""What is generated and committed is what the code would generate now."""

import subprocess
import sys


def generate(project, *arguments):
    command = [sys.executable, project / "tools" / "generate.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_no_generated_file_is_stale(project):
    result = generate(project, "--check")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr + "Run `make generate`."
