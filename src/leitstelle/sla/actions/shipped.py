"""The agreement every house starts with."""

from datetime import UTC, datetime

from leitstelle.calendars.actions import ALWAYS
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.actions.publishing import day_of, write_version
from leitstelle.sla.actions.terms import TargetInput, VersionInput
from leitstelle.sla.choices import Metric
from leitstelle.sla.models import Agreement
from leitstelle.sla.rules.amounts import HOUR, Amount

# Response and resolution per priority rank; a workaround is due in half of the resolution.
TARGETS = {
    1: (Amount(1 * HOUR), Amount(4 * HOUR)),
    2: (Amount(2 * HOUR), Amount(8 * HOUR)),
    3: (Amount(4 * HOUR), Amount(days=3)),
    4: (Amount(days=1), Amount(days=10)),
}
# What is critical is counted around the clock.
AROUND_THE_CLOCK = 1

# Also tickets that are imported with an old date fall under the first version.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@unit()
def ensure_defaults(calendar: ServiceCalendar, *, name: str, now: datetime) -> Agreement:
    """Create the agreement for everything on `calendar` where none exists. Records `AgreementPublished`.

    A desk that has one keeps it as it is.
    """
    existing = Agreement.objects.filter(
        organisation=None, category=None, service=None, kind="", priority=None, is_active=True
    ).first()
    if existing is not None:
        return existing
    agreement = Agreement.objects.create(name=name)
    always = ServiceCalendar.objects.filter(organisation=None, key=ALWAYS).first()
    shipped = [
        TargetInput(metric, rank, amount, always if rank == AROUND_THE_CLOCK else None)
        for rank, both in TARGETS.items()
        for metric, amount in zip((Metric.RESPONSE, Metric.RESOLUTION), both, strict=True)
    ]
    version = VersionInput(calendar, tuple(with_workarounds(shipped, calendar, now)), BEGINNING)
    write_version(agreement, version, by=Viewer.system(), now=now)
    return agreement


def with_workarounds(
    targets: list[TargetInput], calendar: ServiceCalendar, now: datetime
) -> list[TargetInput]:
    """Add to each resolution a workaround in half of its service time."""
    found = list(targets)
    for one in targets:
        if one.metric is Metric.RESOLUTION:
            whole = one.amount.in_seconds(day_of(one.calendar or calendar, now))
            half = Amount(whole // 2)
            found.append(TargetInput(Metric.WORKAROUND, one.priority, half, one.calendar))
    return found
