"""Who can have a call made by a click, and through which line of which telephone system."""

from dataclasses import dataclass

from leitstelle.intake.models import TelephonyLine, TelephonySource
from leitstelle.intake.rules.telephony.dialing import line_that_dials
from leitstelle.kernel.kept import kept
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True)
class Dialling:
    """A telephone system that makes calls, with its secret, and the line it rings first."""

    source: TelephonySource
    line: str


def can_dial(viewer: Viewer) -> bool:
    """Whether a click on a number rings the viewer's own telephone. For what pages offer, not for what is allowed."""
    return viewer.is_agent and viewer.person_id in _people_who_dial()[0]


@kept("telephony_source")
def _people_who_dial() -> tuple[frozenset[int]]:
    """Everybody with a line that can call; in a tuple, as empty results are not kept."""
    rows = TelephonyLine.objects.filter(source__is_active=True, person__isnull=False)
    rows = rows.exclude(source__dial_kind="").select_related("source").defer("source__secret")
    found = {line.person_id for line in rows if line_that_dials(line.source.dial_kind, [line.key])}
    return (frozenset(pk for pk in found if pk is not None),)


def dialling_of(viewer: Viewer) -> Dialling | None:
    """The first telephone system through which the viewer can call, read from the database."""
    if not viewer.is_agent or viewer.person_id is None:
        return None
    sources = TelephonySource.objects.filter(is_active=True, lines__person_id=viewer.person_id)
    for source in sources.exclude(dial_kind="").distinct().order_by("name", "pk"):
        keys = source.lines.filter(person_id=viewer.person_id).order_by("key").values_list("key", flat=True)
        if line := line_that_dials(source.dial_kind, keys):
            return Dialling(source, line)
    return None
