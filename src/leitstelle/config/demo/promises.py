"""What the demo company promises beyond the shipped agreement: a customer with its own terms, levels with theirs."""

from leitstelle.calendars.queries import default_calendar
from leitstelle.config.demo.company import Company
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla import actions
from leitstelle.sla.actions.shipped import BEGINNING
from leitstelle.sla.choices import Metric, StepAction
from leitstelle.sla.rules.amounts import HOUR, Amount

CUSTOMER, NAME = "rheinbogen", "Molkerei Gold"
# Per priority: response, next update, workaround, resolution.
_TERMS = {
    1: (Amount(HOUR // 2), Amount(HOUR), Amount(HOUR), Amount(3 * HOUR)),
    2: (Amount(HOUR), Amount(2 * HOUR), Amount(3 * HOUR), Amount(6 * HOUR)),
    3: (Amount(2 * HOUR), Amount(days=1), Amount(days=1), Amount(days=2)),
    4: (Amount(4 * HOUR), Amount(days=2), Amount(days=3), Amount(days=5)),
}
_METRICS = (Metric.RESPONSE, Metric.UPDATE, Metric.WORKAROUND, Metric.RESOLUTION)


def promise(company: Company) -> None:
    """Let one customer have an agreement of its own, in force since ever."""
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
