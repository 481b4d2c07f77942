"""A certificate for 127.0.0.1, signed by an authority of its own."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Certificate(NamedTuple):
    authority: Path
    chain: Path
    key: Path

    def context(self):
        found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        found.load_cert_chain(self.chain, self.key)
        return found


def make(folder):
    """Write the files of a new certificate into `folder`."""
    import trustme

    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    made = Certificate(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    authority.cert_pem.write_to_path(made.authority)
    leaf.private_key_pem.write_to_path(made.key)
    made.chain.write_bytes(b"".join(piece.bytes() for piece in leaf.cert_chain_pems))
    return made
