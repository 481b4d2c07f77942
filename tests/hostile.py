"""Files that are made to cost much: each the most that is read, and nasty in a way of its own.

That is about 1 MiB, and 4 MiB for versions whose lists of artifacts are long.

A case is a path in the registry of the checks' cases and the bytes to put there. They are made, not kept:
two hundred files of a mebibyte would be a burden for every clone.
"""

from __future__ import annotations

from itertools import count

MIB = 2**20
VERSION, NEW = "models/iris/versions/1.1.0.yaml", "models/iris/versions/1.2.0.yaml"
MODEL, REGISTRY = "models/iris/model.yaml", "modelops.yaml"
ROLLOUT, ANALYSIS = "models/iris/rollouts/production.yaml", "analyses/serving-health.yaml"
NOTICE, EXPERIMENT = "models/iris/notices/1.0.0-1.yaml", "models/iris/experiments/production.yaml"
A64 = "a" * 64
PUBLIC = (
    r"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt"
    r"\n6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n"
)
PLACE = "environments: [{name: e, targets: [{type: gateway, uri: 'file:x'}]"
SCALARS, PARTS = 119_900, 59_900  # as many as are read; of more, only the number is told


def head(kind):
    return f"api_version: modelops/v1\nkind: {kind}\n"


def full(start, piece, end="", most=MIB, size=MIB):
    """`start`, as many `piece`s as `size` bytes take, and `end`; a piece may be made from its number."""
    parts, room = [start], size - len(start.encode()) - len(end.encode())
    for number in count():
        part = piece(number) if callable(piece) else piece
        room -= len(part.encode())
        if room < 0 or number == most:
            return ("".join(parts) + end).encode()
        parts.append(part)
    raise AssertionError


def signer(number):
    """A signer with a public key, the same for all."""
    return f'  s{number}: {{type: key, public_key: "{PUBLIC}"}}\n'


def begun(number):
    """A signer whose public key begins and does not end."""
    return f'  s{number}: {{type: key, public_key: "{PUBLIC[:26]}"}}\n'


def _texts():
    """Bytes that are hardly YAML."""
    yield "dashes", full("", "-")
    yield "dashes-and-spaces", full("", "- ")
    yield "dashes-in-lines", full("", "-\n")
    yield "questions", full("", "? ")
    yield "questions-in-lines", full("", "?\n")
    yield "brackets", full("", "[")
    yield "braces", full("", "{")
    yield "brackets-closed", full("a: ", "[],")
    yield "maps-in-maps", full("", "{a: ")
    yield "empty-items", full("a: [", ",", "]")
    yield "colons", full("", ": ")
    yield "colons-unspaced", full("", "a:")
    yield "commas", full("a: {", "x,", "}")
    yield "quotes", full("a: ", "'")
    yield "open-quote", full('a: "', "x")
    yield "escapes", full('a: "', "\\x41", '"')
    yield "hidden-escapes", full("a:\n", '- "\\u200b"\n')
    yield "folded-lines", full("a: >\n", "  x\n")
    yield "block-indents", full("a: |\n", lambda n: " " * (n % 200 + 1) + "x\n")
    yield "plain-over-lines", full("a: x\n", "  y\n")
    yield "indents", full("", lambda n: " " * n + "a:\n")


def _lines():
    """Lines that mean nothing, and what YAML has beyond manifests."""
    yield "comments", full("", "# a comment\n")
    yield "one-comment", full("#", "x")
    yield "comments-of-one", full("", "#\n")
    yield "spaces", full("", " ")
    yield "tabs", full("", "\t")
    yield "newlines", full("", "\n")
    yield "carriage-returns", full("", "\r")
    yield "crlf", full("", "a: 1\r\n")
    yield "nuls", full("", "\0")
    yield "bidi", full("a: ", "\u202e")
    yield "boms", b"\xef\xbb\xbf" * (MIB // 3)
    yield "not-utf8-at-the-end", b"a" * (MIB - 1) + b"\xff"
    yield "wide", full("a: ", "\U0001f600")
    yield "line-separators", full("a: ", "\u2028")
    yield "tags", full("a:\n", "- !t x\n")
    yield "tag-long", full("a: !", "t", " x")
    yield "anchors", full("a:\n", lambda n: f"- &a{n} x\n")
    yield "anchor-long", full("a: &", "a", " x")
    yield "aliases", full("a: &a [x]\nb:\n", "- *a\n")
    yield (
        "alias-bomb",
        b"a: &a [x,x]\n"
        + b"".join(
            b"b%d: &b%d [*%s,*%s]\n" % (n, n, *([b"a" if n == 0 else b"b%d" % (n - 1)] * 2))
            for n in range(30_000)
        ),
    )
    yield "merge-keys", full("a: &a {x: y}\n", "<<: *a\n")
    yield "documents", full("", "---\n")
    yield "documents-ended", full("", "...\n")
    yield "directives", full("", "%YAML 1.1\n")
    yield "directive-tags", full("", lambda n: f"%TAG !a{n}! b\n")
    yield "duplicates", full("", "a: 1\n")
    yield "duplicates-flow", full("a: {", "a,", "}")
    yield "keys-distinct", full("", lambda n: f"k{n}: v\n")
    yield "key-long", full("", "k", ": v")
    yield "keys-complex", full("", "? [a]\n: b\n")
    yield "deep-then-wide", full("a: " + "[" * 60, "x,", "]" * 60)
    yield "too-large", b"a" * (MIB + 1)
    yield "much-too-large", b"a: b\n" * (8 * MIB // 5)
    yield "binary", bytes(range(256)) * (MIB // 256)
    yield "lfs-pointer", b"version https://git-lfs.github.com/spec/v1\n" * 20_000
    yield "passwords", full("", lambda n: f"password: hunter2-{n}\n")
    yield "passwords-alike", full("", "password: hunter2-and-more\n")
    yield "passwords-in-a-line", full("a: {", lambda n: f"password: hunter2-{n}, ", "}")
    yield "logins", full("", lambda n: f"- https://a:b{n}c@h\n")
    yield "private-keys", full("", "-----BEGIN PRIVATE KEY----- x\n")
    yield "names-of-secrets", full("", "a_b_c_d_e_f_password_")
    yield "tokens", full("a: ", lambda n: f"eyJ{n:012}.eyJ{n:012}.{n:012} ")
    yield (
        "random-words",
        full("", lambda n: f"- {(n * 2654435761) % 2**32:032x}ABCDEFGHIJKLMNOPQRSTUVWXYZghijkl\n"),
    )
    yield "suppressions", full("", "# modelops: ignore[MOG204] x\n")
    yield "suppression-long", full("# modelops: ignore[", "A,", "] x")


def _wrongs():
    """YAML that is all wrong: as many findings as there is room for."""
    version, model, registry = head("ModelVersion"), head("Model"), head("Registry")
    yield "unknown-fields", MODEL, full(model, lambda n: f"x{n}: 1\n")
    yield "unknown-fields-like-known", MODEL, full(model, lambda n: f"descriptio{n}: 1\n")
    yield "unknown-fields-long", MODEL, full(model, lambda n: f"{'description' * 5}{n}: 1\n")
    yield "unknown-field-very-long", MODEL, full(model, "x", ": 1\n")
    yield "camel-case", VERSION, full(version, lambda n: f"createdAt{n}: 1\n")
    yield "camel-case-of-one", VERSION, full(version, lambda n: f"{'aB' * 20}{n}: 1\n")
    yield (
        "keys-of-one-prefix",
        MODEL,
        full(model + "metrics:\n", lambda n: f"  accuracy_of_the_model_{n}: 1\n"),
    )
    yield "numbers-for-texts", MODEL, full(model + "tags: [", "1,", "]\n")
    yield "nulls-for-texts", MODEL, full(model + "tags: [", "~,", "]\n")
    yield "lists-for-texts", MODEL, full(model + "tags: [", "[],", "]\n")
    yield "maps-for-texts", MODEL, full(model + "tags:\n", "- {}\n")
    yield "texts-for-parts", VERSION, full(version + "artifacts: [", "x,", "]\n")
    yield "empty-parts", VERSION, full(version + "artifacts: [", "{},", "]\n")
    yield "unknown-in-parts", VERSION, full(version + "artifacts: [", "{x: y},", "]\n")
    yield "wrong-tags", REGISTRY, full(registry + "strategies:\n", lambda n: f"  s{n}: {{type: x}}\n")
    yield "no-tags", REGISTRY, full(registry + "strategies:\n", lambda n: f"  s{n}: {{}}\n")
    yield (
        "wrong-below-a-long-key",
        MODEL,
        full(model + f"metrics:\n  ? {'k' * (MIB // 2)}\n  : goal: [", "1,", "]\n"),
    )
    long = f"training:\n  hyperparameters:\n    ? {'k' * (MIB // 2)}\n    : ["
    yield "ambiguous-below-a-long-key", VERSION, full(version + long, "no,", "]\n")
    yield "ambiguous", MODEL, full(model + "tags: [", "no,", "]\n")
    yield (
        "ambiguous-keys",
        VERSION,
        full(version + "training:\n  hyperparameters:\n", lambda n: f"    {n}: 1\n"),
    )
    yield "octals", VERSION, full(version + "training: {hyperparameters: {a: [", "012,", "]}}\n")
    yield "bad-names", REGISTRY, full(registry + "stores:\n", lambda n: f"  S{n}: {{uri: 'file:x'}}\n")
    yield (
        "bad-words",
        REGISTRY,
        full(registry + "notifications: [{type: webhook, on: [", "run-endet,", "]}]\n"),
    )
    yield "bad-identities", MODEL, full(model + "owners: [", "A B,", "]\n")
    yield "bad-times", MODEL, full(model + "reviews: [", "{date: 2026-13-01},", "]\n")
    yield "bad-versions", EXPERIMENT, full(head("Experiment") + "candidates: [", "{version: v1},", "]\n")
    yield "kind-long", MODEL, full("api_version: modelops/v1\nkind: ", "Model", "\n")
    yield "api-version-long", MODEL, full("api_version: ", "modelops/v1", "\nkind: Model\n")
    yield "number-long", VERSION, full(version + "training: {seed: ", "9", "}\n")
    yield "fraction-long", VERSION, full(version + "training: {hyperparameters: {a: 1.", "9", "}}\n")
    yield "exponent-long", VERSION, full(version + "training: {hyperparameters: {a: 1e", "9", "}}\n")
    yield "zeros-long", VERSION, full(version + "training: {hyperparameters: {a: 0", "0", "}}\n")
    yield "hex-long", VERSION, full(version + "training: {hyperparameters: {a: 0x", "f", "}}\n")
    yield "base-60-long", VERSION, full(version + "training: {hyperparameters: {a: 1", ":5", "x}}\n")
    yield "underscores", VERSION, full(version + "training: {hyperparameters: {a: 1", "_", "x}}\n")
    yield "semver-long", NEW, full(version + "version: 1.2.3-", "a.", "a\n")
    yield "semver-nearly", NEW, full(version + "version: 1.2.3-", "0.", "00\n")
    yield "name-long", MODEL, full(model + "name: ", "a.", "a\n")
    yield (
        "pattern-stars",
        REGISTRY,
        full(
            registry + "environments: [{name: a, targets: [{type: gateway, uri: 'file:x', models: [",
            "'" + "*." * 60 + "*!',",
            "]}]}]\n",
        ),
    )
    yield "text-of-blanks", MODEL, full(model + 'description: "', " ", '"\n')
    yield (
        "deep-wrong",
        VERSION,
        full(version + "training: {hyperparameters: " + "{a: " * 55 + "[", "no,", "]" + "}" * 57),
    )


def _wrongs_that_fit():
    """The same with fewer values, so that all are looked at."""
    version, model, registry = head("ModelVersion"), head("Model"), head("Registry")
    for name, piece in (("number", "1,"), ("null", "~,"), ("text", "no,"), ("nan", ".nan,"), ("name", "A,")):
        yield f"{name}-for-each-tag", MODEL, full(model + "tags: [", piece, "]\n", SCALARS)
        yield f"{name}-for-each-owner", MODEL, full(model + "owners: [", piece, "]\n", SCALARS)
        yield f"{name}-for-each-artifact", VERSION, full(version + "artifacts: [", piece, "]\n", SCALARS)
        opening = version + "training: {hyperparameters: {a: ["
        yield f"{name}-for-each-parameter", VERSION, full(opening, piece, "]}}\n", SCALARS)
        opening = registry + "notifications: [{type: webhook, on: ["
        yield f"{name}-for-each-event", REGISTRY, full(opening, piece, "]}]\n", SCALARS)
    for name, piece in (("list", "[],"), ("map", "{},")):
        yield f"{name}-for-each-tag", MODEL, full(model + "tags: [", piece, "]\n", PARTS)
        yield f"{name}-for-each-artifact", VERSION, full(version + "artifacts: [", piece, "]\n", PARTS)
        yield f"{name}-for-each-evaluation", VERSION, full(version + "evaluations: [", piece, "]\n", PARTS)
    yield (
        "word-for-each-event",
        REGISTRY,
        full(registry + "notifications: [{type: webhook, on: [", "run-en,", "]}]\n", SCALARS),
    )
    yield "role-for-each-artifact", VERSION, full(version + "artifacts: [", "{role: x},", "]\n", PARTS // 2)
    yield "field-for-each", MODEL, full(model, lambda n: f"a{n}: 1\n", "", PARTS)
    yield "store-for-each", REGISTRY, full(registry + "stores: {", lambda n: f"A{n}: 1,", "}\n", PARTS)
    yield (
        "weight-for-each-step",
        ROLLOUT,
        full(head("Rollout") + "strategy: {type: canary, steps: [", "{weight: -1},", "]}\n", PARTS // 2),
    )


def _valids():
    """Manifests that are right or nearly so, with more of everything than anybody has."""
    version = (
        head("ModelVersion") + "model: iris\nversion: 1.2.0\nparent: 1.1.0\nsummary: x\n"
        "created_at: 2026-05-02T15:30:00Z\nauthors: ['github:ana']\n"
    )
    rest = (
        f"artifacts: [{{path: m, role: model, sha256: {A64}, size: 1}}]\n"
        "interface: {protocol: json, input: true, output: true}\n"
    )
    artifact = "- {{path: f{0}, role: other, sha256: " + A64 + ", size: 1}}\n"
    yield (
        "artifacts",
        NEW,
        full(
            version + "interface: {protocol: json, input: true, output: true}\nartifacts:\n", artifact.format
        ),
    )
    yield (
        "artifacts-alike",
        NEW,
        full(
            version + "interface: {protocol: json, input: true, output: true}\nartifacts:\n",
            f"- {{path: m, role: model, sha256: {A64}, size: 1}}\n",
        ),
    )
    yield (
        "authors",
        NEW,
        full(version.replace("'github:ana'", "'github:ana',").removesuffix("]\n"), "a:b,", "]\n" + rest),
    )
    yield (
        "evaluations",
        NEW,
        full(version + rest + "evaluations:\n", lambda n: f"- {{name: e{n}, kind: k, metrics: {{a: 1}}}}\n"),
    )
    yield (
        "evaluations-alike",
        NEW,
        full(version + rest + "evaluations:\n", "- {name: e, kind: k, metrics: {a: 1}}\n"),
    )
    yield (
        "evaluation-metrics",
        NEW,
        full(
            version + rest + "evaluations: [{name: e, kind: k, metrics: {", lambda n: f"m{n}: {n}, ", "}}]\n"
        ),
    )
    yield (
        "slices",
        NEW,
        full(
            version + rest + "evaluations: [{name: e, kind: k, slices: [", "{name: s, metrics: {}},", "]}]\n"
        ),
    )
    yield (
        "hyperparameters",
        NEW,
        full(version + rest + "training:\n  hyperparameters:\n", lambda n: f"    p{n}: {n}\n"),
    )
    yield (
        "hyperparameters-deep",
        NEW,
        full(version + rest + "training: {hyperparameters: {a: [", "[[[]]],", "]}}\n"),
    )
    yield (
        "training-data",
        NEW,
        full(version + rest + "training: {data: [", lambda n: f"{{name: d{n}}},", "]}\n"),
    )
    yield (
        "base-models",
        NEW,
        full(version + rest + "base_models: [", lambda n: f"{{uri: 'hf://o/n{n}', relation: merge}},", "]\n"),
    )
    comment = "# modelops: ignore[MOG209] x"
    yield (
        "suppressed-rows",
        NEW,
        full(
            version + "interface: {protocol: json, input: true, output: true}\nartifacts:\n",
            lambda n: artifact.format(n).rstrip("\n") + f"  {comment}\n",
        ),
    )
    yield "suppressed-lines", NEW, full(version + rest, f"{comment}\n")
    yield "suppressed-codes", NEW, full(version + rest + "# modelops: ignore[", lambda n: f"MOG{n},", "] x\n")
    yield "limitations", NEW, full(version + rest + "limitations: [", "x,", "]\n")
    yield "long-lines", NEW, full(version + rest + "limitations: [", "no,", "]\n")
    yield "summary-long", NEW, full(version.replace("summary: x", "summary: |\n") + rest, "# x\n")
    schema = rest.replace("input: true", "input: %s")
    start, end = (version + schema).split("%s")
    for name, opening, piece, closing in (
        ("schema-properties", "{type: object, properties: {", lambda n: f"p{n}: {{type: number}}, ", "}}"),
        ("schema-all-of", "{allOf: [", lambda n: f"{{minimum: {n}}},", "]}"),
        ("schema-any-of", "{anyOf: [", lambda n: f"{{const: {n}}},", "]}"),
        ("schema-one-of", "{oneOf: [", lambda n: f"{{minimum: {n}}},", "]}"),
        ("schema-enum", "{enum: [", lambda n: f"{n},", "]}"),
        ("schema-enum-alike", "{enum: [", "[1],", "]}"),
        ("schema-required", "{required: [", lambda n: f"r{n},", "]}"),
        (
            "schema-defs",
            "{$ref: '#/$defs/a0', $defs: {",
            lambda n: f"a{n}: {{$ref: '#/$defs/a{n + 1}'}}, ",
            "}}",
        ),
        ("schema-unknown", "{", lambda n: f"x{n}: 1, ", "}"),
        ("schema-dependent", "{dependentRequired: {", lambda n: f"d{n}: [a], ", "}}"),
        ("schema-pattern-long", "{pattern: '", "(a*)*", "b'}"),
        ("schema-pattern-flags", "{pattern: '", "(?i:[a-\U0010ffff])", "'}"),
        ("schema-patterns", "{allOf: [", lambda n: f"{{pattern: '[\x21\x23{n}-\u2345]'}},", "]}"),
        ("schema-pattern-nested", "{pattern: '" + "(" * 4000 + "a", "a", ")" * 4000 + "'}"),
        ("schema-pattern-properties", "{patternProperties: {", lambda n: f"'^a{n}': true, ", "}}"),
        ("schema-deep", "{items: " * 50 + "{enum: [", "1.5,", "]}" + "}" * 50),
    ):
        yield name, NEW, full(start + opening, piece, closing + end)


def _registries():
    """The same of the rules of the house."""
    registry = (
        head("Registry") + "name: acme\ndefault_branch: main\ndefault_store: primary\n"
        "stores: {primary: {uri: 'file:.modelops/store'}}\n"
    )
    target = "[{models: ['*'], type: gateway, uri: 'file:x'}]"
    yield (
        "stores",
        REGISTRY,
        full(registry.removesuffix("}\n"), lambda n: f", s{n}: {{uri: 'file:s{n}'}}", "}\n"),
    )
    yield (
        "strategies",
        REGISTRY,
        full(
            registry + "strategies:\n",
            lambda n: f"  s{n}: {{type: canary, steps: [{{weight: 5, for: 1m}}], analysis: [a{n}]}}\n",
        ),
    )
    yield (
        "steps",
        REGISTRY,
        full(registry + "strategies: {s: {type: canary, steps: [", "{weight: 1, for: 1m},", "]}}\n"),
    )
    yield (
        "step-analyses",
        REGISTRY,
        full(
            registry + "strategies: {s: {type: canary, steps: [{weight: 1, for: 1m, analysis: [",
            "a,",
            "]}]}}\n",
        ),
    )
    yield (
        "environments",
        REGISTRY,
        full(registry + "environments:\n", lambda n: f"- {{name: e{n}, targets: {target}}}\n"),
    )
    yield (
        "environments-alike",
        REGISTRY,
        full(registry + "environments:\n", f"- {{name: e, targets: {target}}}\n"),
    )
    yield (
        "environments-in-order",
        REGISTRY,
        full(
            registry + "environments:\n",
            lambda n: f"- {{name: e{n}, targets: {target}, promote_from: [e{max(n - 1, 0)}]}}\n",
        ),
    )
    yield (
        "targets",
        REGISTRY,
        full(
            registry + "environments: [{name: e, targets: [",
            lambda n: f"{{models: ['a{n}*'], type: gateway, uri: 'file:x{n}'}},",
            "]}]\n",
        ),
    )
    yield (
        "targets-alike",
        REGISTRY,
        full(registry + "environments: [{name: e, targets: [", target.strip("[]") + ",", "]}]\n"),
    )
    yield "groups", REGISTRY, full(registry + "groups:\n", lambda n: f"  g{n}: []\n")
    yield "signers", REGISTRY, full(registry + "signers:\n", signer)
    yield (
        "signers-of-nobody",
        REGISTRY,
        full(registry + "signers:\n", lambda n: signer(n).replace("MFkw", "MFkx")),
    )
    yield "begun-keys", REGISTRY, full(registry + "signers:\n", begun)
    yield (
        "required-signatures",
        REGISTRY,
        full(f"{registry}{PLACE}, required_signatures: [", lambda n: f"s{n},", "]}]\n"),
    )
    yield "group-members", REGISTRY, full(registry + "groups: {g: [", "a:b,", "]}\n")
    yield (
        "rules",
        REGISTRY,
        full(registry + "rules:\n", lambda n: f"- {{action: register, authors: [g{n}]}}\n"),
    )
    yield "rules-alike", REGISTRY, full(registry + "rules:\n", "- {action: register, authors: [g]}\n")
    yield "rule-authors", REGISTRY, full(registry + "rules: [{action: register, authors: [", "g,", "]}]\n")
    yield (
        "policies",
        REGISTRY,
        full(
            registry + "policies:\n",
            lambda n: f"- {{name: p{n}, actions: [promote], expression: 'true', message: x}}\n",
        ),
    )
    yield (
        "policies-broken",
        REGISTRY,
        full(
            registry + "policies:\n",
            lambda n: f"- {{name: p{n}, actions: [promote], expression: 'lvie.x', message: x}}\n",
        ),
    )
    yield (
        "policy-long",
        REGISTRY,
        full(
            registry + "policies: [{name: p, actions: [promote], message: x, expression: '",
            "1 + ",
            "1 > 0'}]\n",
        ),
    )
    yield "required-metadata", REGISTRY, full(registry + "required_metadata: [", "a.b,", "]\n")
    yield "formats", REGISTRY, full(registry + "formats: {allowed: [", "onnx,", "]}\n")
    yield (
        "freezes",
        REGISTRY,
        full(
            registry + f"environments: [{{name: e, targets: {target}, freeze: [",
            "{from: 2026-12-20T00:00:00Z, until: 2027-01-03T00:00:00Z, reason: x},",
            "]}]\n",
        ),
    )
    model = head("Model") + "name: iris\ndescription: x\nowners: [ml-engineers]\nrisk: low\n"
    yield (
        "model-metrics",
        MODEL,
        full(model + "metrics:\n", lambda n: f"  m{n}: {{evaluation: e{n}, goal: maximize}}\n"),
    )
    yield (
        "model-owners",
        MODEL,
        full(model.replace("[ml-engineers]\nrisk: low\n", "["), lambda n: f"o{n},", "]\nrisk: low\n"),
    )
    yield "model-tags", MODEL, full(model + "tags: [", lambda n: f"t{n},", "]\n")
    yield (
        "reviews",
        MODEL,
        full(model + "reviews: [", "{date: 2026-05-01, by: 'a:b', decision: approved},", "]\n"),
    )


def _others():
    """The same, of the other kinds."""
    analysis = head("Analysis") + "name: serving-health\nmetrics:\n"
    yield (
        "analysis-metrics",
        ANALYSIS,
        full(
            analysis,
            lambda n: (
                f"- {{name: m{n}, provider: {{type: file, uri: 'file:x'}}, query: x, failure_condition: a}}\n"
            ),
        ),
    )
    rollout = (
        head("Rollout")
        + f"model: iris\nenvironment: production\nversion: 1.1.0\nmanifest_digest: sha256:{A64}\n"
    )
    yield (
        "rollout-steps",
        ROLLOUT,
        full(rollout + "strategy: {type: canary, steps: [", "{weight: 1, for: 1m},", "]}\n"),
    )
    yield (
        "rollout-analyses",
        ROLLOUT,
        full(
            rollout + "strategy: {type: canary, steps: [{weight: 1, for: 1m}], analysis: [",
            lambda n: f"a{n},",
            "]}\n",
        ),
    )
    experiment = (
        head("Experiment")
        + "model: iris\nenvironment: production\ntype: split\nuntil: 2026-07-01T00:00:00Z\n"
    )
    yield (
        "candidates",
        EXPERIMENT,
        full(
            experiment + "candidates:\n",
            lambda n: f"- {{version: {n}.0.0, manifest_digest: sha256:{A64}, weight: 1}}\n",
        ),
    )
    notice = (
        head("Notice")
        + f"model: iris\nversion: 1.0.0\nmanifest_digest: sha256:{A64}\ntype: revoked\nreason: x\n"
    )
    yield "evidence", NOTICE, full(notice + "evidence: [", "{uri: 'https://x'},", "]\n")


def _large():
    """Versions of 4 MiB: as many rows as there are, and a mebibyte of something else."""
    version = (
        head("ModelVersion") + "model: iris\nversion: 1.2.0\nparent: 1.1.0\nsummary: x\n"
        "created_at: 2026-05-02T15:30:00Z\nauthors: ['github:ana']\n"
        "interface: {protocol: json, input: true, output: true}\n"
    )
    row = "- path: f{0}\n  role: other\n  format: unknown\n  sha256: " + A64 + "\n  size: 1\n"
    rows, size = version + "artifacts:\n", 4 * MIB
    yield "rows", NEW, full(rows, lambda n: row.format(f"{n:0200}"), size=size, most=12_000)
    yield "rows-alike", NEW, full(rows, row.format("0" * 200), size=size, most=12_000)
    yield (
        "rows-without-bytes",
        NEW,
        full(rows, lambda n: f"- path: f{n}\n  role: x\n", size=size, most=30_000),
    )
    yield "rows-of-one-field", NEW, full(rows, "- role: x\n", size=size, most=60_000)
    yield "rows-of-nothing", NEW, full(rows, "  role: x\n", size=size, most=60_000)
    yield "rows-that-repeat", NEW, full(rows + "- path: x\n", "  role: x\n", size=size, most=60_000)
    many = full("artifacts:\n", lambda n: row.format(f"{n:0200}"), size=3 * MIB, most=10_000).decode()
    for name, opening, piece, closing in (
        ("words", "limitations: [", "no,", "]\n"),
        ("words-that-fit", "limitations: [", "no" * 5 + ",", "]\n"),
        ("parameters", "training: {hyperparameters: {a: [", "1,", "]}}\n"),
        ("evaluations", "evaluations:\n", "- {name: e, kind: k, metrics: {a: 1}}\n", ""),
        ("comments", "", "# x\n", ""),
    ):
        room = MIB - 2000
        yield f"rows-and-{name}", NEW, full(version + many + opening, piece, closing, size=room + len(many))


def cases():
    """Every case: its name, the path, the bytes."""
    found = {name: (MODEL, data) for name, data in (*_texts(), *_lines())}
    found |= {
        name: (path, data)
        for name, path, data in (
            *_wrongs(),
            *_wrongs_that_fit(),
            *_valids(),
            *_registries(),
            *_others(),
            *_large(),
        )
    }
    return found
