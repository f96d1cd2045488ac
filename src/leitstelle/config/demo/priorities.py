"""Priorities of the demo company: people who are VIP, a customer's own matrix, one branch, and what was set by hand."""

from datetime import datetime

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.catalog import actions as catalog
from leitstelle.catalog import queries, rules
from leitstelle.catalog.models import Category
from leitstelle.config.demo.company import Company
from leitstelle.kernel.viewer import Hat
from leitstelle.tickets import actions
from leitstelle.tickets.models import ONGOING, Ticket

VIPS = ("reimers", "vonallmen", "schmitz")
BRANCH = "software.erp"
CUSTOMER = "rheinbogen"
LEAD, ADMINISTRATOR = "aydin", "falk"
BY_HAND = "Prüfung durch den TÜV morgen um 9 Uhr, bis dahin muss es laufen."


def mark_vips(company: Company) -> None:
    """Say who is important, before their tickets come in."""
    Person.objects.filter(pk__in=[company.people[key].pk for key in VIPS]).update(is_vip=True)


def change_priorities(company: Company, *, now: datetime) -> None:
    """Publish matrices after most tickets are there, so that some would have another priority by now."""
    by = viewer_for(company.people[ADMINISTRATOR], Hat.AGENT)
    customer = company.organisations[CUSTOMER]
    own = queries.matrix(customer.pk)
    catalog.set_priority_matrix(
        {**own, ("group", "hindered"): 1, ("person", "stopped"): 1},
        seen=rules.matrix_version(own),
        organisation=customer,
        by=by,
        now=now,
    )
    branch = Category.objects.get(key=BRANCH)
    there = queries.matrix(None, branch.pk)
    catalog.set_priority_matrix(
        {**there, ("person", "hindered"): 2},
        seen=rules.matrix_version(there),
        category=branch,
        by=by,
        now=now,
    )
    _by_hand(company, now)


def _by_hand(company: Company, now: datetime) -> None:
    """One ticket whose priority a lead set, and one that is major."""
    by = viewer_for(company.people[LEAD], Hat.AGENT)
    chosen = Ticket.objects.filter(ONGOING).order_by("priority_id", "pk")
    major = chosen.filter(priority_id=1).first() or chosen.first()
    if major is not None:
        actions.declare_major(major, by=by, now=now)
    mild = chosen.filter(priority_id=3).last()
    if mild is not None:
        wanted = actions.Classification(
            kind=mild.kind,
            category_id=mild.category_id,
            impact=mild.impact_id,
            urgency=mild.urgency_id,
            device_label=mild.device_label,
            priority=2,
            reason=BY_HAND,
        )
        actions.classify(mild, wanted, by=by, now=now)
