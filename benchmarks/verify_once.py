"""Verify one version, and tell how much memory that took: in a process of its own."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

from modelops_git.edges.executors import executor_for
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, verify_version

if __name__ == "__main__":
    document, store = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - our own, just written
    with executor_for() as executor:
        findings = verify_version(document, Only(store), How(executor))
    assert not findings, findings
    # Not by getrusage, which counts the memory of the process that started this one.
    status = Path("/proc/self/status").read_text()
    print(json.dumps({"kilobytes": int(status.partition("VmHWM:")[2].split()[0])}))
