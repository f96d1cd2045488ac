"""Reading requests: JSON that no database can stumble over, and the types inputs are made of."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from ninja.errors import HttpError
from ninja.parser import Parser
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.viewer import Viewer

_BIGGEST_ID = 2**63 - 1
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)


class CarefulParser(Parser):
    """Refuses what is JSON by the letter and harms further on: NUL, halves of characters, NaN, endless brackets."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            value = json.loads(request.body, parse_constant=_refuse_constant)
            _refuse_unstorable(value)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        return value

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        values = super().parse_querydict(data, list_fields, request)
        if isinstance(data, QueryDict):
            try:
                _refuse_unstorable(values)
            except ValueError as error:
                raise HttpError(400, str(error)) from error
        return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _refuse_unstorable(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("NUL is no character of a text")
        value.encode()  # a lone half of a character: UnicodeEncodeError, a ValueError
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_unstorable(key)
            _refuse_unstorable(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)


def _in_utc(value: datetime) -> datetime:
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError("between 1970 and 9998")
    return value.astimezone(UTC)


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    Field(description="ISO 8601 with a zone; answers are in UTC", examples=["2026-03-27T15:30:00Z"]),
]
RowId = Annotated[int, Field(ge=1, le=_BIGGEST_ID, examples=[17])]
Key = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Line = Annotated[str, StringConstraints(max_length=300)]
Words = Annotated[str, StringConstraints(max_length=100_000)]
Limit = Annotated[int, Field(50, ge=1, le=200, description="How many items a page has at most")]
Cursor = Annotated[
    str | None,
    Field(None, max_length=4000, description="`next` of the page before; without it the first page"),
]
Id = UUID


def desk_only(viewer: Viewer) -> None:
    """Raise `NotAllowed` for whoever does not work on the desk: seen, but not for them."""
    if not viewer.is_agent:
        raise NotAllowed


def unknown(field: str) -> InvalidInput:
    """Return the refusal of something named in the input that does not exist, or is not seen."""
    return InvalidInput(fields={field: InvalidInput.default_message})
