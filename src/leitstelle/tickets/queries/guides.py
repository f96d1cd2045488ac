"""Guides on tickets: the runs, what could be begun, and what they say was tried."""

from dataclasses import dataclass

from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge.queries import Offered, guides_in_force, guides_of_area, read_stored, titled
from leitstelle.knowledge.rules.guides import Guide
from leitstelle.knowledge.rules.walking import Walk, told_tries, walk
from leitstelle.tickets.models import GuideRun, Ticket
from leitstelle.tickets.policies import visible_guide_runs


@dataclass(frozen=True)
class Run:
    """A run as its page shows it: the row, the guide in its version, and where it stands."""

    row: GuideRun
    guide: Guide
    walk: Walk


def runs_of(ticket: Ticket, viewer: Viewer) -> list[Run]:
    """Return the runs on a ticket this viewer may read, in the order they began; one query."""
    found = []
    for row in visible_guide_runs(viewer).filter(ticket=ticket).select_related("guide_version", "ticket"):
        guide = read_stored(row.guide_version.source)
        found.append(Run(row, guide, walk(guide, row.answers, desk=True)))
    return found


def guides_to_begin(ticket: Ticket, runs: list[Run], language: str) -> tuple[list[Offered], list[Offered]]:
    """Return the guides of the ticket's branch of the tree, and all others, without those begun."""
    begun = {run.row.guide_id for run in runs}
    area = ticket.category.key.split(".")[0] if ticket.category else ""
    near = [one for one in guides_of_area(area, language) if one.id not in begun] if area else []
    taken = begun | {one.id for one in near}
    return near, [one for one in titled(guides_in_force(), language) if one.id not in taken]


def told_runs(ticket: Ticket, viewer: Viewer) -> str:
    """What was tried by the guides of a ticket, as the first words of "what was tried"."""
    parts = []
    for run in runs_of(ticket, viewer):
        lines = told_tries(run.guide, run.walk, run.row.done, viewer.language)
        if lines:
            title = run.guide.title.of(viewer.language)
            parts.append("\n".join([f"{title}:", *(f"– {line}" for line in lines)]))
    return "\n\n".join(parts)
