"""Whose signatures count, and where one is needed: by what is merged, never by what is under review."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.base import Defect
from modelops_git.core.checks.governance import signature_missing
from modelops_git.core.errors import GitError, StoreError
from modelops_git.core.places import REGISTRY_FILE
from modelops_git.engine.signing import Checked, Signers, could_not_check, signature_of, verify_signature
from modelops_git.engine.validate import Request, beside_base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.stores.base import Store
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.stores import Holders

_SIGN_A_NEW_ONE = "Register a new version, run `modelops sign` before it is merged, and promote that one."


def check_signatures(
    repository: Repository, documents: Iterable[Document], holders: Holders
) -> dict[str, Checked]:
    """Check the signatures that versions of the work tree state: path of the manifest -> the result.

    Versions that state none are left out, and without any signed one git is not asked.
    """
    signed = [document for document in documents if signature_of(document) is not None]
    if not signed:
        return {}
    check = _Check(holders, merged_signers(repository))
    with ThreadPoolExecutor() as executor:
        return dict(executor.map(check, signed))


@dataclass(frozen=True, slots=True)
class _Check:
    holders: Holders
    signers: Signers

    def __call__(self, document: Document, /) -> tuple[str, Checked]:
        try:
            store = self.holders.of(document)
        except StoreError as error:
            return document.path, could_not_check(document, error)
        return document.path, verify_signature(document, store, self.signers)


def merged_signers(repository: Repository) -> Signers:
    """The signers by which the work tree is judged: those of the commit that it is compared with.

    That is the merge base with the default branch, as for the checks of changes; on the default branch itself
    what is merged already.
    """
    try:
        base = beside_base(repository, Request()).change.base
    except GitError as error:
        return Signers({}, REGISTRY_FILE, f"what is merged cannot be found out: {error.message}")
    catalog = Catalog(base)
    source = f"{REGISTRY_FILE} of {base.label}"
    if catalog.registry is None and catalog.holds(REGISTRY_FILE):
        return Signers({}, source, f"{source} is not valid")
    registry = catalog.registry
    return Signers(cast("Registry", registry.manifest).signers if registry else {}, source)


def refusals(
    intent: Intent, environment: Environment, version: Document, store: Store
) -> tuple[Finding, ...]:
    """Why an environment that asks for signatures does not take a version; nothing where it does.

    Args:
        intent: What is applied: it is merged, so its own signers count.
        environment: Where the version is to go live.
        version: The version.
        store: Where its bundle is.
    """
    required = environment.required_signatures
    if not required and not environment.require.signatures:
        return ()
    if signature_of(version) is None:
        manifest = version.manifest
        message = (
            f"{environment.name} takes signed versions only, and {manifest.version} states no signature."
        )
        return (signature_missing.finding(Defect(message, version.place("/version"), _SIGN_A_NEW_ONE)),)
    signers = Signers(intent.registry.signers, f"{REGISTRY_FILE} of {intent.commit[:12]}")
    return verify_signature(version, store, signers, required).findings
