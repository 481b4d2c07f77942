"""The forge: where pull requests are opened, reviewed and merged."""

from typing import Literal

from pydantic import Field

from modelops_git.core.manifests.base import EnvironmentVariable, HttpUrl, Label, Part


class Forge(Part):
    """The forge that holds the registry's repository, and is asked who approved."""

    type: Literal["github", "gitlab"] = Field(
        description="Which one: GitHub or GitLab, also one's own server."
    )
    repository: Label | None = Field(
        default=None,
        description="The repository there; what the remote's address says where none is given.",
        examples=["acme/models"],
    )
    url: HttpUrl | None = Field(
        default=None,
        description="The address that its API begins with; by default that of github.com or gitlab.com.",
        examples=["https://github.example/api/v3", "https://gitlab.example/api/v4"],
    )
    token_env: EnvironmentVariable | None = Field(
        default=None,
        description="The environment variable that holds a token; by default GITHUB_TOKEN or GITLAB_TOKEN.",
        examples=["MODELOPS_FORGE_TOKEN"],
    )
