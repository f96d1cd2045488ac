"""The agreement every house starts with."""

from datetime import UTC, datetime

from leitstelle.calendars.models import ServiceCalendar
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.choices import Metric
from leitstelle.sla.events import AgreementPublished
from leitstelle.sla.models import Agreement, AgreementVersion, Target

MINUTE, HOUR = 60, 3600

# Per priority rank: response and resolution in service time. Ten service hours are about a day.
TARGETS = {
    1: (30 * MINUTE, 4 * HOUR),
    2: (1 * HOUR, 8 * HOUR),
    3: (4 * HOUR, 24 * HOUR),
    4: (8 * HOUR, 45 * HOUR),
}

# Also tickets that are imported with an old date fall under the first version.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@unit()
def ensure_defaults(calendar: ServiceCalendar, *, name: str, now: datetime) -> Agreement:
    """Create the house's default agreement on `calendar` where none exists. Records `AgreementPublished`."""
    existing = Agreement.objects.filter(organisation__isnull=True, is_active=True).first()
    if existing is not None:
        return existing
    agreement = Agreement.objects.create(name=name)
    version = AgreementVersion.objects.create(
        agreement=agreement, number=1, valid_from=BEGINNING, calendar=calendar
    )
    Target.objects.bulk_create(
        Target(version=version, metric=metric, priority_id=rank, seconds=seconds)
        for rank, both in TARGETS.items()
        for metric, seconds in zip((Metric.RESPONSE, Metric.RESOLUTION), both, strict=True)
    )
    record(
        AgreementPublished(version_id=version.pk, number=1),
        subject=Subject("agreement", agreement.pk),
        actor=Viewer.system().actor,
        at=now,
    )
    return agreement
