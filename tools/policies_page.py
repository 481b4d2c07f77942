"""docs/reference/policies.md, from the declared variables."""

from __future__ import annotations

from blocks import code, joined, notice, prose, table
from modelops_git.core.policies.bounds import MAX_LENGTH
from modelops_git.core.policies.variables import KNOWN_TO, MEANINGS, OF_A_VERSION, VARIABLES

INTRODUCTION = """\
The `policies` of `modelops.yaml` are conditions in [CEL](https://cel.dev), which a change must meet. How to
write one is in [](../guides/policies.md); the fields of a policy are in {ref}`the reference of manifests
<registry-policy>`.

Policies need the extra `policies`: `pip install "modelops-git[policies]"`. They are read from where the
change began, so that no change brings its own, and are asked for what the change brings: new rollouts and
altered ones, versions, notices, and so on. What is deleted is not asked."""
LANGUAGE = f"""\
An expression is true or false and has at most {MAX_LENGTH:,} characters. All of CEL's standard functions
are there, but nothing that could grow: `map`, `+` on texts and lists, and walks (`all`, `exists`,
`exists_one`, `filter`) over lists that the expression makes itself. An expression that would take too long
with the values at hand is {{ref}}`MOG607 <mog607>`.

- Numbers are doubles: write `1.0`, not `1`.
- A field is always there, so `has(…)` is for the keys of mappings: `has(candidate.metrics.f1)`.
- Where there is no live version or no parent, `exists` is false, lists and mappings are empty, and all else
  has no value. An answer that depends on what has no value is an error (MOG607), never a yes.
- `live.metrics` and `parent.metrics` come from the evaluations that `model.yaml` names, as those of the
  candidate do; whether both were made on the same data is for {{ref}}`MOG314 <mog314>`."""
TESTS = """\
A test gives values and says what the expression must then be; `modelops validate` runs it. `live` and
`parent` exist where the test gives something of them. What a test does not give has no value."""
ACTIONS = {
    "promote": "a rollout is new, or anything in it changes but to an older version",
    "rollback": "a rollout names an older version than before",
    "register": "a version's manifest is new",
    "describe": "`model.yaml` or a notice is new or changed",
    "administer": "`modelops.yaml` or an analysis is new or changed",
}


def page() -> str:
    """The whole page."""
    return joined(
        notice("src/modelops_git/core/policies/variables.py"),
        "# Policies",
        INTRODUCTION,
        "## Actions",
        table(
            ["action", "when", "knows"],
            [[code(name), when, ", ".join(map(code, KNOWN_TO[name]))] for name, when in ACTIONS.items()],
        ),
        "An action that begins from a rollout under way (`operate`) is in no manifest and asks no policies.",
        "## Variables",
        table(["variable", "is"], [[code(name), prose(meaning)] for name, meaning in MEANINGS.items()]),
        "### Fields of candidate, live and parent",
        table(
            ["field", "type", "meaning"],
            [[code(name), kind, prose(meaning)] for name, kind, meaning in OF_A_VERSION],
        ),
        "### Other fields",
        table(["field", "type", "meaning"], _others()),
        "## The language",
        LANGUAGE,
        "## Tests",
        TESTS,
    )


def _others() -> list[list[str]]:
    of_versions = ("candidate", "live", "parent")
    return [
        [code(variable.name), variable.type, prose(variable.meaning)]
        for variable in VARIABLES
        if variable.root not in of_versions
    ]
