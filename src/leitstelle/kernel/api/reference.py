"""A page to read the API by, made from its document: the same content security policy as everywhere, no script.

Frame and headings are in the reader's language; what the document says is English, as its names are.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from leitstelle.kernel.api.document import REASONS
from leitstelle.kernel.api.openapi import document
from leitstelle.kernel.web.pages import render


@dataclass(frozen=True)
class Member:
    """A parameter, or a member of a body or answer."""

    name: str
    place: str
    type: str
    required: bool
    about: str


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    scope: str
    parameters: list[Member]
    body: list[Member]
    body_type: str
    answers: list[tuple[str, str]]
    answer: list[Member]


@dataclass(frozen=True)
class Group:
    """The operations of one tag."""

    name: str
    about: str
    operations: list[Operation]


def reference_page(request: HttpRequest) -> HttpResponse:
    """Show every operation with its parameters, body and answers. Everybody."""
    context = {"groups": groups(), "document_url": reverse("api:openapi-json")}
    return render(request, "api/reference.html", context)


@lru_cache(maxsize=1)
def groups() -> list[Group]:
    """Return the operations by tag, in the order of the document; made once per process."""
    said = document()
    schemas = said["components"]["schemas"]
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in said["tags"]}
    for path, operations in said["paths"].items():
        for method, operation in operations.items():
            found[operation["tags"][0]].append(_operation(path, method, operation, schemas))
    return [Group(tag["name"], tag["description"], found[tag["name"]]) for tag in said["tags"]]


def _operation(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    body_type, body = _content(operation.get("requestBody", {}), schemas)
    answers = operation["responses"]
    good = next(answers[status] for status in sorted(answers) if status.startswith("2"))
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=operation["description"].partition("\n\nScope of a token")[0],
        scope=operation.get("x-token-scope", ""),
        parameters=[
            Member(
                one["name"],
                one["in"],
                type_of(one["schema"]),
                bool(one.get("required")),
                one.get("description", ""),
            )
            for one in operation["parameters"]
        ],
        body=_members(body, schemas),
        body_type=body_type,
        answers=[(status, _about(answers[status])) for status in sorted(answers)],
        answer=[replace(one, required=False) for one in _members(_content(good, schemas)[1], schemas)],
    )


def _about(response: dict[str, Any]) -> str:
    shared = response.get("$ref", "").removeprefix("#/components/responses/Problem")
    return REASONS[int(shared)] if shared else str(response["description"])


def _content(holder: dict[str, Any], schemas: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Media type and schema of a body or answer; of a list the schema of its items."""
    for media, content in holder.get("content", {}).items():
        schema = _resolved(content["schema"], schemas)
        return media, _resolved(schema["items"], schemas) if schema.get("type") == "array" else schema
    return "", {}


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return schemas[name] if name else schema


def _members(schema: dict[str, Any], schemas: dict[str, Any]) -> list[Member]:
    required = schema.get("required", ())
    return [
        Member(name, "", type_of(_named_values(one, schemas)), name in required, one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    ]


def _named_values(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Enumerations stand in the document by name; a reader wants their values."""
    if "anyOf" in schema:
        return {"anyOf": [_named_values(one, schemas) for one in schema["anyOf"]]}
    found = _resolved(schema, schemas)
    return found if "enum" in found else schema


def type_of(schema: dict[str, Any]) -> str:
    """Return a schema in a word or two: `text`, `uuid`, `list of Ref`, `one of a, b`, `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_of(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {type_of(schema['items'])}"
    return str(schema.get("format") or schema.get("const") or schema.get("type", "any"))
