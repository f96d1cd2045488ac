"""Living through one story with the ordinary actions, at the times the story says."""

from datetime import datetime, time, timedelta

from leitstelle.catalog.models import Category
from leitstelle.config.demo.papers import paper_for
from leitstelle.config.demo.scene import KINDS, TALKS, Data, Scene
from leitstelle.config.demo.steps import DO, somebody_works
from leitstelle.config.demo.stories import ZONE
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction, Kind, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.triage.actions.proposing import propose


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
            somebody_works(scene)
        DO[step["do"]](scene, step)
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
