"""The process itself: it begins and ends fast, and nothing is lost by that."""

import subprocess
import sys

END = """
import gc, sys
from modelops_git.__main__ import main
sys.argv = ["modelops", "--version"]
code = main()
print(code, gc.get_freeze_count() > len(gc.get_objects()), flush=True)
"""


def test_the_collector_is_not_asked_to_look_through_what_is_left_at_the_end():
    done = subprocess.run([sys.executable, "-c", END], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 True"
