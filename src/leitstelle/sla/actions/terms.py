"""What an agreement and its versions say, as values."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.accounts.models import Level, Organisation, Team
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category, Priority, Service
from leitstelle.contracts.models import CustomerContract
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.sla.choices import Metric, StepAction
from leitstelle.sla.models import AgreementVersion
from leitstelle.sla.rules.amounts import Amount


@dataclass(frozen=True)
class TargetInput:
    """One target; without a calendar it is counted by that of the version."""

    metric: Metric
    priority: int
    amount: Amount
    calendar: ServiceCalendar | None = None
    level: Level | None = None


@dataclass(frozen=True)
class StepInput:
    """One step of an escalation chain; `team` for reassigning, `endpoint` for a call."""

    metric: Metric
    percent: int
    action: StepAction
    team: Team | None = None
    endpoint: Endpoint | None = None


@dataclass(frozen=True)
class VersionInput:
    """All that a version says. `longest_pause_seconds` is elapsed time; `valid_from` (aware) not before now."""

    calendar: ServiceCalendar
    targets: tuple[TargetInput, ...]
    valid_from: datetime
    warn_percent: int = 75
    crit_percent: int = 90
    pause_for_vendor: bool = False
    pause_for_third: bool = True
    longest_pause_seconds: int | None = None
    restart_on_reopen: bool = False
    takes_over: bool = False
    steps: tuple[StepInput, ...] = ()


@dataclass(frozen=True)
class NewAgreement:
    """What an agreement is called and is for; empty fits everything. One for a contract is for its customer."""

    name: str
    version: VersionInput
    organisation: Organisation | None = None
    category: Category | None = None
    kind: str = ""
    priority: Priority | None = None
    contract: CustomerContract | None = None
    service: Service | None = None


def version_input(version: AgreementVersion, *, valid_from: datetime) -> VersionInput:
    """Return what a version says, to be published again with changes."""
    targets = version.targets.select_related("calendar", "level").order_by("pk")
    return VersionInput(
        calendar=version.calendar,
        targets=tuple(
            TargetInput(
                Metric(one.metric),
                one.priority_id,
                Amount(days=one.days) if one.days is not None else Amount(one.seconds),
                one.calendar,
                one.level,
            )
            for one in targets
        ),
        valid_from=valid_from,
        warn_percent=version.warn_percent,
        crit_percent=version.crit_percent,
        pause_for_vendor=version.pause_for_vendor,
        pause_for_third=version.pause_for_third,
        longest_pause_seconds=version.longest_pause_seconds,
        restart_on_reopen=version.restart_on_reopen,
        steps=tuple(
            StepInput(Metric(one.metric), one.percent, StepAction(one.action), one.team, one.endpoint)
            for one in version.steps.select_related("team", "endpoint")
        ),
    )
