"""Why a ticket is where it is: the last steps of rules and distribution as sentences, in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.formats import day_time, duration
from leitstelle.triage.choices import Matter, Way, Why
from leitstelle.triage.models import Routing
from leitstelle.triage.policies import visible_routings
from leitstelle.triage.queries.rules import outcome_in_words
from leitstelle.triage.queries.words import value_name

SHOWN = 4


@dataclass(frozen=True)
class Reason:
    """One step: when, a sentence, and the rule it leads to."""

    at: datetime
    text: str
    rule_id: int | None


def reasons_of(ticket_ids: Sequence[int], viewer: Viewer) -> dict[int, list[Reason]]:
    """Return the latest steps of each ticket, newest first; one statement for all."""
    rows = visible_routings(viewer).filter(Q(ticket__in=list(ticket_ids)))
    found: dict[int, list[Reason]] = {}
    for row in rows.select_related("rule", "person").order_by("-pk")[: SHOWN * len(ticket_ids)]:
        found.setdefault(row.ticket_id, []).append(Reason(row.at, told(row), row.rule_id))
    return found


def told(row: Routing) -> str:
    """Return one step as a sentence."""
    if row.way == Way.RULE:
        names = [outcome_in_words(field, after) for field, _before, after in row.reasons.get("changes", ())]
        rule = row.rule.name if row.rule is not None else _("a rule that was deleted")
        return _("Rule “%(rule)s” set: %(values)s.") % {"rule": rule, "values": ", ".join(names)}
    if row.way == Way.LEARNED:
        values = {
            "team": value_name(Matter.TEAM, row.reasons.get("team", "")),
            "percent": row.reasons.get("percent", 0),
        }
        return _("Given to %(team)s by the desk's own experience, sure to %(percent)s %%.") % values
    who = row.person.display_name if row.person is not None else _("somebody")
    head = {
        Way.DISTRIBUTED: _("Given to %(who)s: %(why)s."),
        Way.PULLED: _("Taken by %(who)s as the next best: %(why)s."),
        Way.TAKEN_OVER: _("Passed on to %(who)s: %(why)s."),
    }[Way(row.way)]
    return head % {"who": who, "why": ", ".join(why_in_words(row.reasons, row.at))}


def why_in_words(reasons: Mapping[str, Any], at: datetime) -> list[str]:
    """Return reasons as parts of a sentence; moments and figures as they were then."""
    return [_WORDS[Why(one)](reasons, at) for one in reasons.get("why", ()) if one in Why.values]


def _due(reasons: Mapping[str, Any], at: datetime) -> str:
    due = parse_datetime(reasons.get("due") or "")
    if due is None:
        return _("a deadline runs")
    if due <= at:
        return _("its deadline has passed")
    return _("due %(when)s") % {"when": day_time(due)}


def _age(reasons: Mapping[str, Any], at: datetime) -> str:
    opened = parse_datetime(reasons.get("opened") or "")
    return _("waits for %(time)s") % {"time": duration(max(at - opened, at - at))} if opened else _("waits")


_WORDS: Mapping[Why, Callable[[Mapping[str, Any], datetime], str]] = {
    Why.DUE: _due,
    Why.PRIORITY: lambda reasons, at: _("priority P%(rank)s") % {"rank": reasons.get("priority", "")},
    Why.AGE: _age,
    Why.SKILL: lambda reasons, at: _("has the skill it needs"),
    Why.LANGUAGE: lambda reasons, at: _("speaks its language"),
    Why.SITE: lambda reasons, at: _("is at its site"),
    Why.LOAD: lambda reasons, at: (
        _("had the fewest open tickets (%(count)s)") % {"count": reasons.get("load", 0)}
    ),
    Why.TURN: lambda reasons, at: _("it was their turn"),
    Why.ONLY: lambda reasons, at: _("nobody else fitted"),
    Why.DEPUTY: lambda reasons, at: _("stands in"),
    Why.ABSENT: lambda reasons, at: _("whoever had it is away"),
}
