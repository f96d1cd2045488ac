"""Which agreement would apply to a ticket opened now, and the version in force."""

from collections.abc import Iterable
from datetime import datetime

from leitstelle.sla.models import Agreement, AgreementVersion
from leitstelle.sla.queries.promises import whole_terrain
from leitstelle.sla.rules.precedence import Case, Judgement, judge, winner


def in_force(agreement: Agreement, now: datetime) -> AgreementVersion | None:
    """The version for tickets opened now; the first one to come where none holds yet."""
    versions: Iterable[AgreementVersion] = agreement.versions.all()
    ordered = sorted(versions, key=lambda one: (one.valid_from, one.number))
    holding = [one for one in ordered if one.valid_from <= now]
    return holding[-1] if holding else next(iter(ordered), None)


def judged(
    case: Case, now: datetime
) -> tuple[list[tuple[Agreement, Judgement]], Judgement | None, AgreementVersion | None]:
    """Return every agreement with its verdict, the one that applies, and its version."""
    terrain = whole_terrain()
    judgements = judge(terrain.candidates, case, opened_at=now, at=now)
    best = winner(judgements)
    rows = Agreement.objects.select_related(
        "organisation", "contract", "category", "service", "priority"
    ).in_bulk()
    version = terrain.versions[best.version] if best is not None and best.version is not None else None
    return [(rows[one.candidate.agreement], one) for one in judgements], best, version
