from __future__ import annotations

import pytest

from shop import Shop


@pytest.fixture
def shop(tmp_path):
    """A registry with journals and nothing in it."""
    shop = Shop(tmp_path / "shop")
    shop.journals()
    return shop


@pytest.fixture
def live(shop):
    """The same with iris 1.0.0 live in production, and 1.1.0 registered."""
    shop.version("1.0.0")
    shop.version("1.1.0", parent="1.0.0")
    shop.want("1.0.0")
    shop.merge()
    shop.modelops("apply")
    return shop
