"""Requests and responses, judged by an OpenAPI 3.0 description of the API that they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_HERE = "urn:description"


@dataclass
class Description:
    """A description.

    Attributes:
        document: As its owners publish it.
        prefix: What its paths have before those of the routes.
    """

    document: dict
    prefix: str = ""

    def __post_init__(self):
        self._known = _as_json_schema(self.document)
        resource = Resource.from_contents(self._known, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_HERE, resource)

    def problems(self, route, request, response):
        """What is wrong with a request and its response; nothing where nothing is."""
        operation = self._known["paths"].get(self.prefix + route.template, {}).get(route.method.lower())
        if operation is None:
            return [f"{route.method} {route.template} is not described"]
        said = [*self._of_request(operation, request), *self._of_response(operation, response)]
        return [f"{route.method} {route.template}: {one}" for one in said]

    def _of_request(self, operation, request):
        known = {self._found(one)["name"] for one in operation.get("parameters", ())}
        yield from (f"there is no parameter {name}" for name in sorted(set(request.query) - known))
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            if request.body:
                yield "there is no body"
        else:
            yield from self._wrong(content["schema"], request.body or {})
            properties = content["schema"].get("properties", {})
            extra = set(request.body or ()) - set(properties)
            yield from (f"there is no field {name}" for name in sorted(extra))

    def _of_response(self, operation, response):
        described = operation["responses"].get(str(response.status))
        if described is None:
            if response.status not in {403, 404, 422}:
                yield f"status {response.status} is not described"
            return
        content = self._found(described).get("content", {}).get("application/json")
        if content is not None:
            yield from self._wrong(content["schema"], response.document)

    def _found(self, part):
        """A part, or what it refers to."""
        if "$ref" not in part:
            return part
        found = self._known
        for name in part["$ref"].removeprefix(f"{_HERE}#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
        return found

    def _wrong(self, schema, value):
        for error in Draft202012Validator(schema, registry=self._registry).iter_errors(value):
            yield f"{error.json_path}: {error.message[:300]}"


def _as_json_schema(value):
    """The same with `nullable` said as JSON Schema says it, and references that hold from anywhere."""
    if isinstance(value, list):
        return [_as_json_schema(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {name: _as_json_schema(one) for name, one in value.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = _HERE + made["$ref"]
    if made.get("nullable") is True:
        del made["nullable"]
        return {"anyOf": [{"type": "null"}, made]}
    return made
