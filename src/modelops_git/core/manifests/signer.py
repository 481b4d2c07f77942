"""Signers: whose signatures over versions are known."""

from typing import Annotated, Literal

from pydantic import Field

from modelops_git.core.manifests.base import Form, HttpUrl, Label, Part
from modelops_git.core.signing.public_keys import is_public_key

EXAMPLE = """\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt
6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
-----END PUBLIC KEY-----
"""
PublicKeyText = Annotated[
    str,
    Form(
        "a public key on P-256, P-384 or P-521 in PEM",
        "what `openssl pkey -in release.pem -pubout` prints",
        r"-----BEGIN PUBLIC KEY-----\r?\n[A-Za-z0-9+/=\r\n]{1,400}-----END PUBLIC KEY-----\s{0,8}",
        1024,
        judge=is_public_key,
    ),
]


class KeySigner(Part):
    """Whoever holds the private key of a pair."""

    type: Literal["key"] = Field(description="A pair of keys.")
    public_key: PublicKeyText = Field(
        description="The public one: an EC key on P-256, P-384 or P-521, as PEM text.",
        examples=[EXAMPLE],
    )


class SigstoreSigner(Part):
    """A person or a workflow that sigstore has issued a certificate for; needs the extra `sigstore`."""

    type: Literal["sigstore"] = Field(description="An identity that sigstore certifies.")
    identity: Label = Field(
        description="Who, as the certificate says it: an address, or the URI of a workflow.",
        examples=["ana@example.com"],
    )
    issuer: HttpUrl = Field(
        description="Who vouches for the identity: the address of the OpenID Connect issuer.",
        examples=["https://token.actions.githubusercontent.com"],
    )


Signer = Annotated[KeySigner | SigstoreSigner, Field(discriminator="type")]
