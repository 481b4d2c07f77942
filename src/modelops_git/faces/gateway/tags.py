"""What each answer says of itself: by which version of which model it was made, and its own name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from modelops_git.core.routes import Route

MODEL, VERSION, DIGEST, PREDICTION = (
    b"modelops-model",
    b"modelops-version",
    b"modelops-digest",
    b"modelops-prediction",
)
"""The headers of an answer."""
PREVIEW = "Modelops-Preview"
"""The header of a request that wants to be answered by the version that is not live yet."""


class Tag(NamedTuple):
    """By what a prediction is made.

    Attributes:
        id: The prediction's name.
        model: The model's name.
        route: The version, and what it is there for.
    """

    id: str
    model: str
    route: Route

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The headers of the answer."""
        return (
            (MODEL, self.model.encode()),
            (VERSION, self.route.version.encode()),
            (DIGEST, self.route.digest.encode()),
            (PREDICTION, self.id.encode()),
        )

    @property
    def fields(self) -> dict[str, str]:
        """The same as fields of its body."""
        return {
            "model": self.model,
            "version": self.route.version,
            "digest": self.route.digest,
            "role": self.route.role,
            "prediction_id": self.id,
        }
