"""Where triage appears: proposals beside a ticket, their figures in the administration, sentences in timelines."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstelle.accounts.choices import LevelRight
from leitstelle.accounts.policies import has_right
from leitstelle.accounts.queries.actors import register_rule_names
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import (
    AdminSection,
    Command,
    Panel,
    fill,
    register_admin_section,
    register_command,
    register_nav,
)
from leitstelle.kernel.web.sentences import register_sentence
from leitstelle.kernel.web.slots import HasPk
from leitstelle.sla.labels import METRIC, STEP_ACTION
from leitstelle.tickets.choices import ONGOING_TYPES
from leitstelle.tickets.models import Ticket
from leitstelle.triage.choices import FIELDS, Matter, ProposalState, Way
from leitstelle.triage.labels import MATTER, OUTCOME
from leitstelle.triage.models import Proposal
from leitstelle.triage.policies import can_lead, can_see_figures, visible_proposals
from leitstelle.triage.queries.giving import absent_now
from leitstelle.triage.queries.proposals import present_value
from leitstelle.triage.queries.rules import outcome_in_words
from leitstelle.triage.queries.similar import like_tickets
from leitstelle.triage.queries.sorting import rule_called
from leitstelle.triage.queries.words import evidence_words, team_called, value_name

SHOWN = (ProposalState.SUGGESTED, ProposalState.DECIDED)

register_admin_section(
    AdminSection(
        "proposals",
        gettext_lazy("Proposals"),
        "triage:figures",
        "bulb",
        gettext_lazy("Triage"),
        60,
        description=gettext_lazy("How good the desk's own proposals are, and how far they may decide"),
        shows=can_see_figures,
    )
)
register_admin_section(
    AdminSection(
        "rules",
        gettext_lazy("Rules"),
        "triage:rules",
        "list-check",
        gettext_lazy("Triage"),
        55,
        description=gettext_lazy("Give new tickets category, urgency, team and person, in a stated order"),
        shows=can_see_figures,
    )
)
for _key, _label, _url, _icon, _order, _description in (
    (
        "distribution",
        gettext_lazy("Distribution"),
        "triage:modes",
        "users",
        56,
        gettext_lazy("How the tickets of each team find a person"),
    ),
    (
        "people-and-skills",
        gettext_lazy("People and skills"),
        "triage:people",
        "user-check",
        57,
        gettext_lazy("What people can do, when they work, how many tickets they take"),
    ),
    (
        "skills",
        gettext_lazy("Skills"),
        "triage:skills",
        "school",
        58,
        gettext_lazy("What tickets of a category need"),
    ),
    (
        "absences",
        gettext_lazy("Absences"),
        "triage:absences",
        "calendar-time",
        59,
        gettext_lazy("Who is away and who stands in"),
    ),
):
    register_admin_section(
        AdminSection(
            _key,
            _label,
            _url,
            _icon,
            gettext_lazy("Triage"),
            _order,
            description=_description,
            shows=can_lead,
        )
    )
register_nav(
    "own-work",
    gettext_lazy("My work and absences"),
    "triage:own-work",
    "calendar-time",
    16,
    lambda viewer: viewer.is_agent,
    area="user",
)
register_command(
    Command(
        "tickets.take-over",
        gettext_lazy("To take over"),
        "triage:take-over",
        "users",
        30,
        shows=lambda viewer: viewer.is_agent,
    )
)


@fill("inbox.head", order=10)
def next_best_button(viewer: Viewer, heads: Sequence[HasPk]) -> dict[Any, Panel]:
    """Offer the next best ticket to people who work in a team; asks nothing of the database."""
    if not viewer.team_ids:
        return {}
    return {head.pk: Panel("triage/_next_best.html") for head in heads}


@fill("ticket.sidebar", order=12)
def why_here(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Say whether whoever has a ticket is away, and fetch why it is where it is. No statement for the page."""
    if not viewer.is_agent:
        return {}
    out = absent_now(timezone.now())
    panels = {}
    for ticket in tickets:
        away = out.get(ticket.assignee_id or 0)
        last_day = away.ends_at - timedelta(seconds=1) if away is not None else None
        panels[ticket.pk] = Panel("triage/_why_here.html", {"last_day": last_day, "ticket": ticket})
    return panels


@fill("ticket.sidebar", order=8)
def proposals_of_ticket(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Show what is proposed for a ticket and why, with a button to accept it, also below the fields of the form.

    One statement for the page.
    """
    if not viewer.is_agent or not tickets:
        return {}
    by_id = {ticket.pk: ticket for ticket in tickets}
    rows = visible_proposals(viewer).filter(ticket__in=by_id, state__in=SHOWN).order_by("pk")
    found: dict[int, list[Proposal]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(row)
    panels = {}
    for pk, proposals in found.items():
        lines = [{**line, "keyed": False} for line in _lines(viewer, by_id[pk], proposals)]
        if lines:
            keyed = next((line for line in lines if line["reply"] != Matter.OUTAGE), {})
            keyed["keyed"] = True
            context = {"lines": lines, "ticket": by_id[pk], "in_form": "triage/_suggested.html"}
            panels[pk] = Panel("triage/_proposals.html", context)
    return panels


def _lines(viewer: Viewer, ticket: Ticket, proposals: Iterable[Proposal]) -> Iterable[dict[str, Any]]:
    """Fields in their order. What was decided is shown as long as nobody has changed it since.

    A team is shown to those who may assign, and only while it is in use.
    """
    rows = list(proposals)
    by_matter = {row.matter: row for row in rows}
    yield from _outage(by_matter.get(Matter.OUTAGE))
    yield from _replies(ticket, rows)
    for field in FIELDS:
        row = by_matter.get(field)
        if row is None or (field is Matter.TEAM and not has_right(viewer, LevelRight.ASSIGN)):
            continue
        decided = row.state == ProposalState.DECIDED
        present = present_value(ticket, field)
        if decided and present != row.chosen:
            continue
        options = [
            (str(code), value_name(field, str(code)), percent)
            for code, percent in row.options
            if (str(code) != present or decided) and (field is not Matter.TEAM or team_called(str(code)))
        ]
        if not options:
            continue
        yield {
            "proposal": row,
            "name": MATTER[field],
            "field": field.value,
            "reply": "",
            "decided": decided,
            "options": options,
            "why": evidence_words(row.evidence),
        }


def _outage(row: Proposal | None) -> Iterable[dict[str, Any]]:
    """The question whether this ticket is one of many about an outage."""
    if row is not None:
        yield {
            "proposal": row,
            "name": MATTER[Matter.OUTAGE],
            "reply": "outage",
            "decided": False,
            "url": reverse("triage:burst", args=[row.first]),
        }


@fill("ticket.sidebar", order=90)
def similar_to_ticket(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Offer tickets like this one; they are looked for once somebody opens the section."""
    if not viewer.is_agent:
        return {}
    return {ticket.pk: Panel("triage/_similar_section.html", {"ticket": ticket}) for ticket in tickets}


@register_sentence("triage.outage_suspected", "activity-heartbeat")
def outage_suspected(data: Mapping[str, Any]) -> str:
    """Say that this ticket was one too many like it."""
    return _("asks whether it is an outage: %(count)s like tickets within an hour") % {"count": data["count"]}


def _replies(ticket: Ticket, proposals: Sequence[Proposal]) -> Iterable[dict[str, Any]]:
    """The newest reply that was understood, as long as there is something to do or undo about it."""
    newest = next((row for row in reversed(proposals) if row.matter in (Matter.THANKS, Matter.CLOSE)), None)
    if newest is None:
        return
    decided = newest.state == ProposalState.DECIDED
    over = ticket.status_type not in ONGOING_TYPES
    if decided != over:
        return
    yield {
        "proposal": newest,
        "name": MATTER[newest.matter],
        "reply": newest.matter,
        "decided": decided,
        "percent": newest.percent,
        "why": [f"„{cue}“" for cue in evidence_words(newest.evidence)],
    }


@register_sentence("triage.reply_understood", "message-circle")
def reply_understood(data: Mapping[str, Any]) -> str:
    """Say what a reply was taken for and what followed."""
    values = {"percent": data["confidence"]}
    if data["matter"] == Matter.THANKS:
        return _("took the reply for thanks (%(percent)s %%) and left the ticket as it is") % values
    if data["followed"]:
        return _("took the reply for a wish to close (%(percent)s %%) and followed it") % values
    return _("took the reply for a wish to close (%(percent)s %%)") % values


@register_sentence("triage.proposals_made", "bulb")
def proposed(data: Mapping[str, Any]) -> str:
    """Say which fields were decided or suggested; nothing to say is said, too."""
    names = {
        key: ", ".join(str(MATTER[one]) for one in data[key] if one in MATTER)
        for key in ("decided", "suggested")
    }
    if names["decided"]:
        return _("set by its own experience: %(fields)s") % {"fields": names["decided"]}
    if names["suggested"]:
        return _("suggests something for: %(fields)s") % {"fields": names["suggested"]}
    return _("had nothing to suggest")


def _rule_address(data: Mapping[str, Any]) -> str:
    return reverse("triage:rule-of", args=[data["rule_id"]])


@register_sentence("triage.rule_applied", "list-check", link=_rule_address)
def rule_applied(data: Mapping[str, Any]) -> str:
    """Say what a rule set, and what it left to people or to earlier rules."""
    names = [outcome_in_words(field, after) for field, _before, after in data["changes"]]
    text = _("sorted the ticket: %(values)s") % {"values": ", ".join(names)}
    kept = ", ".join(str(OUTCOME[one]) for one in data["kept"])
    taken = ", ".join(str(OUTCOME[one]) for one in data["taken"])
    missed = ", ".join(str(OUTCOME[one]) for one in data["missed"])
    if kept:
        text += " · " + _("left as people chose: %(fields)s") % {"fields": kept}
    if taken:
        text += " · " + _("left as an earlier rule set: %(fields)s") % {"fields": taken}
    if missed:
        text += " · " + _("not possible any more: %(fields)s") % {"fields": missed}
    return text


@register_sentence("triage.rules_cut", "alert-triangle")
def rules_cut(data: Mapping[str, Any]) -> str:
    """Say that rules would have gone on waking each other."""
    return _("stopped the rules after three rounds; please check whether they contradict each other")


register_rule_names(rule_called)


@register_sentence("triage.ticket_given", "user-check")
def ticket_given(data: Mapping[str, Any]) -> str:
    """Say how a ticket found its person; why stands beside the ticket."""
    return {
        Way.DISTRIBUTED: _("gave the ticket out by the team’s rule"),
        Way.PULLED: _("took it as the next best ticket"),
        Way.TAKEN_OVER: _("passed the ticket on, because whoever had it is away"),
    }[Way(data["way"])]


@register_sentence("triage.nobody_has_it", "alert-triangle")
def nobody_has_it(data: Mapping[str, Any]) -> str:
    """Say that leads were told."""
    return _("told the leads: nobody has had it for %(minutes)s minutes of service time") % {
        "minutes": data["minutes"]
    }


@register_sentence("triage.assignee_away", "calendar-time")
def assignee_away(data: Mapping[str, Any]) -> str:
    """Say that leads and deputy were told."""
    return _("told leads and deputy: whoever has it is away")


@register_sentence("triage.escalated", "stairs-up")
def escalated(data: Mapping[str, Any]) -> str:
    """Say which step of an escalation chain was carried out."""
    values = {
        "percent": data["percent"],
        "what": STEP_ACTION[data["action"]],
        "metric": METRIC[data["metric"]],
    }
    return _("escalated at %(percent)s %% (%(metric)s): %(what)s") % values


@fill("ticket.merge", order=10)
def near_duplicates(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Offer possible duplicates, and what is most like it, where somebody wants to merge a ticket."""
    panels = {}
    for ticket in tickets:
        likes = [like for like in like_tickets(viewer, ticket) if like.ticket.merged_into_id is None]
        if likes:
            context = {"ticket": ticket, "likes": likes}
            panels[ticket.pk] = Panel("triage/_merge_candidates.html", context)
    return panels
