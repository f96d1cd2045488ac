"""Keeping guides: leads and administrators. A draft may be changed freely; what counts is published as a version."""

from datetime import datetime

from django.db.models import F

from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge.errors import GuideKeyTaken, GuideNotReadable
from leitstelle.knowledge.events import (
    GuideCreated,
    GuideDrafted,
    GuideExported,
    GuideHelped,
    GuidePublished,
    GuideRestored,
    GuideRetired,
)
from leitstelle.knowledge.labels import told
from leitstelle.knowledge.models import Guide, GuideVersion
from leitstelle.knowledge.policies import can_keep_guides
from leitstelle.knowledge.queries.known import known_codes
from leitstelle.knowledge.rules import guides as rules
from leitstelle.knowledge.rules.reading import NotAGuide, read_guide


@unit()
def create_guide(source: str, *, by: Viewer, now: datetime) -> Guide:
    """Add a guide as a draft. Leads and administrators. Records `GuideCreated`.

    Raises `NotAllowed`, `GuideNotReadable`, and `GuideKeyTaken` where another guide has its key.
    """
    _need_keeper(by)
    found = _read(source)
    if Guide.objects.filter(key=found.key).exists():
        raise GuideKeyTaken(fields={"source": GuideKeyTaken.default_message}, key=found.key)
    guide = Guide.objects.create(
        key=found.key, title_de=found.title.de, title_en=found.title.en, draft=_tidy(source)
    )
    _note(guide, GuideCreated(key=guide.key), by, now)
    return guide


@unit()
def change_guide(
    guide: Guide,
    source: str,
    *,
    version: int | None = None,
    is_import: bool = False,
    by: Viewer,
    now: datetime,
) -> Guide:
    """Change the draft of a guide; its published version goes on counting. Leads and administrators.

    `version` is the one the editor saw. Records `GuideDrafted`. Raises `NotAllowed`, `GuideNotReadable`, `Conflict`,
    and `GuideKeyTaken` for another key: links and runs know the guide by it.
    """
    _need_keeper(by)
    found, text = _read(source), _tidy(source)
    if found.key != guide.key:
        raise GuideKeyTaken(fields={"source": GuideKeyTaken.default_message}, key=found.key)
    if text == guide.draft:
        return guide
    seen = guide.version if version is None else version
    row = Guide.objects.filter(pk=guide.pk, version=seen)
    if not row.update(draft=text, title_de=found.title.de, title_en=found.title.en, version=F("version") + 1):
        guide.refresh_from_db()
        raise Conflict(theirs={"source": guide.draft}, ours={"source": text})
    guide.refresh_from_db()
    _note(guide, GuideDrafted(is_import=is_import), by, now)
    return guide


@unit()
def import_guide(source: str, *, by: Viewer, now: datetime) -> Guide:
    """Take a guide from a file: a new one, or the draft of the one with its key. Nothing is published by it.

    Leads and administrators. Records and raises as `create_guide` and `change_guide`.
    """
    _need_keeper(by)
    known = Guide.objects.filter(key=_read(source).key).first()
    if known is None:
        return create_guide(source, by=by, now=now)
    return change_guide(known, source, is_import=True, by=by, now=now)


@unit()
def publish_guide(guide: Guide, *, by: Viewer, now: datetime) -> Guide:
    """Let the draft count from now on, as the next version; runs that began before keep theirs.

    Leads and administrators. Records `GuidePublished`. Raises `NotAllowed`, `GuideNotReadable` (a category it names may
    have gone meanwhile), `Conflict`.
    """
    _need_keeper(by)
    _read(guide.draft)
    latest = guide.versions.first()
    if latest is not None and latest.source == guide.draft and guide.published == latest.number:
        return guide
    number = (latest.number if latest else 0) + 1
    row = Guide.objects.filter(pk=guide.pk, version=guide.version)
    if not row.update(published=number, version=F("version") + 1):
        guide.refresh_from_db()
        raise Conflict(theirs={}, ours={})
    GuideVersion.objects.create(guide=guide, number=number, source=guide.draft, at=now)
    guide.refresh_from_db()
    _note(guide, GuidePublished(number=number), by, now)
    return guide


@unit()
def retire_guide(guide: Guide, *, by: Viewer, now: datetime) -> Guide:
    """Offer the guide no longer; its runs stay. Leads and administrators. Records `GuideRetired` once."""
    return _switch(guide, False, by, now)


@unit()
def restore_guide(guide: Guide, *, by: Viewer, now: datetime) -> Guide:
    """Offer a retired guide again. Leads and administrators. Records `GuideRestored` once."""
    return _switch(guide, True, by, now)


@unit()
def export_guide(guide: Guide, *, by: Viewer, now: datetime) -> str:
    """Return the text of a guide for a file. Leads and administrators. Records `GuideExported`."""
    _need_keeper(by)
    _note(guide, GuideExported(), by, now)
    return guide.draft


@unit()
def count_helped(guide: Guide, *, number: int, question: str, by: Viewer, now: datetime) -> None:
    """Count that a hint made a ticket unnecessary. Anybody who is offered the guide. Records `GuideHelped`."""
    Guide.objects.filter(pk=guide.pk).update(helped=F("helped") + 1)
    _note(guide, GuideHelped(number=number, question=question), by, now)


def _switch(guide: Guide, active: bool, by: Viewer, now: datetime) -> Guide:
    _need_keeper(by)
    if Guide.objects.filter(pk=guide.pk, is_active=not active).update(is_active=active):
        _note(guide, GuideRestored() if active else GuideRetired(), by, now)
    guide.refresh_from_db()
    return guide


def _need_keeper(by: Viewer) -> None:
    if not can_keep_guides(by):
        raise NotAllowed()


def _read(source: str) -> rules.Guide:
    try:
        return read_guide(source, known_codes())
    except NotAGuide as error:
        sentences = [told(one.where, one.fault, one.what, one.line, one.column) for one in error.problems]
        raise GuideNotReadable(fields={"source": "\n".join(sentences)}, problems=sentences) from error


def _tidy(source: str) -> str:
    return source.replace("\r\n", "\n").strip("\n") + "\n"


def _note(guide: Guide, data: EventData, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("guide", guide.pk), actor=by.actor, at=now)
