"""Writing the index: adding, replacing and removing rows.

Called by the projector and by bulk loads; the rows come from the domains' sources.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import IntegrityError, transaction

from leitstelle.kernel.search.engine import engine
from leitstelle.kernel.search.linguistics import SHADOW_VERSION, kind_word, shadow
from leitstelle.kernel.search.models import SearchRow, SearchText, SearchWord
from leitstelle.kernel.search.windows import Text

BATCH = 1000
_WORD_LENGTHS = range(4, 41)


@dataclass(frozen=True, kw_only=True)
class SearchDoc:
    """One findable part of an object, for one audience, with its original texts.

    `part` tells parts apart (a message id; 0 for the object itself). `at` is aware. Give every part its object's
    title, so that words of the title and of the text are found together.
    """

    kind: str
    object_id: int
    at: datetime
    title: str
    body: str = ""
    part: int = 0
    audience: str = "public"
    ticket_id: int | None = None
    organisation_id: int | None = None
    language: str = ""

    @property
    def identity(self) -> tuple[str, int, int, str]:
        return self.kind, self.object_id, self.part, self.audience


def upsert(docs: Iterable[SearchDoc]) -> int:
    """Add documents, or replace those with the same kind, object, part and audience; returns how many."""
    return sum(_write(batch) for batch in _batches(docs))


def replace(kind: str, object_ids: Collection[int], docs: Iterable[SearchDoc]) -> None:
    """Make `docs` all there is of these objects: what they no longer have is removed."""
    wanted = list(docs)
    kept = {doc.identity for doc in wanted}
    with transaction.atomic():
        present = SearchRow.objects.filter(kind=kind, object_id__in=object_ids)
        gone = [
            pk
            for pk, object_id, part, audience in present.values_list("pk", "object_id", "part", "audience")
            if (kind, object_id, part, audience) not in kept
        ]
        _remove(gone)
        upsert(wanted)


def remove(kind: str, object_id: int) -> None:
    """Take an object with all its parts out of the index."""
    _remove(list(SearchRow.objects.filter(kind=kind, object_id=object_id).values_list("pk", flat=True)))


def remove_parts(kind: str, object_id: int, parts: Collection[int]) -> None:
    """Take some parts of an object out of the index."""
    rows = SearchRow.objects.filter(kind=kind, object_id=object_id, part__in=parts)
    _remove(list(rows.values_list("pk", flat=True)))


def bulk_load(docs: Iterable[SearchDoc]) -> int:
    """Add documents taken to be new, oldest first, without looking for older ones; returns how many.

    For demo data, imports and measurements. Where the projector was faster, the batch is added the careful way.
    """
    total = 0
    for batch in _batches(docs, BATCH * 5):
        try:
            with transaction.atomic():
                _insert(batch)
            total += len(batch)
        except IntegrityError:
            total += upsert(batch)
    engine().settle()
    return total


def clear() -> None:
    """Empty the whole index, for a rebuild."""
    with transaction.atomic():
        engine().forget_all()
        SearchText.objects.all()._raw_delete("default")
        SearchRow.objects.all()._raw_delete("default")
        SearchWord.objects.all()._raw_delete("default")


def _batches(docs: Iterable[SearchDoc], size: int = BATCH) -> Iterator[list[SearchDoc]]:
    iterator = iter(docs)
    while batch := list(islice(iterator, size)):
        yield batch


def _write(docs: Sequence[SearchDoc]) -> int:
    latest = {doc.identity: doc for doc in docs}
    with transaction.atomic():
        present = _present(latest.values())
        texts = {
            row_id: (row_id, title, body)
            for row_id, title, body in SearchText.objects.filter(row__in=present.values()).values_list(
                "row_id", "title", "body"
            )
        }
        _insert([doc for identity, doc in latest.items() if identity not in present])
        changed = [(_row(doc, pk=present[key].pk), doc) for key, doc in latest.items() if key in present]
        _update([row for row, _ in changed], present)
        new = [text for row, doc in changed if (text := (row.pk, *_shadows(doc))) != texts.get(row.pk)]
        if new:
            engine().change(new, [texts[row_id] for row_id, _, _ in new if row_id in texts])
            _learn(new)
        engine().settle()
    return len(latest)


def _present(docs: Iterable[SearchDoc]) -> dict[tuple[str, int, int, str], SearchRow]:
    ids: dict[str, set[int]] = {}
    for doc in docs:
        ids.setdefault(doc.kind, set()).add(doc.object_id)
    return {
        (row.kind, row.object_id, row.part, row.audience): row
        for kind, object_ids in ids.items()
        for row in SearchRow.objects.filter(kind=kind, object_id__in=object_ids)
    }


def _update(rows: Sequence[SearchRow], present: dict[tuple[str, int, int, str], SearchRow]) -> None:
    columns = ("ticket_id", "organisation_id", "at", "language", "shadow_version")
    changed = []
    for row in rows:
        old = present[row.kind, row.object_id, row.part, row.audience]
        if any(getattr(row, column) != getattr(old, column) for column in columns):
            changed.append(row)
    SearchRow.objects.bulk_update(changed, columns, batch_size=200)


def _insert(docs: Sequence[SearchDoc]) -> None:
    if not docs:
        return
    rows = [_row(doc, pk) for pk, doc in zip(engine().take_ids(len(docs)), docs, strict=True)]
    texts = [(row.pk, *_shadows(doc)) for row, doc in zip(rows, docs, strict=True)]
    engine().add(rows, texts)
    _learn(texts)


def _learn(texts: Sequence[Text]) -> None:
    words = {word for _, title, body in texts for field in (title, body) for word in field.split()}
    engine().add_words(word for word in words if len(word) in _WORD_LENGTHS and word.isalpha())


def _remove(ids: Sequence[int]) -> None:
    if not ids:
        return
    with transaction.atomic():
        texts = SearchText.objects.filter(row__in=ids)
        engine().erase(list(texts.values_list("row_id", "title", "body")))
        texts._raw_delete("default")
        SearchRow.objects.filter(pk__in=ids)._raw_delete("default")


def _row(doc: SearchDoc, pk: int | None = None) -> SearchRow:
    return SearchRow(
        pk=pk,
        kind=doc.kind,
        object_id=doc.object_id,
        part=doc.part,
        audience=doc.audience,
        ticket_id=doc.ticket_id,
        organisation_id=doc.organisation_id,
        at=doc.at,
        language=doc.language,
        shadow_version=SHADOW_VERSION,
    )


def _shadows(doc: SearchDoc) -> tuple[str, str]:
    return shadow(doc.title), f"{shadow(doc.body)} {kind_word(doc.kind)}"
