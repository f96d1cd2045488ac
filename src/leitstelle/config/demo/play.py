"""Living through one story with the ordinary actions, at the times the story says."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.calendars.rules import ServiceHours
from leitstelle.catalog.models import Category
from leitstelle.config.demo import vendors
from leitstelle.config.demo.company import Company
from leitstelle.config.demo.papers import paper_for
from leitstelle.config.demo.stories import ZONE, Story
from leitstelle.config.demo.words import Words
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction, HandoverState, Kind, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.triage.actions.answering import note_choices
from leitstelle.triage.actions.proposing import propose

Data = dict[str, Any]
KINDS = {"problem": "incident"}
TALKS = (Channel.PHONE, Channel.WALK_IN)
WAITING = {"requester": "waiting_requester", "vendor": "waiting_vendor", "third": "waiting_third"}


@dataclass
class Scene:
    """A story under way: its ticket, who works on it, and what time it is there."""

    company: Company
    story: Story
    words: Words
    hours: ServiceHours
    chance: random.Random
    end: datetime
    categories: dict[str, int]
    load: dict[str, int]
    moment: datetime
    ticket: Ticket = field(init=False)
    proposes: bool = False
    team: str = "desk"
    worker: str = ""
    teams_before: list[str] = field(default_factory=list)
    viewers: dict[tuple[str, Hat], Viewer] = field(default_factory=dict)

    def viewer(self, key: str, hat: Hat = Hat.AGENT) -> Viewer:
        if (key, hat) not in self.viewers:
            self.viewers[key, hat] = viewer_for(self.company.people[key], hat)
        return self.viewers[key, hat]

    @property
    def unsorted(self) -> bool:
        """Whether nobody has said what the mail is about when it comes in."""
        return _just_arrived(self) or (self.proposes and self.story.conversation["channel"] == Channel.MAIL)

    @property
    def requester(self) -> Person:
        return self.company.people[self.story.requester]

    def pick_worker(self) -> str:
        """The team's least busy member; leads take what is left over."""
        keys = self.company.agents_of(self.team)
        chosen = min(keys, key=lambda key: (self.load.get(key, 0), self.chance.random()))
        self.load[chosen] = self.load.get(chosen, 0) + 1
        return chosen

    def author(self, step: Data) -> str:
        """Who does a step of the desk: the assignee unless the story says otherwise."""
        if step.get("by") == "lead":
            return str(next(one["lead"] for one in self.company.data["teams"] if one["key"] == self.team))
        if step.get("by") == "other":
            others = [key for key in self.company.agents_of(self.team) if key != self.worker]
            return self.chance.choice(others) if others else self.worker
        return self.worker


def play(scene: Scene) -> Ticket:
    """Open the story's ticket and do its steps up to `scene.end`; returns the ticket as it then is."""
    scene.ticket = _open(scene)
    if scene.proposes and scene.unsorted:
        propose(scene.ticket, now=scene.moment)
        scene.ticket.refresh_from_db()
    scene.words.ticket_number = scene.ticket.number
    for step in scene.story.conversation.get("steps", [])[: scene.story.steps]:
        scene.moment = _when(scene, step)
        if scene.moment > scene.end:
            return scene.ticket
        if step["do"] not in ("auto", "message", "confirm", "reopen"):
            _somebody_works(scene)
        _DO[step["do"]](scene, step)
    _close_in_time(scene)
    return scene.ticket


def _when(scene: Scene, step: Data) -> datetime:
    moment = scene.moment
    minutes = step.get("after", 0)
    if minutes:
        moment = scene.hours.deadline(moment, minutes * 60)
    if "at" in step:
        local = moment.astimezone(ZONE)
        wanted = datetime.combine(local.date(), time.fromisoformat(step["at"]), ZONE)
        moment = wanted if wanted > local else wanted + timedelta(days=1)
    return max(moment, scene.moment + timedelta(seconds=20)).astimezone(scene.story.opens_at.tzinfo)


def _open(scene: Scene) -> Ticket:
    story, words = scene.story.conversation, scene.words
    channel, author = Channel(story["channel"]), scene.story.requester
    clerk = scene.pick_worker() if channel in TALKS else ""
    scene.team = story.get("team", "desk")
    new = actions.NewTicket(
        subject=words.say(story["subject"], author),
        channel=channel,
        requester_id=scene.requester.pk,
        kind=Kind(KINDS.get(story["kind"]) or story["kind"]),
        category_id=None if scene.unsorted else scene.categories.get(story["category"]),
        impact=story["impact"],
        urgency=story["urgency"],
        team_id=scene.company.teams[scene.team].pk,
        device_label=words.device,
        language=words.language,
        opened_at=scene.moment,
    )
    first = NewMessage(
        text=words.say(story["first"], clerk or author),
        direction=Direction.INBOUND,
        channel=channel,
        audience=Audience.PUBLIC,
        author_id=scene.requester.pk,
        at=scene.moment,
        files=()
        if clerk
        else paper_for(scene.story.conversation["category"], scene.words.device, scene.chance),
    )
    by = scene.viewer(clerk) if clerk else scene.viewer(author, Hat.REQUESTER)
    ticket = actions.open_ticket(new, first, by=by, now=scene.moment)
    if clerk and scene.team == "desk":
        scene.worker = clerk
        actions.take_ticket(ticket, by=by, now=scene.moment + timedelta(seconds=40))
    return ticket


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


def _just_arrived(scene: Scene) -> bool:
    """Whether nobody will have looked at this mail by the end: what it is about is still to be found out."""
    story = scene.story
    steps = story.conversation.get("steps", [])[: story.steps]
    return story.conversation["channel"] == Channel.MAIL and all(step["do"] == "auto" for step in steps)


def _somebody_works(scene: Scene) -> None:
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


def _close_in_time(scene: Scene) -> None:
    """What nobody confirmed closes a week after it was resolved, as on a real desk."""
    resolved_at = scene.ticket.resolved_at
    if scene.ticket.status_type == StatusType.RESOLVED and resolved_at is not None:
        closes = resolved_at + timedelta(days=7)
        if closes <= scene.end:
            actions.close_ticket(scene.ticket, by=Viewer.system(), now=closes)


def category_ids() -> dict[str, int]:
    """Return the shipped categories by key."""
    return dict(Category.objects.values_list("key", "pk"))


_DO: dict[str, Callable[[Scene, Data], None]] = {
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
