"""MOG111 to MOG118: what one document says. The parser finds all but MOG118; here are their pages."""

from __future__ import annotations

from modelops_git.core.checks.base import define
from modelops_git.core.findings import Severity

UNKNOWN_KIND_OR_VERSION = define(
    "MOG111",
    "unknown-kind-or-version",
    """The kind or the api_version of a document is missing or unknown.

    Both come first in every file: they say how the rest is to be read.

    Wrong:
    ```yaml
    api_version: modelops/v2
    kind: Model
    ```
    Right:
    ```yaml
    api_version: modelops/v1
    kind: Model
    ```
    """,
)
UNKNOWN_FIELD = define(
    "MOG112",
    "unknown-field",
    """A field is not known in this kind of document.

    A misspelt field would be ignored, and what it was meant to say would not hold. `--fix` turns
    camelCase into snake_case.

    Wrong:
    ```yaml
    version: 1.1.0
    manifestDigest: sha256:a7fa9c…
    ```
    Right:
    ```yaml
    version: 1.1.0
    manifest_digest: sha256:a7fa9c…
    ```
    """,
)
MISSING_FIELD = define(
    "MOG113",
    "missing-field",
    """A field that a document must have is missing.

    The message names the field, and everything that must be given there.

    Wrong:
    ```yaml
    artifacts:
      - {path: model.onnx, role: model, format: onnx, size: 181224}
    ```
    Right:
    ```yaml
    artifacts:
      - {path: model.onnx, role: model, format: onnx, sha256: 3333…, size: 181224}
    ```
    """,
)
WRONG_TYPE = define(
    "MOG114",
    "wrong-type",
    """A value is of another type than the field.

    Types are strict: a number is no text, a text is no list, and `1` is not `true`.

    Wrong:
    ```yaml
    authors: github:ana
    ```
    Right:
    ```yaml
    authors: ["github:ana"]
    ```
    """,
)
BAD_VALUE = define(
    "MOG115",
    "bad-value",
    """A value is of the right type, but none that the field can have.

    It is out of range, not one of the few that there are, or not of the field's form, such as a time in UTC.

    Wrong:
    ```yaml
    risk: medum
    ```
    Right:
    ```yaml
    risk: medium
    ```
    """,
)
WRONG_PLACE = define(
    "MOG116",
    "wrong-place",
    """What a file says about itself differs from its path, or no manifest belongs there.

    The path is how everything else refers to a manifest. `--fix` corrects differences of spelling.

    Wrong:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    version: 1.2.1
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    version: 1.2.0
    ```
    """,
)
NOT_A_REGULAR_FILE = define(
    "MOG118",
    "not-a-regular-file",
    """A path of the registry is a symbolic link, a submodule or a Git LFS pointer.

    What a link or a pointer leads to is no part of the commit: it can change without a review. Manifests
    are small and need no LFS; folders of models are no submodules.

    Wrong:
    ```yaml
    # models/tulip is a symbolic link to ../elsewhere/tulip
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml, a plain file
    kind: ModelVersion
    ```
    """,
)
UNUSED_SUPPRESSION = define(
    "MOG119",
    "unused-suppression",
    """A comment is meant to suppress a finding, and suppresses none.

    Whoever reads it thinks that something is wrong there, or that something is allowed. A comment counts in
    the line of the finding, or alone in the line above, and gives a reason; some checks cannot be suppressed.

    Wrong:
    ```yaml
    version: 1.1.0  # modelops: ignore[MOG215]
    ```
    Right:
    ```yaml
    version: 1.1.0  # modelops: ignore[MOG215] until 1.2.0 is trained
    ```
    """,
    severity=Severity.WARNING,
)
CHECKS = (
    UNKNOWN_KIND_OR_VERSION,
    UNKNOWN_FIELD,
    MISSING_FIELD,
    WRONG_TYPE,
    BAD_VALUE,
    WRONG_PLACE,
    NOT_A_REGULAR_FILE,
    UNUSED_SUPPRESSION,
)
