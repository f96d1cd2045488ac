"""Agreements in words: what they are for, and how much is promised."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstelle.catalog.labels import name_of
from leitstelle.contracts.queries import day_words
from leitstelle.kernel.web.formats import hours_minutes
from leitstelle.sla.choices import Verdict
from leitstelle.sla.labels import VERDICT
from leitstelle.sla.models import Agreement
from leitstelle.sla.rules.precedence import Judgement
from leitstelle.tickets.labels import KIND

_HOUR, _TWO_HOURS = 3600, 7200


def scope_words(agreement: Agreement) -> str:
    """What an agreement is for, in one line: "Rheinbogen, Network, P1 Critical"."""
    parts = []
    if agreement.organisation is not None:
        parts.append(agreement.organisation.name)
    if agreement.contract is not None:
        parts.append(_("contract %(name)s") % {"name": agreement.contract})
    if agreement.service is not None:
        parts.append(_("service %(name)s") % {"name": name_of(agreement.service)})
    if agreement.category is not None:
        parts.append(name_of(agreement.category))
    if agreement.kind:
        parts.append(str(KIND[agreement.kind]))
    if agreement.priority is not None:
        parts.append(f"P{agreement.priority.rank} {name_of(agreement.priority)}")
    return ", ".join(parts) or _("everything")


def why_words(judgement: Judgement) -> str:
    """Why an agreement applies or does not; one that is for a contract names it, and its days where they decide."""
    cover, term = judgement.candidate.cover, judgement.term
    if cover is None or term is None:
        return str(VERDICT[judgement.verdict])
    texts = {
        Verdict.APPLIES: _(
            "applies: contract %(contract)s covers the ticket, and nothing more specific fits"
        ),
        Verdict.LESS_SPECIFIC: _("contract %(contract)s covers the ticket, but something more specific fits"),
        Verdict.CONTRACT_NOT_YET: _("contract %(contract)s begins on %(first)s, after the ticket was opened"),
        Verdict.CONTRACT_OVER: _("contract %(contract)s ended on %(last)s, before the ticket was opened"),
        Verdict.CONTRACT_OTHER: _("contract %(contract)s covers other services than this ticket’s"),
    }
    text = texts.get(judgement.verdict)
    if text is None:
        return str(VERDICT[judgement.verdict])
    days = {"first": day_words(term.first_day), "last": day_words(term.last_day)}
    return text % {"contract": cover.label, **days}


def amount_words(seconds: int, days: int | None = None) -> str:
    """An amount of service time as it was promised: "3 working days", "4 h", "1:30 h", "45 min"."""
    if days is not None:
        return ngettext("%(count)s working day", "%(count)s working days", days) % {"count": days}
    if seconds < _TWO_HOURS and seconds % _HOUR:
        return _("%(count)s min") % {"count": seconds // 60}
    if seconds % _HOUR == 0:
        return _("%(count)s h") % {"count": seconds // _HOUR}
    return _("%(count)s h") % {"count": hours_minutes(seconds)}
