"""Pages of lists: items and an opaque cursor to the next ones; and how one thing names another."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

from leitstelle.kernel.web.paging import keyset

T = TypeVar("T")
MAX_SIZE = 200


class CursorPage(Schema, Generic[T]):
    """A page; `next` goes into the parameter `cursor` of the next request, null at the end."""

    items: list[T]
    next: str | None = None


class Ref(Schema):
    """Another thing by its id, with the name people know it by."""

    id: UUID = Field(examples=["01931f6e-7c1a-7b52-9d3e-2f1c0a4b5d6e"])
    name: str = Field(examples=["Service Desk"])


def paginate(
    qs: "QuerySet[Any]",
    cursor: str | None,
    order: Sequence[str],
    size: int = 50,
    *,
    shown: Callable[[Any], Any] | None = None,
) -> dict[str, Any]:
    """Return a page of `qs` in the shape of `CursorPage`, each row as `shown` says it.

    Raises InvalidInput for a cursor that is not ours.
    """
    page = keyset(qs, list(order), cursor or None, None, max(1, min(size, MAX_SIZE)))
    return {"items": [shown(item) for item in page.items] if shown else page.items, "next": page.next}
