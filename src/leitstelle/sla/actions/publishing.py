"""Publishing versions of agreements: checked, written once, never changed."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from leitstelle.accounts.policies import require
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import hours_of
from leitstelle.calendars.rules import CalendarProblem
from leitstelle.kernel.errors import Conflict, InvalidInput, NotFound
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.actions.terms import TargetInput, VersionInput, version_input
from leitstelle.sla.choices import Metric, StepAction
from leitstelle.sla.errors import NothingPromised, ValidInThePast
from leitstelle.sla.events import AgreementPublished
from leitstelle.sla.models import Agreement, AgreementVersion, EscalationStep, Target
from leitstelle.sla.policies import can_edit_agreements
from leitstelle.sla.rules.amounts import HOUR, Amount, day_seconds


@unit()
def publish_version(
    agreement: Agreement, version: VersionInput, *, seen: int, by: Viewer, now: datetime
) -> AgreementVersion:
    """Let other terms hold from `version.valid_from` on; `seen` is the number of the newest version the author knew.

    Administrators only. Records `AgreementPublished`. Raises as `create_agreement`, and `Conflict` where somebody
    published another version meanwhile.
    """
    require(can_edit_agreements(by))
    if seen != newest_number(agreement):
        raise Conflict
    return publish(agreement, version, by=by, now=now)


@unit()
def publish_targets(
    agreement: Agreement, seconds: Mapping[tuple[Metric, int], int], *, by: Viewer, now: datetime
) -> AgreementVersion:
    """Let other targets hold for tickets opened from `now` on; `seconds` by metric and rank of the priority.

    Hours, pauses, warnings and the other targets stay as in the version before. Administrators only. Records
    `AgreementPublished`, and nothing where the targets are the same. Raises `NotAllowed`.
    """
    require(can_edit_agreements(by))
    last = agreement.versions.order_by("-number").first()
    if last is None:
        raise NotFound
    known = {(Metric(row.metric), row.priority_id): row for row in last.targets.filter(level=None)}
    if all(key in known and known[key].seconds == value for key, value in seconds.items()):
        return last
    present = version_input(last, valid_from=now)
    others = [one for one in present.targets if one.level is not None or _changed(one, known, seconds)]
    changed = [
        TargetInput(
            metric, rank, Amount(value), known[metric, rank].calendar if (metric, rank) in known else None
        )
        for (metric, rank), value in seconds.items()
        if (metric, rank) not in known or known[metric, rank].seconds != value
    ]
    return publish(agreement, _with_targets(present, (*others, *changed)), by=by, now=now)


def _changed(
    one: TargetInput, known: Mapping[tuple[Metric, int], Target], seconds: Mapping[tuple[Metric, int], int]
) -> bool:
    key = (one.metric, one.priority)
    return seconds.get(key, known[key].seconds) == known[key].seconds


def _with_targets(version: VersionInput, targets: tuple[TargetInput, ...]) -> VersionInput:
    return VersionInput(**{**vars(version), "targets": targets})


def newest_number(agreement: Agreement) -> int:
    """Return the number of the version published last."""
    last = agreement.versions.order_by("-number").values_list("number", flat=True).first()
    return last or 0


def publish(agreement: Agreement, version: VersionInput, *, by: Viewer, now: datetime) -> AgreementVersion:
    """Check a version and write it; for actions that asked who may."""
    if version.valid_from < now:
        raise ValidInThePast(fields={"valid_from": ValidInThePast.default_message})
    _check(version)
    return write_version(agreement, version, by=by, now=now)


def _check(version: VersionInput) -> None:
    if not version.targets:
        raise NothingPromised
    if not 0 < version.warn_percent < version.crit_percent < 100:
        text = _("The warning has to come before the critical mark, and both before 100 %%.") % {}
        raise InvalidInput(fields={"crit_percent": text})
    if version.longest_pause_seconds is not None and version.longest_pause_seconds < HOUR:
        raise InvalidInput(fields={"longest_pause": InvalidInput.default_message})
    _check_steps(version)
    for target in version.targets:
        calendar = target.calendar or version.calendar
        try:
            seconds = target.amount.in_seconds(day_of(calendar, version.valid_from))
            hours_of(calendar.pk).deadline(version.valid_from, seconds)
        except CalendarProblem as problem:
            text = _("By the service hours “%(name)s” this would never be due.") % {"name": calendar.name}
            raise InvalidInput(message=text) from problem


def _check_steps(version: VersionInput) -> None:
    """A chain has each step once, for something promised, and names a team or a webhook where it needs one."""
    promised = {target.metric for target in version.targets}
    keys = [(step.metric, step.percent, step.action) for step in version.steps]
    text = None
    if len(set(keys)) < len(keys):
        text = _("A step of the escalation is there twice.")
    elif any(step.metric not in promised for step in version.steps):
        text = _("A step of the escalation waits for something that is not promised.")
    elif any((step.team is None) == (step.action is StepAction.REASSIGN) for step in version.steps):
        text = _("Giving a ticket to a team needs a team, and no other step has one.")
    elif any((step.endpoint is None) == (step.action is StepAction.CALL) for step in version.steps):
        text = _("Calling a webhook needs one, and no other step has one.")
    if text:
        raise InvalidInput(message=text)


def write_version(
    agreement: Agreement, version: VersionInput, *, by: Viewer, now: datetime
) -> AgreementVersion:
    row = AgreementVersion.objects.create(
        agreement=agreement,
        number=newest_number(agreement) + 1,
        valid_from=version.valid_from,
        calendar=version.calendar,
        pause_for_vendor=version.pause_for_vendor,
        pause_for_third=version.pause_for_third,
        longest_pause_seconds=version.longest_pause_seconds,
        restart_on_reopen=version.restart_on_reopen,
        takes_over=version.takes_over,
        warn_percent=version.warn_percent,
        crit_percent=version.crit_percent,
    )
    moment = max(version.valid_from, now)
    days = {
        calendar.pk: day_of(calendar, moment)
        for calendar in {one.calendar or version.calendar for one in version.targets}
    }
    Target.objects.bulk_create(
        Target(
            version=row,
            metric=one.metric,
            priority_id=one.priority,
            level=one.level,
            calendar=one.calendar if one.calendar != version.calendar else None,
            seconds=one.amount.in_seconds(days[(one.calendar or version.calendar).pk]),
            days=one.amount.days,
        )
        for one in version.targets
    )
    EscalationStep.objects.bulk_create(
        EscalationStep(
            version=row,
            metric=one.metric,
            percent=one.percent,
            action=one.action,
            team=one.team,
            endpoint=one.endpoint,
        )
        for one in version.steps
    )
    published = AgreementPublished(
        version_id=row.pk,
        number=row.number,
        valid_from=row.valid_from.isoformat(),
        takes_over=row.takes_over,
    )
    note(agreement, published, by=by, now=now)
    return row


def day_of(calendar: ServiceCalendar, moment: datetime) -> int:
    """Seconds of a working day by these service hours."""
    return day_seconds(hours_of(calendar.pk).at(moment).week)


def note(agreement: Agreement, data: EventData, *, by: Viewer, now: datetime) -> None:
    """Record what happened to an agreement."""
    record(data, subject=Subject("agreement", agreement.pk), actor=by.actor, at=now)
