"""What terms would mean now, what a version says, and in what two versions differ; in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from leitstelle.accounts.models import Level
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import hours_of_each
from leitstelle.calendars.rules import CalendarProblem
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Priority
from leitstelle.kernel.web.formats import duration
from leitstelle.sla.choices import Metric
from leitstelle.sla.labels import METRIC, STEP_ACTION
from leitstelle.sla.models import AgreementVersion, EscalationStep, Target
from leitstelle.sla.queries.words import amount_words
from leitstelle.sla.rules.amounts import Amount, day_seconds


@dataclass(frozen=True)
class Promised:
    """One target, ready to be tried: its column, priority, amount and service hours."""

    metric: Metric
    level: Level | None
    priority: int
    amount: Amount
    calendar: ServiceCalendar


@dataclass(frozen=True)
class Preview:
    """When a ticket of a priority opened now would be due; `moments` by column, `None` where nothing is promised."""

    rank: int
    name: str
    moments: list[datetime | None]


def previews(targets: Iterable[Promised], columns: list[Metric], now: datetime) -> list[Preview]:
    """Return a row per priority; internal targets are left out. Targets that are never due are shown as none."""
    wanted = {(one.metric, one.priority): one for one in targets if one.level is None}
    hours = hours_of_each({one.calendar.pk for one in wanted.values()})

    def due(metric: Metric, rank: int) -> datetime | None:
        one = wanted.get((metric, rank))
        if one is None:
            return None
        counted = hours[one.calendar.pk]
        try:
            return counted.deadline(now, one.amount.in_seconds(day_seconds(counted.at(now).week)))
        except CalendarProblem:
            return None

    return [
        Preview(row.pk, name_of(row), [due(metric, row.pk) for metric in columns])
        for row in Priority.objects.all()
    ]


def promised_by(version: AgreementVersion) -> list[Promised]:
    """The targets of a version, ready to be tried."""
    return [
        Promised(
            Metric(one.metric),
            one.level,
            one.priority_id,
            Amount(one.seconds),
            one.calendar or version.calendar,
        )
        for one in _targets(version)
    ]


def terms_in_words(version: AgreementVersion) -> dict[str, str]:
    """All that a version says, by what it is about, in the order people read it."""
    words = {
        _("Service hours"): version.calendar.name,
        _("Warning"): f"{version.warn_percent} %",
        _("Critical"): f"{version.crit_percent} %",
        _("Pauses"): pauses_in_words(version),
        _("Reopening"): _("a new deadline") if version.restart_on_reopen else _("the deadline goes on"),
    }
    for step in version.steps.select_related("team", "endpoint"):
        words[
            _("Escalation: %(metric)s, %(percent)s %%")
            % {"metric": METRIC[step.metric], "percent": step.percent}
        ] = step_in_words(step)
    for target in _targets(version):
        column = name_of(target.level) if target.level else str(METRIC[target.metric])
        words[f"{column}, P{target.priority_id}"] = target_in_words(target)
    return words


def pauses_in_words(version: AgreementVersion) -> str:
    """What pauses the clocks, and how long at most."""
    reasons = [_("waiting for the contact, scheduled")]
    if version.pause_for_vendor:
        reasons.append(_("waiting for the manufacturer"))
    if version.pause_for_third:
        reasons.append(_("waiting for others"))
    text = "; ".join(reasons)
    if version.longest_pause_seconds is None:
        return text
    return _("%(reasons)s; at most %(time)s") % {
        "reasons": text,
        "time": duration(version.longest_pause_seconds),
    }


def target_in_words(target: Target) -> str:
    """An amount, with its own service hours where it has some."""
    words = amount_words(target.seconds, target.days)
    return f"{words} ({target.calendar.name})" if target.calendar else words


def step_in_words(step: EscalationStep) -> str:
    """What a step of an escalation chain does: "give it to a team: Netz und Server"."""
    words = str(STEP_ACTION[step.action])
    whom = step.team or step.endpoint
    return f"{words}: {whom.name}" if whom is not None else words


def differences(older: AgreementVersion, newer: AgreementVersion) -> list[tuple[str, str, str]]:
    """What a version changed: about what, before, after."""
    before, after = terms_in_words(older), terms_in_words(newer)
    return [
        (about, before.get(about, "–"), after.get(about, "–"))
        for about in dict.fromkeys((*before, *after))
        if before.get(about) != after.get(about)
    ]


def _targets(version: AgreementVersion) -> list[Target]:
    order = {metric: place for place, metric in enumerate(Metric)}
    rows = version.targets.select_related("calendar", "level")
    return sorted(rows, key=lambda one: (order[Metric(one.metric)], one.level_id or 0, one.priority_id))
