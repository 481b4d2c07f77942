from __future__ import annotations

import subprocess
import sys

import pytest

from modelops_git.core.clock import time_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Etc/GMT+1", "America/Argentina/Ushuaia"])
def test_time_zones_go_by_their_names_in_the_database(name):
    assert str(time_zone(name)) == name


@pytest.mark.parametrize(
    "name", ["Europe", "Europe/Berln", "../UTC", "/etc/localtime", "", "\0", "ü", "A" * 300]
)
def test_what_is_no_time_zone_is_refused(name):
    with pytest.raises(ValueError, match="is not the name of a time zone"):
        time_zone(name)


def test_a_machine_that_knows_no_time_zones_has_them_from_a_package():
    code = "from modelops_git.core.clock import time_zone; print(time_zone('Europe/Berlin'))"
    environment = {"PYTHONTZPATH": "", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout == b"Europe/Berlin\n"
