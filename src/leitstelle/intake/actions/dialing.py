"""Calls made by a click: noted in the journal, with how it went; the number stands in the log of calls."""

from datetime import datetime

from leitstelle.intake.events import CallAsked
from leitstelle.intake.models import TelephonySource
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@unit()
def note_asked(source: TelephonySource, *, problem: str, by: Viewer, now: datetime) -> None:
    """Note that an agent asked a telephone system for a call; `problem` is empty where it took it.

    Whoever could ask may note it. Records `CallAsked`.
    """
    record(
        CallAsked(problem=problem), subject=Subject("telephony_dialling", source.pk), actor=by.actor, at=now
    )
