"""Making agreements: the first version, another name, an end."""

from datetime import datetime

from leitstelle.accounts.policies import require
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.actions.publishing import note, publish
from leitstelle.sla.actions.terms import NewAgreement
from leitstelle.sla.errors import AgreementOverlaps, HouseAgreementStays
from leitstelle.sla.events import (
    AgreementCreated,
    AgreementEnded,
    AgreementRenamed,
    AgreementRestored,
)
from leitstelle.sla.labels import CONTRACT_OF_ANOTHER
from leitstelle.sla.models import Agreement
from leitstelle.sla.policies import can_edit_agreements
from leitstelle.sla.queries.words import scope_words


@unit()
def create_agreement(new: NewAgreement, *, by: Viewer, now: datetime) -> Agreement:
    """Make an agreement with its first version. Administrators only.

    Records `AgreementCreated` and `AgreementPublished`. Raises `NotAllowed`, `AgreementOverlaps`, `ValidInThePast`,
    `NothingPromised`, `InvalidInput`.
    """
    require(can_edit_agreements(by))
    organisation = new.contract.organisation if new.contract is not None else new.organisation
    if new.organisation is not None and new.organisation != organisation:
        raise InvalidInput(fields={"contract": CONTRACT_OF_ANOTHER})
    agreement = Agreement(
        name=new.name.strip()[:120],
        organisation=organisation,
        contract=new.contract,
        category=new.category,
        service=new.service,
        kind=new.kind,
        priority=new.priority,
    )
    _refuse_overlap(agreement)
    agreement.save(force_insert=True)
    created = AgreementCreated(
        organisation_id=agreement.organisation_id,
        category_id=agreement.category_id,
        service_id=agreement.service_id,
        kind=agreement.kind,
        priority=agreement.priority_id,
        contract_id=agreement.contract_id,
    )
    note(agreement, created, by=by, now=now)
    publish(agreement, new.version, by=by, now=now)
    return agreement


@unit()
def rename_agreement(agreement: Agreement, name: str, *, by: Viewer, now: datetime) -> Agreement:
    """Give an agreement another name. Administrators only. Records `AgreementRenamed`, nothing for the same name."""
    require(can_edit_agreements(by))
    wanted = name.strip()[:120]
    if not wanted:
        raise InvalidInput(fields={"name": InvalidInput.default_message})
    if Agreement.objects.filter(pk=agreement.pk).exclude(name=wanted).update(name=wanted):
        note(agreement, AgreementRenamed(), by=by, now=now)
    agreement.name = wanted
    return agreement


@unit()
def end_agreement(agreement: Agreement, *, by: Viewer, now: datetime) -> Agreement:
    """Let tickets opened from now on not fall under it; those that do keep it. Administrators only.

    Records `AgreementEnded`, nothing where it ended already. Raises `HouseAgreementStays` for the one for everything.
    """
    require(can_edit_agreements(by))
    if agreement.is_for_everything:
        raise HouseAgreementStays
    if Agreement.objects.filter(pk=agreement.pk, is_active=True).update(is_active=False, ended_at=now):
        agreement.is_active, agreement.ended_at = False, now
        note(agreement, AgreementEnded(), by=by, now=now)
    return agreement


@unit()
def restore_agreement(agreement: Agreement, *, by: Viewer, now: datetime) -> Agreement:
    """Let an ended agreement hold again. Administrators only. Records `AgreementRestored`. Raises `AgreementOverlaps`.

    Tickets that were opened while it had ended stay without it.
    """
    require(can_edit_agreements(by))
    if agreement.is_active:
        return agreement
    _refuse_overlap(agreement)
    Agreement.objects.filter(pk=agreement.pk).update(is_active=True, ended_at=None)
    agreement.is_active, agreement.ended_at = True, None
    note(agreement, AgreementRestored(), by=by, now=now)
    return agreement


def _refuse_overlap(agreement: Agreement) -> None:
    """Raise `AgreementOverlaps` where another one in force is for exactly the same."""
    other = Agreement.objects.filter(
        organisation=agreement.organisation,
        contract=agreement.contract,
        category=agreement.category,
        service=agreement.service,
        kind=agreement.kind,
        priority=agreement.priority,
        is_active=True,
    )
    found = other.exclude(pk=agreement.pk).first()
    if found is not None:
        raise AgreementOverlaps(name=agreement.name, other=found.name, scope=scope_words(agreement))
