"""Servers for the back ends of stores."""

from far import azure, azure_store, google, google_store, memory_store  # noqa: F401 - fixtures
from objectstore.fixtures import _fake, fake_s3, seaweed, waits  # noqa: F401 - fixtures
