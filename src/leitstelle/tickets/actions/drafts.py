"""Drafts: typed text that has not been sent. Theirs alone who typed it, so no event is recorded."""

from datetime import datetime

from django.db import transaction

from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import DraftMode
from leitstelle.tickets.models import Draft, Ticket
from leitstelle.tickets.policies import can_see, visible_drafts

# What the column holds.
MAX_PLACE = 40


def place_of(ticket: Ticket | None, mode: DraftMode, key: str = "") -> str:
    """Return where a draft belongs: one per person, ticket and mode, and form where several may be open (`key`)."""
    place = f"{ticket.pk if ticket else 'new'}:{mode}"
    return f"{place}:{key}"[:MAX_PLACE] if key else place


@transaction.atomic
def save_draft(
    ticket: Ticket | None, mode: DraftMode, text: str, *, by: Viewer, now: datetime, key: str = ""
) -> Draft | None:
    """Keep what `by` has typed into a form (`key`); an empty text discards the draft. Raises `NotAllowed`."""
    if by.person_id is None or (ticket is not None and not can_see(by, ticket)):
        raise NotAllowed()
    text = text.replace(
        "\x00", ""
    )  # no database form stands between the page and PostgreSQL, which refuses it
    if not text.strip():
        discard_draft(ticket, mode, by=by, key=key)
        return None
    draft, _created = Draft.objects.update_or_create(
        person_id=by.person_id,
        place=place_of(ticket, mode, key),
        defaults={"ticket": ticket, "mode": mode, "text": text, "updated_at": now},
    )
    return draft


def discard_draft(ticket: Ticket | None, mode: DraftMode, *, by: Viewer, key: str = "") -> None:
    """Forget what was typed, as after sending."""
    visible_drafts(by).filter(place=place_of(ticket, mode, key)).delete()
