"""Clients of boto3: one for each process and set of settings, since a client costs a tenth of a second."""

from __future__ import annotations

import os
import re
import threading
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from modelops_git.core.clock import parse_duration
from modelops_git.edges.stores.s3.direct import Direct
from modelops_git.edges.stores.s3.failures import settings_errors

if TYPE_CHECKING:
    from datetime import timedelta

    from mypy_boto3_s3 import S3Client

    from modelops_git.edges.stores.base import StoreConfig

    Sums = Literal["when_supported", "when_required"]
    Style = Literal["auto", "virtual", "path"]

ATTEMPTS = 6
"""How often a request is made before its failure is believed; the waits between double, with jitter."""
CONNECT_SECONDS = 10
READ_SECONDS = 60
CONNECTIONS = 32
_ISO = re.compile(r"(?a)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
HURRIED_ATTEMPTS = 2
HURRIED_SECONDS = 4
_MAKING = threading.Lock()
"""Held while a client is made: each takes 20 MB, so that threads that begin together share one."""


class Settings(NamedTuple):
    """How a bucket is reached, and what is asked of it; a value, unlike a client.

    Attributes:
        region: Its region; None where the AWS configuration says it.
        endpoint_url: The address of the server; None for Amazon's.
        profile: The profile of the AWS configuration; None for the usual one.
        addressing_style: Where the bucket's name goes.
        checksum_mode: `when_required` for servers that refuse the checksums that boto3 adds by itself.
        lock_mode: The mode of retention of new objects; empty for none.
        lock_for: How long they are retained; None for not at all.
        hurried: Whether a server that does not answer is soon given up: somebody waits who need not.
    """

    region: str | None = None
    endpoint_url: str | None = None
    profile: str | None = None
    addressing_style: str = "auto"
    checksum_mode: str = "when_supported"
    lock_mode: str = ""
    lock_for: timedelta | None = None
    hurried: bool = False

    @property
    def sends_sums(self) -> bool:
        """Whether the server takes checksums in the way that came with boto3 1.36."""
        return self.checksum_mode == "when_supported"


def settings_of(config: StoreConfig) -> Settings:
    """What the Registry says about a store."""
    lock = config.object_lock
    return Settings(
        config.region,
        config.endpoint_url,
        config.profile,
        config.addressing_style,
        config.checksum_mode,
        lock.mode.upper() if lock else "",
        parse_duration(lock.retain) if lock else None,
    )


class _Made(NamedTuple):
    client: S3Client
    direct: Direct


def client_of(settings: Settings) -> S3Client:
    """A client; several threads may use it at once.

    Raises:
        StoreError: The settings make none, such as a profile that there is not.
    """
    return _made(settings).client


def direct_of(settings: Settings) -> Direct:
    """What reads objects by the same client; raises as `client_of` does."""
    return _made(settings).direct


def _made(settings: Settings) -> _Made:
    with _MAKING:
        return _client(settings, os.getpid())  # a forked process must not share the connections of its parent


@lru_cache(64)
def _client(settings: Settings, _process: int) -> _Made:
    import boto3
    import botocore.session
    from botocore.config import Config

    config = Config(
        retries={
            "mode": "standard",
            "total_max_attempts": HURRIED_ATTEMPTS if settings.hurried else ATTEMPTS,
        },
        connect_timeout=HURRIED_SECONDS if settings.hurried else CONNECT_SECONDS,
        read_timeout=HURRIED_SECONDS if settings.hurried else READ_SECONDS,
        max_pool_connections=CONNECTIONS,
        tcp_keepalive=True,
        request_checksum_calculation=cast("Sums", settings.checksum_mode),
        response_checksum_validation="when_required",  # all that is read is hashed here
        s3={"addressing_style": cast("Style", settings.addressing_style)},
        user_agent_extra="modelops-git",
    )
    with settings_errors(settings.profile):
        core = botocore.session.get_session()
        core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_time_of)
        session = boto3.session.Session(
            profile_name=settings.profile, region_name=settings.region, botocore_session=core
        )
        client = session.client("s3", endpoint_url=settings.endpoint_url, config=config)
    return _Made(client, Direct(client))


def _time_of(said: Any) -> datetime:
    """The time that a server says; as lists say it, without dateutil, which takes longer than all else."""
    from botocore.utils import parse_timestamp

    if isinstance(said, str) and _ISO.fullmatch(said):
        with suppress(ValueError):
            return datetime.fromisoformat(said)
    return parse_timestamp(said)
