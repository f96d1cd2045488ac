"""Names for the codes of proposals, in the reader's language."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.models import Impact, Urgency
from leitstelle.catalog.queries import active_services, categories_in_use
from leitstelle.kernel.kept import kept
from leitstelle.tickets.labels import CHANNEL, KIND
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.triage.choices import Matter
from leitstelle.triage.rules.hints import CHANNEL as BY_CHANNEL
from leitstelle.triage.rules.hints import DEVICE, DOMAIN, ORGANISATION, PERSON, read_hint


@kept("catalog")
def _scales() -> dict[str, dict[str, Impact | Urgency]]:
    return {
        Matter.IMPACT: {row.pk: row for row in Impact.objects.all()},
        Matter.URGENCY: {row.pk: row for row in Urgency.objects.all()},
    }


def value_name(matter: str, code: str) -> str:
    """Return how a code of a field reads; categories with their branch."""
    if matter == Matter.TEAM:
        return team_called(code) or _("a team no longer in use")
    if matter == Matter.CATEGORY:
        row = next((one for one in categories_in_use() if str(one.pk) == code), None)
        return branch_name(row) if row else _("a category no longer in use")
    if matter == Matter.SERVICE:
        service = next((one for one in active_services() if str(one.pk) == code), None)
        return name_of(service) if service else _("a service no longer in use")
    if matter == Matter.KIND:
        return str(KIND.get(code, code))
    scale = _scales().get(matter, {}).get(code)
    return name_of(scale) if scale else code


def team_called(code: str) -> str:
    """Return the name of a team in use by its public id, empty for any other."""
    return next((team.name for team in teams_in_use() if str(team.public_id) == code), "")


def evidence_words(evidence: Iterable[tuple[str, float]]) -> list[str]:
    """Return what carried a proposal: words as they were written, hints by what they stand for."""
    found = []
    for words, _weight in evidence:
        hint = read_hint(words)
        found.append(_hint_name(*hint) if hint is not None else words)
    return list(dict.fromkeys(found))


def _hint_name(kind: str, value: str) -> str:
    if kind == BY_CHANNEL:
        named = {str(code).replace("_", ""): str(name) for code, name in CHANNEL.items()}
        return _("channel: %(name)s") % {"name": named.get(value, value)}
    return {
        ORGANISATION: _("the customer"),
        PERSON: _("the requester"),
        DOMAIN: _("the sender's domain"),
        DEVICE: _("the kind of device"),
    }[kind]
