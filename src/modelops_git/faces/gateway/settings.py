"""What a gateway was started with; worker processes are given it as JSON, in their environment."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

VARIABLE = "MODELOPS_GATEWAY"
"""The environment variable that holds the settings of worker processes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What requests may take.

    Attributes:
        body: Bytes of a request.
        seconds: For reading a request, and for its answer.
        in_flight: Requests that are worked on or wait, in one process; those beyond are turned away.
        threads: Predictions at the same time, in one process; 0 for one, by the event loop itself.
        shadow_bytes: Of requests that wait to be shown to mirrors; those beyond are dropped.
    """

    body: int = 16 << 20
    seconds: float = 30.0
    in_flight: int = 512
    threads: int = 4
    shadow_bytes: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Logging:
    """What is logged of predictions.

    Attributes:
        root: The folder of the logs; empty for none.
        sample: The share of the predictions that is logged, from 0 to 1.
        without: The fields that are left out.
        form: `jsonl`, or `parquet` for files that are done.
        keep: Days after which files are deleted; None for never.
        key_secret_env: The environment variable with the secret that callers' keys are hashed with; empty
            where they are written as they are.
    """

    root: str = ""
    sample: float = 1.0
    without: tuple[str, ...] = ()
    form: str = "jsonl"
    keep: float | None = 30.0
    key_secret_env: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a process of the gateway must know.

    Attributes:
        repository: The folder of the registry.
        environment: The environment that is served.
        host: The address that is listened on.
        port: Its port; 0 for any that is free.
        workers: How many processes serve.
        refresh: Seconds between two looks at the route tables.
        log_format: Of what happens, on stderr: `text`, `json`, or empty for the one that fits.
    """

    repository: str
    environment: str
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    refresh: float = 0.1
    log_format: str = ""
    limits: Limits = field(default_factory=Limits)
    logging: Logging = field(default_factory=Logging)

    def to_json(self) -> str:
        """For a worker process."""
        return json.dumps(asdict(self))


def settings_of(text: str) -> Settings:
    """The settings that `to_json` has written."""
    given: dict[str, Any] = json.loads(text)
    limits, logging = Limits(**given.pop("limits")), given.pop("logging")
    known = {one.name for one in fields(Settings)}
    logging["without"] = tuple(logging["without"])
    chosen = {name: value for name, value in given.items() if name in known}
    return Settings(**chosen, limits=limits, logging=Logging(**logging))
