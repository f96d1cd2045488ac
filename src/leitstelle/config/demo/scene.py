"""A story under way: its ticket, who works on it, and what time it is there."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.calendars.rules import ServiceHours
from leitstelle.config.demo.company import Company
from leitstelle.config.demo.stories import Story
from leitstelle.config.demo.words import Words
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.choices import Channel
from leitstelle.tickets.models import Ticket

Data = dict[str, Any]


KINDS = {"problem": "incident"}


TALKS = (Channel.PHONE, Channel.WALK_IN)


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


def _just_arrived(scene: Scene) -> bool:
    """Whether nobody will have looked at this mail by the end: what it is about is still to be found out."""
    story = scene.story
    steps = story.conversation.get("steps", [])[: story.steps]
    return story.conversation["channel"] == Channel.MAIL and all(step["do"] == "auto" for step in steps)
