"""Agreements as values for the rules: candidates for a ticket, and what their versions promise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, Q, QuerySet

from leitstelle.calendars.queries import hours_of_each, hours_of_each_in_use
from leitstelle.calendars.rules import ServiceHours
from leitstelle.contracts.queries import category_paths, covers_of
from leitstelle.contracts.rules.coverage import Cover
from leitstelle.kernel.events import Standing, standing
from leitstelle.kernel.kept import kept
from leitstelle.sla.choices import Metric
from leitstelle.sla.models import Agreement, AgreementVersion
from leitstelle.sla.rules.clocks import Offer, Terms
from leitstelle.sla.rules.facts import PauseTerms
from leitstelle.sla.rules.precedence import Candidate, Case, Scope, VersionTimes, judge, winner
from leitstelle.tickets.models import Ticket


@dataclass(frozen=True)
class Aim:
    """One target as promised: service seconds, and the service hours they are counted in."""

    metric: Metric
    priority: int
    level: int | None
    seconds: int
    days: int | None
    calendar_id: int


@dataclass(frozen=True)
class Promise:
    """An agreement version with its targets and hours, ready for the arithmetic."""

    version: AgreementVersion
    hours: ServiceHours
    aims: tuple[Aim, ...]
    hours_by_calendar: Mapping[int, ServiceHours]
    alarms: Mapping[str, tuple[int, ...]]

    def terms(self, metric: Metric, level: int | None = None) -> Terms:
        """What is promised in this metric; `level` for the internal target of a support level."""
        aims = [aim for aim in self.aims if aim.metric is metric and aim.level == level]
        return Terms(
            {aim.priority: aim.seconds for aim in aims},
            self.version.warn_percent,
            self.version.crit_percent,
            {
                aim.priority: self.hours_by_calendar[aim.calendar_id]
                for aim in aims
                if aim.calendar_id != self.version.calendar_id
            },
            self.alarms.get(metric, ()),
            self.version.longest_pause_seconds,
            self.version.restart_on_reopen,
        )

    def offer(self, metric: Metric, level: int | None = None) -> Offer:
        return Offer(self.terms(metric, level), self.hours)

    def calendar_id(self, metric: Metric, priority: int, level: int | None = None) -> int:
        """The service hours that count for a metric at a priority."""
        wanted = (metric, priority, level)
        found = (one.calendar_id for one in self.aims if (one.metric, one.priority, one.level) == wanted)
        return next(found, self.version.calendar_id)

    @property
    def levels(self) -> list[int]:
        """The support levels with an internal target."""
        return sorted({aim.level for aim in self.aims if aim.level is not None})

    @property
    def pauses(self) -> PauseTerms:
        return PauseTerms(vendor=self.version.pause_for_vendor, third=self.version.pause_for_third)


@dataclass(frozen=True)
class Terrain:
    """The agreements that may concern a ticket, and their versions by id.

    `paths` leads from the id of a category to its branch, empty where no agreement asks for one. `standing` is where
    the master data stood that it was read from, `None` where nobody asked.
    """

    candidates: tuple[Candidate, ...]
    versions: Mapping[int, AgreementVersion]
    paths: Mapping[str, str]
    standing: Standing | None = None


# What terrains and promises are read from, as the journal calls it; customers are asked for one by one.
_READ_FROM = ("agreement", "calendar", "category", "customer_contract", "house")


def terrain_of(organisation_ids: Iterable[int | None]) -> Terrain:
    """Return the agreements of the house and of these customers, ended ones too; one query."""
    return _terrain(_versions_of(organisation_ids))


@kept("agreement", "organisation", "customer_contract", "house")
def terrain_in_use(organisation_ids: tuple[int | None, ...]) -> Terrain:
    """Return `terrain_of` as this process knows it; for showing, not for setting deadlines."""
    return terrain_of(organisation_ids)


def terrain_now(organisation_ids: tuple[int | None, ...]) -> Terrain:
    """Return `terrain_of` as it is now: from memory where nothing happened to it since. For setting deadlines."""
    if not settings.MASTER_DATA_SECONDS:
        return terrain_of(organisation_ids)
    customers = [pk for pk in organisation_ids if pk is not None]
    return _terrain_at(standing(_READ_FROM, {"organisation": customers}), organisation_ids)


@kept(*_READ_FROM, "organisation")
def _terrain_at(stands: Standing, organisation_ids: tuple[int | None, ...]) -> Terrain:
    return replace(terrain_of(organisation_ids), standing=stands)


def whole_terrain() -> Terrain:
    """Return every agreement, for the pages that keep them."""
    return _terrain(AgreementVersion.objects.select_related("agreement"))


def _versions_of(organisation_ids: Iterable[int | None]) -> QuerySet[AgreementVersion]:
    whose = Q(agreement__organisation__isnull=True)
    if ids := [pk for pk in organisation_ids if pk is not None]:
        whose |= Q(agreement__organisation__in=ids)
    return AgreementVersion.objects.filter(whose).select_related("agreement")


def _terrain(rows: QuerySet[AgreementVersion]) -> Terrain:
    counting = rows.filter(Q(agreement__is_active=True) | Q(agreement__ended_at__isnull=False))
    versions = list(counting.order_by(F("agreement_id"), "valid_from", "number"))
    by_agreement: dict[int, list[AgreementVersion]] = {}
    for version in versions:
        by_agreement.setdefault(version.agreement_id, []).append(version)
    covers = covers_of(
        version.agreement.contract_id for version in versions if version.agreement.contract_id is not None
    )
    asks = any(version.agreement.category_id is not None for version in versions)
    asks = asks or any(term.branches for cover in covers.values() for term in cover.terms)
    paths = category_paths() if asks else {}
    candidates = tuple(_candidate(own[0].agreement, own, paths, covers) for own in by_agreement.values())
    return Terrain(candidates, {version.pk: version for version in versions}, paths)


def _candidate(
    agreement: Agreement,
    versions: Iterable[AgreementVersion],
    paths: Mapping[str, str],
    covers: Mapping[int, Cover],
) -> Candidate:
    times = tuple(VersionTimes(one.pk, one.valid_from, one.takes_over) for one in versions)
    ended_at = None if agreement.is_active else agreement.ended_at
    cover = covers.get(agreement.contract_id or 0)
    return Candidate(agreement.pk, agreement.name, _scope(agreement, paths), times, ended_at, cover)


def _scope(agreement: Agreement, paths: Mapping[str, str]) -> Scope:
    category = paths.get(str(agreement.category_id or ""), "")
    return Scope(
        agreement.organisation_id,
        category,
        agreement.kind,
        agreement.priority_id,
        agreement.contract_id,
        agreement.service_id,
    )


def promise_of(version: AgreementVersion) -> Promise:
    """Load targets and service hours of a version; one query where its targets are known."""
    aims, alarms = _contents(version)
    calendars = hours_of_each(_calendars(version, aims))
    return Promise(version, calendars[version.calendar_id], aims, calendars, alarms)


def promise_now(version: AgreementVersion, terrain: Terrain) -> Promise:
    """Return `promise_of` a version of a terrain by `terrain_now`, as it is now. For setting deadlines."""
    return promise_of(version) if terrain.standing is None else _promise_at(terrain.standing, version)


@kept(*_READ_FROM)
def _promise_at(stands: Standing, version: AgreementVersion) -> Promise:
    return promise_of(version)


@kept("agreement", "calendar")
def promise_kept(version: AgreementVersion) -> Promise:
    """Return `promise_of` as this process knows it; for showing, not for setting deadlines."""
    aims, alarms = _contents(version)
    calendars = hours_of_each_in_use(tuple(_calendars(version, aims)))
    return Promise(version, calendars[version.calendar_id], aims, calendars, alarms)


def _calendars(version: AgreementVersion, aims: Iterable[Aim]) -> list[int]:
    return sorted({version.calendar_id, *(aim.calendar_id for aim in aims)})


def _contents(version: AgreementVersion) -> tuple[tuple[Aim, ...], dict[str, tuple[int, ...]]]:
    """Targets and alarms of a version. They never change, so a process reads them once."""
    key = f"sla-version:{version.pk}"
    found: tuple[tuple[Aim, ...], dict[str, tuple[int, ...]]] | None = cache.get(key)
    if found is None:
        aims = tuple(
            Aim(
                metric=Metric(one.metric),
                priority=one.priority_id,
                level=one.level_id,
                seconds=one.seconds,
                days=one.days,
                calendar_id=one.calendar_id or version.calendar_id,
            )
            for one in version.targets.order_by("pk")
        )
        alarms: dict[str, tuple[int, ...]] = {}
        for step in version.steps.all():
            alarms[step.metric] = (*alarms.get(step.metric, ()), step.percent)
        found = aims, alarms
        cache.set(key, found, None)
    return found


def promise_in_use(organisation_id: int | None, opened_at: datetime) -> Promise | None:
    """Return what holds for an ordinary ticket of a customer opened then, as this process knows it.

    Ordinary: of no category, service, kind or priority that an agreement or a contract asks for.
    """
    terrain = terrain_in_use((organisation_id,))
    judged = judge(terrain.candidates, Case(organisation_id, "", "", 0), opened_at=opened_at, at=opened_at)
    best = winner(judged)
    return (
        promise_kept(terrain.versions[best.version])
        if best is not None and best.version is not None
        else None
    )


def house_agreement() -> Agreement | None:
    """The agreement of whoever has none of their own."""
    rows = Agreement.objects.filter(
        organisation__isnull=True,
        category__isnull=True,
        service__isnull=True,
        kind="",
        priority__isnull=True,
        is_active=True,
    )
    return rows.order_by("pk").first()


def case_of(ticket: Ticket, category: str) -> Case:
    """What a ticket is now; `category` is the branch of its category."""
    return Case(ticket.organisation_id, category, ticket.kind, ticket.priority_id, ticket.service_id)
