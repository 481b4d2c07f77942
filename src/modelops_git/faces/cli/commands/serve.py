"""`modelops serve`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import gathers, takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.gateway.settings import Limits, Logging, Settings

FIELDS = ("input", "output", "key", "error", "truth")
NOWHERE = "none"
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of the command; each is described by its option."""

    environment: str
    host: str
    port: int
    workers: int
    refresh: float
    threads: int
    max_body: int
    timeout: float
    max_in_flight: int
    logs: str | None
    log_sample: float
    log_without: tuple[str, ...]
    log_as: str
    log_days: float | None
    log_key_secret: str
    log_format: str | None


@click.command("serve")
@takes_session
@click.option("--env", "environment", required=True, metavar="ENV", help="The environment.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Its port; 0 for a free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="How many processes serve; each has the models in memory.",
)
@click.option(
    "--refresh",
    type=click.FloatRange(0.05, 3600),
    default=0.1,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for new routes.",
)
@click.option(
    "--threads",
    type=click.IntRange(0, 1024),
    default=4,
    show_default=True,
    help="Predictions at the same time, in one process; 0: one, by the thread that reads requests, which is "
    "the fastest for models that take microseconds. Any other holds up all requests, and is never too late.",
)
@click.option(
    "--max-body",
    type=click.FloatRange(0.001, 1024),
    default=16,
    show_default=True,
    metavar="MIB",
    help="The longest request.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.01, 3600),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="For reading a request, and for its prediction.",
)
@click.option(
    "--max-in-flight",
    type=click.IntRange(1, 1_000_000),
    default=512,
    show_default=True,
    help="Requests that are worked on or wait, in one process; others are turned away.",
)
@click.option(
    "--logs",
    metavar="DIR",
    help=f"Where predictions are logged: .modelops/logs/ENV in the registry by default; {NOWHERE}: nowhere.",
)
@click.option(
    "--log-sample",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="The share of the predictions that is logged.",
)
@click.option(
    "--log-without",
    multiple=True,
    type=click.Choice(FIELDS),
    help="Leave this field out of the log; may be repeated.",
)
@click.option(
    "--log-as",
    type=click.Choice(["jsonl", "parquet"]),
    default="jsonl",
    show_default=True,
    help="What files of the log become when they are complete.",
)
@click.option(
    "--log-days",
    type=click.FloatRange(0.01, 36500),
    default=30,
    show_default=True,
    help="How long files of the log are kept.",
)
@click.option(
    "--log-key-secret",
    default="",
    metavar="VARIABLE",
    help="The environment variable with a secret: callers' keys are logged as their HMAC.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="How to log what happens to stderr; by default as text on a terminal, else as JSON.",
)
@gathers(Asked)
def command(session: Session, asked: Asked) -> Answer:
    """Serve predictions by what is live in an environment.

    The server follows the route tables that apply writes: new versions are loaded in the background, verified
    first, and switched to without a request failing. It speaks the Open Inference Protocol, version 2, and
    takes {"instances": [...]} at /models/MODEL/predict. It ends when a signal comes, after it has answered.
    """
    from modelops_git.faces.gateway.running import serve

    serve(_settings(session, asked))
    return Answer({"environment": asked.environment}, [f"Stopped serving {asked.environment}."])


def _settings(session: Session, asked: Asked) -> Settings:
    from modelops_git.faces.gateway.settings import Settings

    return Settings(
        repository=str(session.repository().root),
        environment=asked.environment,
        host=asked.host,
        port=asked.port,
        workers=asked.workers,
        refresh=asked.refresh,
        log_format=asked.log_format or "",
        limits=_limits(asked),
        logging=_logging(asked),
    )


def _limits(asked: Asked) -> Limits:
    from modelops_git.faces.gateway.settings import Limits

    return Limits(
        body=int(asked.max_body * MIB),
        seconds=asked.timeout,
        in_flight=asked.max_in_flight,
        threads=asked.threads,
    )


def _logging(asked: Asked) -> Logging:
    from modelops_git.faces.gateway.settings import Logging

    folder = f".modelops/logs/{asked.environment}" if asked.logs is None else asked.logs
    return Logging(
        root="" if folder == NOWHERE else folder,
        sample=asked.log_sample,
        without=asked.log_without,
        form=asked.log_as,
        keep=asked.log_days,
        key_secret_env=asked.log_key_secret,
    )
