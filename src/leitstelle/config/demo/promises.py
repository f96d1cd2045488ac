"""What the demo company promises beyond the shipped agreement: a customer with its own terms, levels with theirs."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from leitstelle.calendars.queries import default_calendar
from leitstelle.catalog.models import Category
from leitstelle.config.demo.company import Company
from leitstelle.contracts import actions as contracts
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla import actions
from leitstelle.sla.actions.shipped import BEGINNING
from leitstelle.sla.choices import Metric, StepAction
from leitstelle.sla.rules.amounts import HOUR, Amount

CUSTOMER, NAME = "rheinbogen", "Molkerei Gold"
CONTRACT_NAME = "Standleitung Molkerei"
# Per priority: response, next update, workaround, resolution.
_TERMS = {
    1: (Amount(HOUR // 2), Amount(HOUR), Amount(HOUR), Amount(3 * HOUR)),
    2: (Amount(HOUR), Amount(2 * HOUR), Amount(3 * HOUR), Amount(6 * HOUR)),
    3: (Amount(2 * HOUR), Amount(days=1), Amount(days=1), Amount(days=2)),
    4: (Amount(4 * HOUR), Amount(days=2), Amount(days=3), Amount(days=5)),
}
_METRICS = (Metric.RESPONSE, Metric.UPDATE, Metric.WORKAROUND, Metric.RESOLUTION)


def promise(company: Company, *, now: datetime) -> None:
    """Let one customer have an agreement of its own, in force since ever, and one for a contract of theirs."""
    desk = company.teams["desk"]
    targets = [
        actions.TargetInput(metric, rank, amount)
        for rank, amounts in _TERMS.items()
        for metric, amount in zip(_METRICS, amounts, strict=True)
    ]
    targets += [
        actions.TargetInput(Metric.INTERNAL, rank, Amount(2 * HOUR), level=desk.level) for rank in (1, 2, 3)
    ]
    steps = (
        actions.StepInput(Metric.RESOLUTION, 50, StepAction.REMIND),
        actions.StepInput(Metric.RESOLUTION, 80, StepAction.LEAD),
        actions.StepInput(Metric.RESOLUTION, 100, StepAction.LEAD),
    )
    version = actions.VersionInput(
        default_calendar(),
        tuple(targets),
        BEGINNING,
        pause_for_vendor=True,
        longest_pause_seconds=14 * 24 * HOUR,
        steps=steps,
    )
    new = actions.NewAgreement(NAME, version, organisation=company.organisations[CUSTOMER])
    actions.create_agreement(new, by=Viewer.system(), now=BEGINNING)
    _buy(company, version, now)


def _buy(company: Company, version: actions.VersionInput, now: datetime) -> None:
    """The same customer has contracts: one for its network with faster answers, and an old one that has ended."""
    by, customer, today = Viewer.system(), company.organisations[CUSTOMER], timezone.localdate(now)
    ended = contracts.CustomerContractInput(
        number="WV-2021-07",
        name="Wartungsvertrag Netz",
        valid_from=today - timedelta(days=1500),
        valid_until=today - timedelta(days=401),
        categories=tuple(Category.objects.filter(key="network")),
    )
    running = contracts.CustomerContractInput(
        number="RV-2025-014",
        name="Rahmenvertrag Netz",
        valid_from=today - timedelta(days=400),
        valid_until=today + timedelta(days=330),
        categories=tuple(Category.objects.filter(key="network")),
    )
    contracts.add_customer_contract(customer, ended, by=by, now=BEGINNING)
    contract = contracts.add_customer_contract(customer, running, by=by, now=BEGINNING)
    faster = tuple(
        actions.TargetInput(one.metric, one.priority, Amount(one.amount.seconds // 2))
        if one.metric is Metric.RESPONSE
        else one
        for one in version.targets
    )
    terms = replace(version, targets=faster)
    new = actions.NewAgreement(CONTRACT_NAME, terms, contract=contract)
    actions.create_agreement(new, by=by, now=BEGINNING)
