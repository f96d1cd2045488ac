"""The steps of a story, each done with the ordinary actions by whoever the story says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from leitstelle.config.demo import vendors
from leitstelle.config.demo.scene import KINDS, TALKS, Data, Scene
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction, HandoverState, StatusType
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.triage.actions.answering import note_choices

WAITING = {"requester": "waiting_requester", "vendor": "waiting_vendor", "third": "waiting_third"}


def _sort(scene: Scene) -> None:
    """Whoever takes a mail says what it is about where nobody has; that answers what was proposed."""
    story, ticket = scene.story.conversation, scene.ticket
    wanted = actions.Classification(
        kind=KINDS.get(story["kind"]) or story["kind"],
        category_id=scene.categories.get(story["category"]),
        impact=story["impact"],
        urgency=story["urgency"],
        device_label=ticket.device_label,
    )
    before = {name: getattr(ticket, f"{name}_id") for name in ("category", "impact", "urgency")}
    actions.classify(ticket, wanted, by=scene.viewer(scene.worker), now=scene.moment - timedelta(seconds=10))
    changed = {name for name, value in before.items() if getattr(ticket, f"{name}_id") != value}
    note_choices(ticket, changed, by=Viewer.system(), now=scene.moment - timedelta(seconds=10))


def somebody_works(scene: Scene) -> None:
    """The first step of the desk takes the ticket; the first one after a handover accepts it."""
    if scene.worker:
        return
    scene.worker = scene.pick_worker()
    viewer = scene.viewer(scene.worker)
    offered = scene.ticket.handovers.filter(state=HandoverState.OFFERED).first()
    if offered is not None:
        offered.ticket = scene.ticket
        actions.accept_handover(offered, by=viewer, now=scene.moment - timedelta(seconds=15))
        scene.ticket.refresh_from_db()
    else:
        actions.take_ticket(scene.ticket, by=viewer, now=scene.moment - timedelta(seconds=15))
    if scene.unsorted:
        _sort(scene)


def _message(scene: Scene, step: Data, text: str, **values: Any) -> None:
    defaults: dict[str, Any] = {
        "direction": Direction.INBOUND,
        "channel": Channel.MAIL,
        "audience": Audience.PUBLIC,
        "at": scene.moment,
    }
    by = values.pop("by")
    actions.add_message(scene.ticket, NewMessage(text=text, **(defaults | values)), by=by, now=scene.moment)


def _auto(scene: Scene, step: Data) -> None:
    if scene.story.conversation["channel"] in TALKS:
        return  # whoever was spoken to needs no receipt
    _message(
        scene,
        step,
        scene.words.auto(step["template"]),
        direction=Direction.OUTBOUND,
        automatic_kind="acknowledgement",
        from_name="Leitstelle",
        recipients=reply_recipients(scene.ticket),
        by=Viewer.system(),
    )


def _requester_writes(scene: Scene, step: Data) -> None:
    person = scene.story.requester
    channel = Channel(step.get("channel", _usual_channel(scene)))
    _message(
        scene,
        step,
        scene.words.say(step["text"], person),
        channel=channel,
        author_id=scene.requester.pk,
        by=scene.viewer(person, Hat.REQUESTER),
    )


def _usual_channel(scene: Scene) -> str:
    channel = scene.story.conversation["channel"]
    return channel if channel in (Channel.MAIL, Channel.PORTAL) else Channel.MAIL


def _reply(scene: Scene, step: Data) -> None:
    author = scene.author(step)
    _message(
        scene,
        step,
        scene.words.say(step["text"], author),
        direction=Direction.OUTBOUND,
        author_id=scene.company.people[author].pk,
        author_is_agent=True,
        recipients=reply_recipients(scene.ticket),
        by=scene.viewer(author),
    )
    _wait_after(scene, step)


def _call(scene: Scene, step: Data) -> None:
    author = scene.author(step)
    _message(
        scene,
        step,
        scene.words.say(step["text"], author),
        direction=Direction.OUTBOUND,
        channel=Channel.PHONE,
        author_id=scene.company.people[author].pk,
        author_is_agent=True,
        by=scene.viewer(author),
    )
    _wait_after(scene, step)


def _note(scene: Scene, step: Data) -> None:
    author = scene.author(step)
    text = scene.words.say(step["text"], author)
    _message(
        scene,
        step,
        text,
        direction=Direction.INTERNAL,
        channel=Channel.WORKSPACE,
        audience=Audience.INTERNAL,
        author_id=scene.company.people[author].pk,
        author_is_agent=True,
        by=scene.viewer(author),
    )


def _vendor(scene: Scene, step: Data) -> None:
    author, outgoing = scene.author(step), step.get("direction", "out") == "out"
    text, by = scene.words.say(step["text"], author), scene.viewer(author)
    case = scene.ticket.vendor_cases.select_related("vendor").first()
    if case is None:
        asked = text if outgoing else f"Guten Tag, bitte prüfen Sie: {scene.ticket.subject}"
        case = vendors.ask(scene.company, scene.ticket, asked, by=by, now=scene.moment)
        if outgoing:
            return
    case.ticket = scene.ticket
    if outgoing:
        actions.write_to_vendor(case, text, by=by, now=scene.moment)
    else:
        vendors.answer(case, text, now=scene.moment)


def _wait_after(scene: Scene, step: Data) -> None:
    if "wait" in step:
        _wait(scene, {**step, "for": step["wait"]})


def _wait(scene: Scene, step: Data) -> None:
    viewer, reason = scene.viewer(scene.worker), scene.words.say(step.get("reason", ""), scene.worker)
    if step["for"] == "scheduled":
        until = scene.hours.deadline(scene.moment, 8 * 3600)
        actions.schedule_work(scene.ticket, until=until, reason=reason, by=viewer, now=scene.moment)
    elif scene.ticket.status_id != WAITING[step["for"]]:
        status = WAITING[step["for"]]
        actions.wait_for(
            scene.ticket, status, reason=reason or "Rückfrage gestellt", by=viewer, now=scene.moment
        )


def _resume(scene: Scene, step: Data) -> None:
    if scene.ticket.status_type in (StatusType.WAITING, StatusType.SCHEDULED):
        actions.continue_work(scene.ticket, by=scene.viewer(scene.worker), now=scene.moment)
    if step.get("reason"):
        _note(scene, {**step, "text": step["reason"]})


def _handover(scene: Scene, step: Data) -> None:
    say = scene.words.say
    offer = actions.HandoverOffer(
        to_team=scene.company.teams[step["to"]],
        reason=say(step["reason"], scene.worker),
        tried=say(step["tried"], scene.worker),
        findings=say(step.get("findings", ""), scene.worker),
    )
    actions.hand_over(scene.ticket, offer, by=scene.viewer(scene.worker), now=scene.moment)
    scene.teams_before.append(scene.team)
    scene.team, scene.worker = step["to"], ""


def _return(scene: Scene, step: Data) -> None:
    """Given back after it was accepted: a handover the other way, or a return where it is still open."""
    before = scene.teams_before.pop() if scene.teams_before else "desk"
    text = scene.words.say(step["text"], scene.worker)
    offer = actions.HandoverOffer(to_team=scene.company.teams[before], reason=text, tried=text)
    actions.hand_over(scene.ticket, offer, by=scene.viewer(scene.worker), now=scene.moment)
    scene.team, scene.worker = before, ""


def _reclassify(scene: Scene, step: Data) -> None:
    ticket, viewer = scene.ticket, scene.viewer(scene.worker)
    category = scene.categories.get(step["category"]) if "category" in step else ticket.category_id
    wanted = actions.Classification(
        kind=str(KINDS.get(step.get("kind", "")) or step.get("kind", ticket.kind)),
        category_id=category,
        impact=step.get("impact", ticket.impact_id),
        urgency=step.get("urgency", ticket.urgency_id),
        device_label=ticket.device_label,
    )
    actions.classify(ticket, wanted, by=viewer, now=scene.moment)
    if step.get("text"):
        _note(scene, step)


def _resolve(scene: Scene, step: Data) -> None:
    _reply(scene, step)
    actions.resolve_ticket(scene.ticket, code=step["code"], by=scene.viewer(scene.worker), now=scene.moment)


def _confirm(scene: Scene, step: Data) -> None:
    """A thank-you stands before the confirmation, or it would reopen the ticket."""
    if scene.ticket.status_type == StatusType.RESOLVED:
        actions.confirm_solution(
            scene.ticket, by=scene.viewer(scene.story.requester, Hat.REQUESTER), now=scene.moment
        )


def _reopen(scene: Scene, step: Data) -> None:
    _requester_writes(scene, step)


def _close(scene: Scene, step: Data) -> None:
    if scene.ticket.status_type == StatusType.RESOLVED:
        actions.close_ticket(scene.ticket, by=scene.viewer(scene.worker), now=scene.moment)


def _reject(scene: Scene, step: Data) -> None:
    _reply(scene, step)
    reason = scene.words.say(step["text"], scene.worker)
    actions.reject_ticket(scene.ticket, reason=reason, by=scene.viewer(scene.worker), now=scene.moment)


DO: dict[str, Callable[[Scene, Data], None]] = {
    "auto": _auto,
    "message": _requester_writes,
    "reply": _reply,
    "call": _call,
    "note": _note,
    "vendor": _vendor,
    "wait": _wait,
    "resume": _resume,
    "handover": _handover,
    "return": _return,
    "reclassify": _reclassify,
    "escalate": _note,
    "resolve": _resolve,
    "confirm": _confirm,
    "reopen": _reopen,
    "close": _close,
    "reject": _reject,
}
