"""Servers for the back ends of stores."""

from objectstore.fixtures import _fake, fake_s3, seaweed  # noqa: F401 - fixtures
