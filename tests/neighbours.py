"""Values near two schemas, to try what people decided: guided by one schema, and then changed a little."""

from __future__ import annotations

import itertools

PLAIN = [None, True, False, 0, 1, -1, 0.5, 2, "", "a", "text", [], {}]
DEEP = 5


def values_near(schemas, rng, number):
    """`number` values: most meet one of the schemas as far as it is read, some are changed, some are any."""
    leaves = PLAIN + list(itertools.islice(_constants(schemas), 200))
    for count in range(number):
        value = _guided(schemas[count % 2], schemas[count % 2], rng, leaves, DEEP)
        yield value if rng.random() < 0.6 else _changed(value, rng, leaves)


def _constants(node):
    """Every scalar in the schemas, names of properties and the neighbours of numbers included."""
    if isinstance(node, dict):
        yield from node
        for part in node.values():
            yield from _constants(part)
    elif isinstance(node, list | tuple):
        for part in node:
            yield from _constants(part)
    else:
        yield node
        if isinstance(node, int | float) and not isinstance(node, bool):
            yield from (node + 1, node - 1, node + 0.5)


def _guided(schema, root, rng, leaves, depth):
    if not isinstance(schema, dict) or depth == 0:
        return rng.choice(leaves)
    named = schema.get("$ref", "").removeprefix("#/$defs/")
    if named in root.get("$defs", {}):
        return _guided(root["$defs"][named], root, rng, leaves, depth - 1)
    if "const" in schema or schema.get("enum"):
        return rng.choice(schema.get("enum") or [schema["const"]])
    inner = [part for key in ("anyOf", "oneOf", "allOf") for part in schema.get(key, ())]
    if inner and (rng.random() < 0.7 or "type" not in schema):
        return _guided(rng.choice(inner), root, rng, leaves, depth)
    return _of_type(schema, root, rng, leaves, depth)


def _of_type(schema, root, rng, leaves, depth):
    types = schema.get("type", [])
    kind = rng.choice([types] if isinstance(types, str) else types or ["object", "array", "any"])
    if kind in ("array", "object"):
        return (_array if kind == "array" else _object)(schema, root, rng, leaves, depth)
    fitting = {"string": str, "integer": int, "number": int | float, "boolean": bool, "null": type(None)}
    found = [leaf for leaf in leaves if isinstance(leaf, fitting.get(kind, object))]
    return rng.choice(found or leaves)


def _array(schema, root, rng, leaves, depth):
    least = min(schema.get("minItems", 0), 300)
    most = min(schema.get("maxItems", least + 3), least + 3)
    prefix = schema.get("prefixItems", [])
    rest = [part for key in ("items", "contains", "unevaluatedItems") if (part := schema.get(key, True))]
    length = rng.randint(least, max(least, most))
    parts = [prefix[place] if place < len(prefix) else rng.choice(rest or [True]) for place in range(length)]
    return [_guided(part, root, rng, leaves, depth - 1) for part in parts]


def _object(schema, root, rng, leaves, depth):
    known = schema.get("properties", {})
    rest = schema.get("additionalProperties", True)
    names = [name for name in known if name in schema.get("required", ()) or rng.random() < 0.5]
    names += [name for name in schema.get("required", ()) if name not in names]
    if rest:
        names += [str(leaf) for leaf in rng.sample(leaves, 2) if isinstance(leaf, str)]
    return {name: _guided(known.get(name, rest), root, rng, leaves, depth - 1) for name in names}


def _changed(value, rng, leaves):
    """With one thing changed: a part replaced, dropped or added."""
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        new = rng.choice([[], [value[place]] * 2, [_changed(value[place], rng, leaves)]])
        return [*value[:place], *new, *value[place + 1 :]]
    if isinstance(value, dict) and value and rng.random() < 0.8:
        name = rng.choice(sorted(value))
        kept = {key: part for key, part in value.items() if key != name}
        return kept if rng.random() < 0.5 else {**kept, name: _changed(value[name], rng, leaves)}
    return rng.choice(leaves)
