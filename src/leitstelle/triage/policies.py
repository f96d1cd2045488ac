"""Who sees and answers what triage proposes: whoever works on the ticket. Its figures are for leads, its switches for
administrators.
"""

from django.db.models import Exists, OuterRef, QuerySet

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import can_administer, may_write
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_work, on_visible_ticket
from leitstelle.triage.models import (
    Absence,
    Burst,
    BurstTicket,
    DryRun,
    Proposal,
    Routing,
    Rule,
    RuleVersion,
    Skill,
)


def visible_proposals(viewer: Viewer) -> QuerySet[Proposal]:
    """Return the proposals for tickets this viewer sees as agent."""
    if viewer.hat is Hat.REQUESTER:
        return Proposal.objects.none()
    return Proposal.objects.filter(on_visible_ticket(viewer))


def can_answer(viewer: Viewer, proposal: Proposal) -> bool:
    """Whoever works on the ticket accepts and dismisses what is proposed for it."""
    return can_work(viewer, proposal.ticket)


def can_see_figures(viewer: Viewer) -> bool:
    """Leads and administrators look at how good the proposals are."""
    return viewer.is_agent and (viewer.is_lead or viewer.is_admin)


def can_tune(viewer: Viewer) -> bool:
    """Administrators switch fields, set how sure a decision must be, and ask for a training."""
    return viewer.is_system or can_administer(viewer)


def visible_rules(viewer: Viewer) -> QuerySet[Rule]:
    """Agents read the rules: whoever works on a ticket may ask what sorted it."""
    return Rule.objects.all() if viewer.is_agent else Rule.objects.none()


def visible_rule_versions(viewer: Viewer) -> QuerySet[RuleVersion]:
    """Return former versions of the rules the viewer reads."""
    return RuleVersion.objects.filter(rule__in=visible_rules(viewer).values("pk"))


def can_manage_rules(viewer: Viewer) -> bool:
    """Administrators make, change, switch and move rules."""
    return viewer.is_system or can_administer(viewer)


def visible_dry_runs(viewer: Viewer) -> QuerySet[DryRun]:
    """Return the viewer's own trial runs; they show tickets the viewer may see."""
    if viewer.person_id is None or not can_see_figures(viewer):
        return DryRun.objects.none()
    return DryRun.objects.filter(owner_id=viewer.person_id)


def visible_routings(viewer: Viewer) -> QuerySet[Routing]:
    """Return what brought visible tickets where they are; for agents."""
    if viewer.hat is Hat.REQUESTER:
        return Routing.objects.none()
    return Routing.objects.filter(on_visible_ticket(viewer))


def can_lead(viewer: Viewer) -> bool:
    """Leads and administrators say how work is given out, what people can do and when they are away."""
    return viewer.is_system or (can_see_figures(viewer) and may_write(viewer))


def can_set_own_work(viewer: Viewer, person: Person) -> bool:
    """Agents say of themselves whether they take tickets, and which languages and sites; tokens never."""
    return viewer.is_agent and viewer.person_id == person.pk and viewer.token_scopes is None


def visible_skills(viewer: Viewer) -> QuerySet[Skill]:
    """Return the skills of the house, for agents."""
    return Skill.objects.all() if viewer.is_agent else Skill.objects.none()


def visible_absences(viewer: Viewer) -> QuerySet[Absence]:
    """Agents see who is away and who stands in."""
    return Absence.objects.all() if viewer.is_agent else Absence.objects.none()


def can_set_absence(viewer: Viewer, person: Person) -> bool:
    """Agents their own; leads and administrators everybody's."""
    return can_lead(viewer) or can_set_own_work(viewer, person)


def visible_bursts(viewer: Viewer) -> QuerySet[Burst]:
    """Return the bursts with at least one ticket this viewer sees as agent; of the others nothing is told."""
    if viewer.hat is Hat.REQUESTER:
        return Burst.objects.none()
    seen = BurstTicket.objects.filter(on_visible_ticket(viewer), burst=OuterRef("pk"))
    return Burst.objects.filter(Exists(seen))


def can_settle(viewer: Viewer, main: Ticket) -> bool:
    """Leads and administrators who work on the ticket that stands for all say whether it is an outage."""
    return (viewer.is_lead or viewer.is_admin) and can_work(viewer, main)
