"""Runs a command with limits and says what it took: `python limited.py SECONDS BYTES COMMAND...`.

A process of its own, and a small one: the peak memory that the system reports of a child is at least that
of the process that forked it, and pytest is large.
"""

import json
import os
import resource
import subprocess
import sys


def main(seconds, space, *command):
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (int(space), int(space)))
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    taken = {"code": os.waitstatus_to_exitcode(status), "peak": used.ru_maxrss * unit}
    print(json.dumps({**taken, "said": said.decode("utf-8", "backslashreplace")}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(*sys.argv[1:])
