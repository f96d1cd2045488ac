"""Going through guides on a ticket. What was answered stays with the version it was asked by."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import F

from leitstelle.catalog.models import Category
from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge.choices import Field, QuestionKind
from leitstelle.knowledge.queries import Offered, read_stored
from leitstelle.knowledge.rules.guides import Guide
from leitstelle.knowledge.rules.walking import Walk, walk
from leitstelle.tickets.actions.base import need_worker, record_on
from leitstelle.tickets.actions.classification import Classification, classify
from leitstelle.tickets.events import GuideAnswered, GuideBegun
from leitstelle.tickets.models import GuideRun, Ticket


@unit()
def begin_guide(ticket: Ticket, offered: Offered, *, by: Viewer, now: datetime) -> GuideRun:
    """Begin a guide on a ticket, in the version that counts now; once per guide. Agents. Records `GuideBegun`.

    Raises `NotAllowed`.
    """
    need_worker(by, ticket)
    return _begin(ticket, offered, by, now)


@unit()
def answer_guide(
    run: GuideRun,
    answers: Mapping[str, str],
    done: Collection[str],
    *,
    version: int | None = None,
    by: Viewer,
    now: datetime,
) -> GuideRun:
    """Keep what was answered and ticked off; answers off the path are dropped. Agents. Records `GuideAnswered`.

    `version` is the one the agent saw. Raises `NotAllowed`, `Conflict`. Nothing changed: nothing is recorded.
    """
    need_worker(by, run.ticket)
    return _answer(run, answers, done, version, desk=True, by=by, now=now)


@unit()
def bring_guide(
    ticket: Ticket, offered: Offered, answers: Mapping[str, str], *, by: Viewer, now: datetime
) -> GuideRun:
    """Keep a guide that was gone through before the ticket was there. Its requester, agents and the product: who takes
    a call may open tickets for teams whose tickets they do not see.

    Records `GuideBegun` and `GuideAnswered`. Raises `NotAllowed`.
    """
    if not (by.is_agent or (by.person_id is not None and by.person_id == ticket.requester_id)):
        raise NotAllowed()
    run = _begin(ticket, offered, by, now)
    # The product brings what a visitor answered who is no agent.
    return _answer(run, answers, run.done, None, desk=by.is_agent and not by.is_system, by=by, now=now)


@unit()
def apply_guide(run: GuideRun, *, by: Viewer, now: datetime) -> Ticket:
    """Sort the ticket as the guide says; what it does not say stays. Agents. Records `TicketClassified`.

    Raises as `classify`.
    """
    ticket, found = run.ticket, walked(run).outcome
    category = Category.objects.filter(key=found.category, is_active=True).first() if found.category else None
    wanted = Classification(
        kind=found.kind or ticket.kind,
        category_id=category.pk if category else ticket.category_id,
        impact=found.impact or ticket.impact_id,
        urgency=found.urgency or ticket.urgency_id,
        device_label=ticket.device_label or walked(run).field(Field.DEVICE),
        priority=ticket.priority_id if ticket.priority_is_manual else None,
        reason=ticket.priority_reason,
    )
    return classify(ticket, wanted, by=by, now=now)


def walked(run: GuideRun, *, desk: bool = True) -> Walk:
    """Where a run stands, by the version it began with."""
    return walk(read_stored(run.guide_version.source), run.answers, desk=desk)


def _begin(ticket: Ticket, offered: Offered, by: Viewer, now: datetime) -> GuideRun:
    run, created = GuideRun.objects.get_or_create(
        ticket=ticket,
        guide_id=offered.id,
        defaults={"guide_version_id": offered.version_id, "started_at": now},
    )
    if created:
        record_on(ticket, GuideBegun(guide_id=offered.id, number=offered.number), by=by, at=now)
    return run


def _answer(
    run: GuideRun,
    answers: Mapping[str, str],
    done: Collection[str],
    version: int | None,
    *,
    desk: bool,
    by: Viewer,
    now: datetime,
) -> GuideRun:
    guide = read_stored(run.guide_version.source)
    answers = _beside(guide, run.answers, answers, desk=desk)
    found = walk(guide, answers, desk=desk)
    # What one face does not ask, or not yet, stays for the other.
    given = walk(guide, answers, desk=not desk).given | found.given
    ticked = [check.key for check in guide.checklist if check.key in done]
    values = {"answers": given, "done": ticked, "is_complete": found.is_done}
    if all(getattr(run, name) == value for name, value in values.items()):
        return run
    seen = run.version if version is None else version
    if not GuideRun.objects.filter(pk=run.pk, version=seen).update(**values, version=F("version") + 1):
        theirs = GuideRun.objects.get(pk=run.pk)
        raise Conflict(theirs={"answers": theirs.answers}, ours={"answers": given})
    run.refresh_from_db()
    record_on(run.ticket, _event(run, found), by=by, at=now)
    return run


def _beside(
    guide: Guide, known: Mapping[str, str], answers: Mapping[str, str], *, desk: bool
) -> dict[str, str]:
    """Answers with what is known of questions that this face did not show: to the desk those further on, to others
    those that only the desk is asked."""
    own = {question.key for question in guide.questions if question.desk}
    return {key: value for key, value in known.items() if desk or key in own} | dict(answers)


def _event(run: GuideRun, found: Walk) -> GuideAnswered:
    """Codes only: what people wrote stays in the run."""
    given = [step for step in found.steps if step.given]
    texts = [step.question.key for step in given if step.question.kind is QuestionKind.TEXT]
    return GuideAnswered(
        guide_id=run.guide_id,
        number=run.guide_version.number,
        chosen=tuple((step.question.key, step.given) for step in given if step.question.key not in texts),
        texts=tuple(texts),
        done=tuple(run.done),
        is_complete=found.is_done,
    )
