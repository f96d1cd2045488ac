"""Agreements in words: what they are for, and how much is promised."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstelle.catalog.labels import name_of
from leitstelle.kernel.web.formats import hours_minutes
from leitstelle.sla.models import Agreement
from leitstelle.tickets.labels import KIND

_HOUR, _TWO_HOURS = 3600, 7200


def scope_words(agreement: Agreement) -> str:
    """What an agreement is for, in one line: "Rheinbogen, Network, P1 Critical"."""
    parts = []
    if agreement.organisation is not None:
        parts.append(agreement.organisation.name)
    if agreement.category is not None:
        parts.append(name_of(agreement.category))
    if agreement.kind:
        parts.append(str(KIND[agreement.kind]))
    if agreement.priority is not None:
        parts.append(f"P{agreement.priority.rank} {name_of(agreement.priority)}")
    return ", ".join(parts) or _("everything")


def amount_words(seconds: int, days: int | None = None) -> str:
    """An amount of service time as it was promised: "3 working days", "4 h", "1:30 h", "45 min"."""
    if days is not None:
        return ngettext("%(count)s working day", "%(count)s working days", days) % {"count": days}
    if seconds < _TWO_HOURS and seconds % _HOUR:
        return _("%(count)s min") % {"count": seconds // 60}
    if seconds % _HOUR == 0:
        return _("%(count)s h") % {"count": seconds // _HOUR}
    return _("%(count)s h") % {"count": hours_minutes(seconds)}
