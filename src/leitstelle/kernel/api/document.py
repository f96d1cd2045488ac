"""What holds for every operation, written into the OpenAPI document: errors, keys, entity tags, scopes of tokens."""

from copy import deepcopy
from typing import Any

from leitstelle.kernel.api.problems import CONTENT_TYPE, Problem

HEADER = "Idempotency-Key"
REASONS = {
    400: "The request could not be read",
    401: "Nobody is signed in, or the token is not valid",
    403: "Seen, but not allowed; or the token lacks the scope",
    404: "Does not exist, or may not be seen",
    409: "Not possible in the present state, or somebody was faster",
    412: "Changed since: the `If-Match` header names another version",
    413: "Too large",
    422: "The input does not make sense; `errors` says where",
    428: "`If-Match` is missing",
    429: "Too many requests; `Retry-After` says how many seconds to wait",
}
_ALWAYS = (400, 401, 403, 404, 422, 429)
_WRITES = (409, 412, 413)
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "Sent again with the same request, the first answer comes again and nothing is done twice.",
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "The `ETag` of what you have seen; refused with 412 where it was changed since.",
}
_ETAG = {
    "description": "The version, for `If-Match`",
    "schema": {"type": "string"},
}
_REPLAYED = {
    "description": "`true` where this answer was given before, under the same idempotency key",
    "schema": {"type": "string"},
}
_RETRY = {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}
_BEARER = {"description": "`Bearer`", "schema": {"type": "string"}}


def complete(document: dict[str, Any]) -> None:
    """Add to the document what the routers leave out because it is the same everywhere."""
    components = document["components"]
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = components.setdefault("schemas", {})
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    components["responses"] = {f"Problem{status}": _response(status) for status in REASONS}
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)


def _response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": REASONS[status],
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        response["headers"] = {"Retry-After": _RETRY}
    if status == 401:
        response["headers"] = {"WWW-Authenticate": _BEARER}
    return response


def _complete(method: str, operation: dict[str, Any]) -> None:
    scope, if_match = operation.pop("x-token-scope", ""), operation.pop("x-if-match", "")
    writes = method != "get"
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        # A list here would have to be a map; the schema has the same examples, as a list.
        parameter.pop("examples", None)
    if method == "post":
        parameters.append(_KEY)
    if if_match and writes:
        parameters.append(_IF_MATCH | {"required": False})
    _headers(method, operation["responses"], if_match)
    statuses = [*_ALWAYS, *(_WRITES if writes else ()), *((428,) if if_match == "required" else ())]
    for status in sorted(statuses):
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    if scope:
        operation["x-token-scope"] = scope
        # Roles of a scheme that is not OAuth2, as OpenAPI 3.1 allows.
        operation["security"] = [{"TokenAuth": [scope]}, {"SessionAuth": []}]
        said = operation.get("description", "")
        operation["description"] = f"{said}\n\nScope of a token: `{scope}`.".strip()


def _headers(method: str, responses: dict[Any, Any], if_match: str) -> None:
    for status, response in responses.items():
        if int(status) >= 300:
            continue
        headers: dict[str, Any] = {}
        if if_match:
            headers["ETag"] = deepcopy(_ETAG)
        if method == "post":
            headers["Idempotent-Replayed"] = deepcopy(_REPLAYED)
        if headers:
            response["headers"] = headers
