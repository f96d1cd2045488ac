"""Index and search on the database that runs, against the plain definition of a match."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Exists, OuterRef, Q
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from leitstelle.kernel.search import (
    Original,
    SearchDoc,
    SearchRow,
    bulk_load,
    register_source,
    remove,
    search,
    upsert,
)
from leitstelle.kernel.search import sources as sources_module
from leitstelle.kernel.search.candidates import collect
from leitstelle.kernel.search.index import clear, remove_parts, replace
from leitstelle.kernel.search.linguistics import parse_query, shadow
from leitstelle.kernel.search.models import SearchText, SearchWord
from leitstelle.kernel.search.spelling import distance, similar
from leitstelle.kernel.tests.search_corpus import QUERIES, TEXTS

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)
ALL = {"ticket": Q()}


def doc(number: int, title: str, body: str = "", **fields: object) -> SearchDoc:
    values: dict[str, object] = {"kind": "ticket", "object_id": number, "ticket_id": number} | fields
    return SearchDoc(at=START + timedelta(minutes=number), title=title, body=body, **values)  # type: ignore[arg-type]


@pytest.fixture
def originals(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, int], Original]:
    """The texts behind the rows, as a domain would hand them out; the real sources come back afterwards."""
    monkeypatch.setattr(sources_module, "_sources", dict(sources_module._sources))
    texts: dict[tuple[int, int], Original] = {}

    def texts_of(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Original]:
        return {key: texts.get(key, Original("title", "text")) for key in keys}

    for kind in ("ticket", "person"):
        register_source(kind, fetch=lambda ids: [], events={}, texts=texts_of, all_ids=list)
    return texts


def found(query: str, visible: dict[str, Q] | None = None) -> list[int]:
    return [hit.object_id for hit in search(query, visible or ALL).hits]


def test_both_databases_find_what_the_definition_says() -> None:
    bulk_load(doc(number, title, body) for number, (title, body) in enumerate(TEXTS))
    shadows = [(shadow(title), shadow(body)) for title, body in TEXTS]
    some = 0
    for text in QUERIES:
        query = parse_query(text)
        expected = {number for number, texts in enumerate(shadows) if query.matches(*texts)}
        candidates = collect(query, Q(), wanted=1000) if query else None
        actual = {object_id for _, object_id in candidates.objects} if candidates else set()
        assert actual == expected, text
        some += bool(expected)
    assert len(TEXTS) >= 190
    assert len(QUERIES) >= 60
    assert some >= 50


@hypothesis_settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.one_of(st.text(st.characters(codec="utf-8")), st.text("\"-*:()^~ aäAND'\x00")))
def test_no_query_fails(text: str) -> None:
    search(text, ALL)
    parsed = parse_query(text)
    if parsed:
        collect(parsed, Q(), wanted=10)


@pytest.mark.usefixtures("originals")
def test_compound_umlaut_and_identifier_are_found() -> None:
    upsert(
        [
            doc(1, "Netzwerkdrucker im Büro defekt"),
            doc(2, "Server", "MAC 00:1B:44:11:3A:B7"),
            doc(3, "Rechnung"),
        ]
    )
    assert found("drucker") == [1]
    assert found("buero") == [1]
    assert found("buro") == [1]
    assert found("001b.4411.3ab7") == [2]
    assert found("rechn") == [3]


@pytest.mark.usefixtures("originals")
def test_what_may_not_be_seen_is_neither_found_nor_counted() -> None:
    upsert([doc(1, "Gehalt", "geheimnis", audience="internal", part=7), doc(1, "Gehalt", "offen", part=8)])
    upsert([doc(2, "Gehalt", "geheimnis", organisation_id=5)])
    public = {"ticket": Q(audience="public")}
    assert found("geheimnis", public) == [2]
    assert search("geheimnis", public).count == 1
    assert found("offen", public) == [1]
    assert sorted(found("geheimnis")) == [1, 2]
    assert found("geheimnis", {"ticket": Q(organisation_id=5)}) == [2]
    assert found("geheimnis", {"person": Q()}) == []
    assert search("geheimnis", {}).count == 0
    # Neither do similar spellings or fragments of words lead there.
    assert found("geheimnsi", {"ticket": Q(audience="public", ticket_id=1)}) == []
    subquery = SearchRow.objects.filter(ticket_id=OuterRef("ticket_id"), organisation_id=5)
    assert found("gehalt", {"ticket": Q(Exists(subquery))}) == [2]


@pytest.mark.usefixtures("originals")
def test_title_and_newness_come_first() -> None:
    upsert([doc(1, "VPN geht nicht"), doc(2, "Frage", "vpn"), doc(3, "Frage", "vpn"), doc(4, "VPN langsam")])
    assert found("vpn") == [4, 1, 3, 2]
    # As typed comes before what only contains it as a part.
    upsert([doc(5, "Drucker"), doc(6, "Netzwerkdrucker")])
    assert found("drucker") == [5, 6]


@pytest.mark.usefixtures("originals")
def test_parts_of_an_object_are_one_hit_and_title_and_text_work_together() -> None:
    upsert([doc(1, "Beamer", "flackert", part=1), doc(1, "Beamer", "Lampe getauscht, flackert noch", part=2)])
    page = search("beamer flackert", ALL)
    assert [hit.object_id for hit in page.hits] == [1]
    assert page.count == 1
    assert search("beamer lampe", ALL).hits[0].part == 2


@pytest.mark.usefixtures("originals")
def test_pages_and_capped_count() -> None:
    bulk_load(doc(number, "Drucker") for number in range(1, 1203))
    seen: list[int] = []
    after = None
    for _ in range(13):
        page = search("drucker", ALL, limit=100, after=after)
        assert (page.count, page.count_capped) == (1000, True)
        seen += [hit.object_id for hit in page.hits]
        after = page.after
        upsert([doc(5000 + len(seen), "Drucker")])
    assert seen == list(range(1202, 0, -1))
    assert after is None
    assert search("drucker", ALL, after="nonsense").hits[0].object_id > 5000


@pytest.mark.usefixtures("originals")
def test_counting_stops_with_a_full_page_yet_every_visible_hit_can_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("leitstelle.kernel.search.candidates.WINDOW", 100)
    monkeypatch.setattr("leitstelle.kernel.search.candidates.NARROW", 10)
    bulk_load(doc(number, "Drucker", organisation_id=1 + number % 2) for number in range(1, 1001))
    seen: list[int] = []
    after, counts = None, []
    for _ in range(10):
        page = search("drucker", {"ticket": Q(organisation_id=2)}, limit=50, after=after)
        counts.append((page.count, page.count_capped))
        seen += [hit.object_id for hit in page.hits]
        after = page.after
    assert counts[0][1]
    assert 200 <= counts[0][0] < 500
    assert seen == list(range(999, 0, -2))
    assert after is None
    assert counts[-1] == (500, False)


@pytest.mark.usefixtures("originals")
def test_spelling_mistakes_and_fragments_count_only_when_little_is_found() -> None:
    upsert([doc(1, "Netzwerkdrucker"), doc(2, "Zertifikat abgelaufen"), doc(3, "Passwort vergessen")])
    for typed, number in [
        ("zertifkat", 2),
        ("Zertifiakt", 2),
        ("paswort", 3),
        ("werkdruck", 1),
        ("netzwrekdrucker", 1),
    ]:
        page = search(typed, ALL)
        assert [hit.object_id for hit in page.hits] == [number], typed
        assert page.loosened
    assert not search("zertifikat", ALL).loosened
    assert found("xyzzyx") == []


@pytest.mark.parametrize(
    ("first", "second", "far"), [("abc", "abc", 0), ("abc", "acb", 1), ("abcd", "abd", 1), ("abc", "xyz", 3)]
)
def test_distance(first: str, second: str, far: int) -> None:
    assert distance(first, second, 3) == far


def test_similar_words_come_closest_first() -> None:
    upsert([doc(1, "drucker druckern drücken rucksack trockner")])
    assert similar("druker") == ["drucker"]
    assert SearchWord.objects.filter(word="drucker").exists()


def test_snippets_mark_hits_and_escape_the_rest(originals: dict[tuple[int, int], Original]) -> None:
    text = "Wort " * 100 + '<script>alert(1)</script> der Netzwerkdrucker & "Toner" ' + "Ende " * 100
    originals[1, 0] = Original("<b>Drucker</b>", text)
    upsert([doc(1, "<b>Drucker</b>", text)])
    hit = search("drucker", ALL).hits[0]
    assert hit.title == "&lt;b&gt;<mark>Drucker</mark>&lt;/b&gt;"
    assert "<mark>Netzwerkdrucker</mark> &amp; &quot;Toner&quot;" in hit.snippet
    assert "<script>" not in hit.snippet
    assert hit.snippet.startswith("… ")
    assert hit.snippet.endswith(" …")
    assert len(hit.snippet) < 400
    originals[1, 0] = Original("t", "Bitte seit dem Update prüfen")
    upsert([doc(1, "t", "Bitte seit dem Update prüfen")])
    assert "<mark>seit dem Update</mark>" in search('"seit dem update"', ALL).hits[0].snippet


@pytest.mark.usefixtures("originals")
def test_changed_and_removed_rows_are_no_longer_found() -> None:
    upsert(
        [
            doc(1, "alt", "Papierstau"),
            doc(2, "zwei", "Papierstau", part=1),
            doc(2, "zwei", "Tonerwechsel", part=2),
        ]
    )
    upsert([doc(1, "neu", "Tonerwechsel", organisation_id=3)])
    assert found("papierstau") == [2]
    assert SearchRow.objects.get(object_id=1).organisation_id == 3
    remove_parts("ticket", 2, [1])
    assert found("papierstau") == []
    replace("ticket", [2], [doc(2, "zwei", "Lampe", part=3)])
    assert found("tonerwechsel") == [1]
    assert found("lampe") == [2]
    remove("ticket", 1)
    assert found("tonerwechsel") == []
    assert SearchText.objects.count() == SearchRow.objects.count() == 1
    clear()
    assert found("lampe") == []
    upsert([doc(4, "Tonerwechsel")])
    assert found("tonerwechsl") == [4]


@pytest.mark.usefixtures("originals")
def test_a_bulk_load_meets_what_is_there_already() -> None:
    upsert([doc(2, "Drucker")])
    assert bulk_load([doc(1, "Drucker"), doc(2, "Monitor"), doc(3, "Drucker")]) == 3
    assert sorted(found("drucker")) == [1, 3]


@pytest.mark.usefixtures("originals")
def test_a_narrow_view_is_served_beyond_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leitstelle.kernel.search.candidates.WINDOW", 50)
    bulk_load(doc(number, "Drucker", organisation_id=1 if number == 3 else 2) for number in range(1, 400))
    assert found("drucker", {"ticket": Q(organisation_id=1)}) == [3]
    monkeypatch.setattr("leitstelle.kernel.search.candidates.NARROW", 0)
    assert found("drucker", {"ticket": Q(organisation_id=1)}) == [3]
    assert len(collect(parse_query("drucker"), Q(), wanted=1000).objects) == 399
