"""The index follows the journal and can be built anew."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import ClassVar

import pytest
from django.core.management import call_command
from django.db.models import Q

from leitstelle.kernel.events.data import Actor, EventData, Subject
from leitstelle.kernel.events.journal import record
from leitstelle.kernel.events.units import unit
from leitstelle.kernel.search import Original, SearchDoc, SearchRow, register_source, search
from leitstelle.kernel.search.projecting import CURSOR, lag, refresh_outdated
from leitstelle.kernel.work.cursors import advance, projections

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class PageChanged(EventData):
    """A page of a test changed."""

    code: ClassVar[str] = "test.page_changed"

    page: int


class Pages(dict[int, str]):
    """A tiny domain: numbered texts, findable."""

    def register(self) -> None:
        register_source(
            "page",
            fetch=lambda ids: [
                SearchDoc(kind="page", object_id=number, at=NOW, title=self[number])
                for number in ids
                if number in self
            ],
            events={PageChanged: lambda event: [event.load(PageChanged).page]},
            texts=self.texts,
            all_ids=lambda: sorted(self),
        )

    def texts(self, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Original]:
        return {(number, part): Original(self[number]) for number, part in keys if number in self}

    def change(self, number: int, text: str | None) -> None:
        if text is None:
            self.pop(number)
        else:
            self[number] = text
        with unit():
            record(PageChanged(number), subject=Subject("page", number), actor=Actor.system("test"), at=NOW)

    def found(self, query: str) -> list[int]:
        return [hit.object_id for hit in search(query, {"page": Q()}).hits]


def follow() -> None:
    """Bring the index up to date; transactions in other databases of the cluster may hold it up."""
    item = next(item for item in projections() if item.name == CURSOR)
    limit = time.monotonic() + 240
    while lag() and time.monotonic() < limit:
        if not advance(item):
            time.sleep(0.01)


def test_the_index_follows_the_journal() -> None:
    pages = Pages()
    pages.register()
    pages.change(1, "Netzwerkdrucker")
    assert pages.found("drucker") == []
    assert lag() > 0
    follow()
    assert lag() == 0
    assert pages.found("drucker") == [1]
    pages.change(1, "Monitor")
    pages.change(2, "Drucker")
    follow()
    assert pages.found("drucker") == [2]
    pages.change(2, None)
    follow()
    assert pages.found("drucker") == []


def test_reindex_and_refresh() -> None:
    pages = Pages({1: "Drucker", 2: "Monitor"})
    pages.register()
    output = StringIO()
    call_command("reindex", stdout=output)
    assert "2 objects indexed" in output.getvalue()
    assert pages.found("monitor") == [2]
    pages[2] = "Beamer"
    call_command("reindex", "page", stdout=StringIO())
    assert pages.found("beamer") == [2]
    pages[1] = "Scanner"
    SearchRow.objects.filter(object_id=1).update(shadow_version=0)
    assert refresh_outdated() == 1
    assert pages.found("scanner") == [1]
    assert refresh_outdated() == 0
