"""How to reach a server of S3, as a value that can be sent to another process."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass

# Sessions read AWS's descriptions of its services, which takes time, and make one client at a time.
MAKING = threading.Lock()


@dataclass(frozen=True)
class Access:
    endpoint: str
    region: str
    key: str
    secret: str
    token: str = ""
    authority: str = ""  # a file with the certificate that signs the server's

    @property
    def environment(self):
        """The environment in which AWS's software is let in; the endpoint and the region are not in it."""
        found = {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret}
        if self.token:
            found["AWS_SESSION_TOKEN"] = self.token
        if self.authority:
            found["AWS_CA_BUNDLE"] = self.authority
        return found

    def client(self, **settings):
        """A client of boto3 that tries once and waits for ten seconds, unless `settings` say otherwise."""
        from botocore.config import Config

        tries = {"retries": {"total_max_attempts": 1, "mode": "standard"}}
        waits = {"connect_timeout": 10, "read_timeout": 10}
        style = {"s3": {"addressing_style": "path"}, "max_pool_connections": 32}
        with MAKING:
            return _session().client(
                "s3",
                endpoint_url=self.endpoint,
                region_name=self.region,
                aws_access_key_id=self.key,
                aws_secret_access_key=self.secret,
                aws_session_token=self.token or None,
                verify=self.authority or None,
                config=Config(**{**tries, **waits, **style, **settings}),
            )


@functools.cache
def _session():
    import boto3

    return boto3.session.Session()
