"""The signature of a message, so that whoever takes it knows whom it is from.

Source: Standard Webhooks 1.0.0, symmetric signatures.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelops_git.core.notifying.messages import Message

PREFIX = "whsec_"
FEWEST, MOST = 24, 64
"""How many bytes a secret has."""


def secret_in(text: str) -> bytes:
    """The secret that `text` holds.

    Raises:
        ValueError: It holds none.
    """
    encoded = text.strip().removeprefix(PREFIX)
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("it is no base64") from None
    if not FEWEST <= len(secret) <= MOST:
        raise ValueError(f"it has {len(secret)} bytes, not {FEWEST} to {MOST}")
    return secret


def signed(message: Message, secret: bytes, at: int) -> dict[str, str]:
    """The headers of a message that say what it is, when it was sent and who signed it.

    Args:
        message: The message.
        secret: What it is signed with.
        at: The time in seconds since 1970.
    """
    content = b".".join([message.id.encode(), str(at).encode(), message.body])
    digest = hmac.new(secret, content, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": message.id, "webhook-timestamp": str(at), "webhook-signature": signature}
