"""Keyset paging: every row exactly once in both directions, with ties and NULLs, on either database."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Event
from leitstelle.kernel.web.paging import Page, keyset

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 17, 8, tzinfo=UTC)
ORDERS = (
    ["context_ticket"],
    ["-context_ticket"],
    ["context_ticket", "-at"],
    ["-at", "context_ticket", "code"],
    ["-id"],
    ["code", "-context_ticket", "-pk"],
)
ROWS = st.lists(
    st.tuples(st.none() | st.integers(0, 3), st.integers(0, 2), st.sampled_from("ab")),
    min_size=0,
    max_size=14,
)


def fill(rows: list[tuple[int | None, int, str]]) -> None:
    Event.objects.all().delete()
    Event.objects.bulk_create(
        Event(
            subject_kind="x",
            subject_id=number,
            code=code,
            context_ticket=ticket,
            at=START + timedelta(microseconds=at),
            recorded_at=START,
            payload_digest="",
        )
        for number, (ticket, at, code) in enumerate(rows)
    )


def expected(order: list[str]) -> list[int]:
    """The order as plain Python says it: NULLs last in either direction, the key breaks ties."""
    rows = list(Event.objects.all())
    keys = [name.replace("pk", "id") for name in order]
    if not any(name.removeprefix("-") == "id" for name in keys):
        keys.append("-id" if keys[-1].startswith("-") else "id")
    for name in reversed(keys):
        field, descending = name.removeprefix("-"), name.startswith("-")
        known = [row for row in rows if getattr(row, field) is not None]
        known.sort(key=lambda row: getattr(row, field), reverse=descending)
        rows = known + [row for row in rows if getattr(row, field) is None]
    return [row.pk for row in rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, order=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_forwards_and_back_see_every_row_once(
    rows: list[tuple[int | None, int, str]], order: list[str], size: int
) -> None:
    fill(rows)
    pages: list[Page[Event]] = [keyset(Event.objects.all(), order, size=size)]
    while (cursor := pages[-1].next) is not None:
        pages.append(keyset(Event.objects.all(), order, after=cursor, size=size))
    seen = [row.pk for found in pages for row in found.items]
    assert seen == expected(order)

    back = [pages[-1]]
    while (cursor := back[-1].prev) is not None:
        back.append(keyset(Event.objects.all(), order, before=cursor, size=size))
    seen_back = [row.pk for found in reversed(back) for row in found.items]
    assert seen_back == seen
    assert back[-1].prev is None


def test_a_row_that_comes_or_goes_moves_no_other_row_between_pages() -> None:
    fill([(1, 0, "a"), (2, 0, "a"), (3, 0, "a"), (4, 0, "a")])
    first = keyset(Event.objects.all(), ["context_ticket"], size=2)
    Event.objects.filter(context_ticket=1).delete()
    second = keyset(Event.objects.all(), ["context_ticket"], after=first.next, size=2)
    assert [row.context_ticket for row in second.items] == [3, 4]
    assert second.next is None
    assert second.prev is not None


def test_hundred_pages_use_one_query_each(django_assert_num_queries: object) -> None:
    fill([(1, 0, "a")] * 3)
    with django_assert_num_queries(1):  # type: ignore[operator]
        keyset(Event.objects.all(), ["-at"], size=2)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!!",
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(json.dumps([["at", "pk"], [{"t": "2026-99-99"}, 1]]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps([["at", "pk"], ["text", 1]]).encode()).decode(),
        base64.urlsafe_b64encode(
            json.dumps([["at", "pk"], [{"t": "2026-01-01T00:00:00Z"}, [1]]]).encode()
        ).decode(),
        base64.urlsafe_b64encode(json.dumps([["-at", "-pk"], [None, 1]]).encode()).decode(),
    ],
)
def test_a_damaged_or_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        keyset(Event.objects.all(), ["at"], after=cursor)


def test_a_cursor_before_the_start_gives_an_empty_page() -> None:
    fill([(1, 0, "a")])
    page = keyset(Event.objects.all(), ["at"], size=5)
    assert (page.next, page.prev) == (None, None)
