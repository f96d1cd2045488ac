"""Text templates as they are offered: for this ticket, in its language, filled in."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone, translation

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import brand_for
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.formats import day
from leitstelle.tickets.choices import SnippetUse
from leitstelle.tickets.models import Snippet, Ticket
from leitstelle.tickets.policies import visible_snippets
from leitstelle.tickets.rules.snippets import NotATemplate, Values, fill

MOST_OFFERED = 12


@dataclass(frozen=True)
class Offered:
    """A text template, filled in for a ticket."""

    snippet: Snippet
    text: str


def offered_snippets(ticket: Ticket, viewer: Viewer, wanted: str = "") -> list[Offered]:
    """Return templates for answers on this ticket, by shortcut or words of the title; its own language first."""
    rows = _fitting(visible_snippets(viewer).filter(use=SnippetUse.ANSWER, is_active=True), ticket)
    for word in wanted.lower().split()[:5]:
        rows = rows.filter(Q(shortcut__startswith=word) | Q(title__icontains=word))
    agent = Person.objects.filter(pk=viewer.person_id or 0).first()
    values = values_of(ticket, agent)
    return [
        Offered(row, text) for row in rows[:MOST_OFFERED] if (text := filled(row.text, values)) is not None
    ]


def acknowledgement_words(ticket: Ticket) -> str:
    """Return the house's own words of the acknowledgement for this ticket in its language; empty: those shipped."""
    rows = Snippet.objects.filter(
        use=SnippetUse.ACKNOWLEDGEMENT, is_active=True, language=translation.get_language()
    )
    row = _fitting(rows, ticket).filter(Q(team=None) | Q(team=ticket.team_id)).first()
    return filled(row.text, values_of(ticket, None)) or "" if row is not None else ""


def filled(text: str, values: Values) -> str | None:
    """Return a template filled in; `None` for one that does not hold to the rules any more."""
    try:
        return fill(text, values)
    except NotATemplate:
        return None


def values_of(ticket: Ticket, agent: Person | None) -> Values:
    """Return the fields of a ticket as templates name them; what is not known is empty."""
    person = ticket.requester
    return {
        "ticket": {"number": str(ticket.number), "subject": ticket.subject},
        "requester": {
            "name": person.display_name if person else "",
            "first_name": person.given_name if person else "",
            "last_name": person.family_name if person else "",
        },
        "customer": {
            "name": ticket.organisation.name if ticket.organisation else "",
            "site": ticket.site.name if ticket.site else "",
        },
        "agent": {
            "name": agent.display_name if agent else "",
            "team": ticket.team.name if ticket.team else "",
        },
        "desk": {"name": brand_for(ticket.organisation_id), "portal": f"{settings.BASE_URL}/portal/"},
        "today": day(timezone.now()),
    }


def _fitting(rows: QuerySet[Snippet], ticket: Ticket) -> QuerySet[Snippet]:
    """The customer's own before the house's, the ticket's language before others."""
    fits = rows.filter(Q(organisation=None) | Q(organisation=ticket.organisation_id))
    foreign = Case(
        When(language=ticket.language, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    of_house = Case(When(organisation=None, then=Value(1)), default=Value(0), output_field=IntegerField())
    return fits.order_by(foreign, of_house, "title", "pk")
