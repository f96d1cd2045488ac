"""Pages of lists: items and an opaque cursor to the next ones."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema

from leitstelle.kernel.web.paging import keyset

T = TypeVar("T")
MAX_SIZE = 200


class CursorPage(Schema, Generic[T]):
    """A page; `next` goes into the parameter `cursor` of the next request, null at the end."""

    items: list[T]
    next: str | None = None


def paginate(qs: "QuerySet[Any]", cursor: str | None, order: Sequence[str], size: int = 50) -> dict[str, Any]:
    """Return a page of `qs` in the shape of `CursorPage`. Raises InvalidInput for a cursor that is not ours."""
    page = keyset(qs, list(order), cursor or None, None, max(1, min(size, MAX_SIZE)))
    return {"items": page.items, "next": page.next}
