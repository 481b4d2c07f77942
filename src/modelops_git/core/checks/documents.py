"""MOG101 to MOG110: text that is no manifest. The reader of YAML finds them; here are their pages."""

from __future__ import annotations

from modelops_git.core.checks.base import define

NOT_UTF8 = define(
    "MOG101",
    "not-utf8",
    """A file is not UTF-8.

    Every reader must see the same characters. Other encodings are guessed, and the guess differs between
    machines.

    Wrong:
    ```yaml
    # saved as Latin-1: the é is the single byte E9
    description: Classifies \\xe9 flowers by four measurements.
    ```
    Right:
    ```yaml
    # saved as UTF-8
    description: Classifies é flowers by four measurements.
    ```
    """,
)
YAML_SYNTAX = define(
    "MOG102",
    "yaml-syntax",
    """A file is not YAML.

    Nothing in it can be read until it is. Most often a quote or a bracket is not closed, a tab indents a
    line, or a text holds `: ` or ` #` and needs quotes.

    Wrong:
    ```yaml
    description: Irises: four measurements
    ```
    Right:
    ```yaml
    description: "Irises: four measurements"
    ```
    """,
)
DUPLICATE_KEY = define(
    "MOG103",
    "duplicate-key",
    """A key is given twice in one mapping.

    YAML readers differ in which of the two they take; most take the last one in silence.

    Wrong:
    ```yaml
    risk: low
    …
    risk: high
    ```
    Right:
    ```yaml
    risk: low
    ```
    """,
)
ALIAS_OR_ANCHOR = define(
    "MOG104",
    "alias-or-anchor",
    """A file uses an anchor (`&name`) or an alias (`*name`).

    What is written should be what is read: an alias hides a value elsewhere, and a few lines of aliases
    can grow into gigabytes. A text that begins with `&` or `*` needs quotes.

    Wrong:
    ```yaml
    owners: &team [ml-engineers]
    …
    tags: *team
    ```
    Right:
    ```yaml
    owners: [ml-engineers]
    …
    tags: ["*team", "&team"]         # in quotes they are texts
    ```
    """,
)
MERGE_KEY = define(
    "MOG105",
    "merge-key",
    """A file uses a merge key (`<<`).

    Merge keys are no part of YAML 1.2, and readers differ in what they do with them.

    Wrong:
    ```yaml
    accuracy: {<<: {evaluation: holdout}, goal: maximize, …}
    ```
    Right:
    ```yaml
    accuracy: {evaluation: holdout, goal: maximize, …}
    ```
    """,
)
TAG = define(
    "MOG106",
    "tag",
    """A file uses a tag (`!name`).

    A tag can ask a reader to make an object of any class. Manifests hold JSON values only. A text that
    begins with `!` needs quotes.

    Wrong:
    ```yaml
    risk: !!str low
    ```
    Right:
    ```yaml
    risk: low
    ```
    """,
)
MULTIPLE_DOCUMENTS = define(
    "MOG107",
    "multiple-documents",
    """A file holds more than one document.

    One file is one manifest, so that its path says what it is.

    Wrong:
    ```yaml
    kind: Model
    …
    ---
    ```
    Right:
    ```yaml
    kind: Model
    ```
    """,
)
TOO_LARGE_OR_DEEP = define(
    "MOG108",
    "too-large-or-deep",
    """A file is larger than 1 MiB or nested deeper than 64 levels.

    No manifest needs that; a file that does is a mistake, or meant to exhaust whoever reads it. For the same
    reason a file has at most 60,000 values, and a key at most 1,024 characters.

    A version of many files needs more room for its list: the lines of `artifacts`, one field each as
    `register` writes them, do not count, up to 4 MiB in all and 10,000 files.

    Wrong:
    ```yaml
    hyperparameters: [[[[…]]]]                 # 70 levels
    ```
    Right:
    ```yaml
    hyperparameters: {grid: [[[[…]]]]}         # 20 levels
    ```
    """,
)
AMBIGUOUS_SCALAR = define(
    "MOG109",
    "ambiguous-scalar",
    """A text without quotes is something else to other YAML readers.

    In a text field we read what is written. YAML 1.1 reads `no` as false, `1.10` as 1.1, `012` as 10 and
    `12:30` as 750; YAML 1.2 reads `1e5` as a number and `~` as null. Quoted, every reader sees the same.
    `--fix` adds the quotes.

    Wrong:
    ```yaml
    environment: {python: 3.10}
    ```
    Right:
    ```yaml
    environment: {python: "3.10"}
    ```
    """,
)
CONTROL_CHARACTER = define(
    "MOG110",
    "control-character",
    """A file holds a character that people do not see and programs do.

    Bidirectional controls make a line look like another one; zero-width characters make two names look
    alike; NUL ends a text early in some programs.

    Wrong:
    ```yaml
    description: Classifies\\u202e iris flowers by four measurements.    # shown from right to left
    ```
    Right:
    ```yaml
    description: Classifies “iris” flowers by four measurements.
    ```
    """,
)
CHECKS = (
    NOT_UTF8,
    YAML_SYNTAX,
    DUPLICATE_KEY,
    ALIAS_OR_ANCHOR,
    MERGE_KEY,
    TAG,
    MULTIPLE_DOCUMENTS,
    TOO_LARGE_OR_DEEP,
    AMBIGUOUS_SCALAR,
    CONTROL_CHARACTER,
)
