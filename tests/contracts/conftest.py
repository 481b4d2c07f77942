"""Servers for the back ends of stores, and forges."""

from far import azure, azure_store, google, google_store, memory_store  # noqa: F401 - fixtures
from forging.fixtures import fake, forge  # noqa: F401 - fixtures
from objectstore.fixtures import _fake, fake_s3, seaweed, waits  # noqa: F401 - fixtures
