"""The machine in general terms: nothing that tells whose it is or where things lie on it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

QUIET = 1.0
PROGRAMS = (("git", "--version"), ("openssl", "version"))
SHA = ("sha_ni", "sha2")
"""The flags of CPUs with SHA-256 instructions, of x86 and of Arm."""


def description() -> list[str]:
    """CPU, memory, system and versions of programs, one a line."""
    return [
        f"CPU: {_cpu()}, {len(os.sched_getaffinity(0))} cores, {_sha()} SHA-256 instructions",
        f"Memory: {_memory()}",
        f"System: {_system()}, Linux {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
        *(_version(*command) for command in PROGRAMS),
    ]


def load() -> float:
    """How many processes wanted to run in the last minute, on average."""
    return os.getloadavg()[0]


def _cpu() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", _text("/proc/cpuinfo"), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _sha() -> str:
    found = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", _text("/proc/cpuinfo"), re.MULTILINE)
    return "with" if found and set(SHA) & set(found[1].split()) else "no"


def _memory() -> str:
    found = re.search(r"^MemTotal:\s*(\d+) kB", _text("/proc/meminfo"), re.MULTILINE)
    return f"{int(found[1]) / 2**20:.0f} GiB" if found else "unknown"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def _version(*command: str) -> str:
    try:
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except OSError:
        return f"{command[0]} is not installed"
    return text.split("(")[0].strip()


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
