"""Choosing which stories happen when: every base text and variant at most once, spread over 90 days."""

import random
import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from leitstelle.calendars.rules import ServiceHours
from leitstelle.config.demo.company import Company

Data = dict[str, Any]
DAYS = 90
# A desk is seen in the middle of its work: many tickets are young, and some of the last days' stay unfinished.
RECENT_DAYS, RECENT_SHARE = 3.2, 0.16
# How many service hours a matter may lie before somebody would have dealt with it, by urgency; a few lie longer.
PATIENCE = {"stopped": 3, "hindered": 18, "can_wait": 40}
UNFINISHED_CHANCE, FORGOTTEN_CHANCE = 0.6, 0.015
# The house's promise in service hours by priority (response, resolution). A believable desk keeps most of it: what
# nobody has answered is younger than this share of the time for it, but for a few that were overlooked.
PROMISED = {1: (0.5, 4), 2: (1, 8), 3: (4, 24), 4: (8, 45)}
KEPT_SHARE, OVERLOOKED_CHANCE = 0.8, 0.1
MATRIX = {"stopped": (2, 1, 1), "hindered": (3, 2, 1), "can_wait": (4, 3, 2)}
REACH = ("person", "group", "business")
ANSWERS = ("reply", "call", "resolve", "reject")
SPOKEN = ("phone", "walk_in")
ENDINGS = ("resolve", "reject", "close")
ZONE = ZoneInfo("Europe/Berlin")
# Stories without their own time of day begin within the day's service hours, more often in the morning.
_HOURS = (7, 8, 8, 8, 9, 9, 9, 10, 10, 11, 12, 13, 13, 14, 14, 15, 16, 17)


@dataclass(frozen=True)
class Story:
    """One story to live through: its conversation, variant number (0 = base), requester, and beginning (UTC).

    `steps` is how far it has come; `None` means as far as its times allow.
    """

    conversation: Data
    variant: int
    requester: str
    opens_at: datetime
    steps: int | None = None


def read_conversations() -> list[Data]:
    """Return all conversations of the content, file by file."""
    folder = files("leitstelle.config.demo.content").joinpath("conversations")
    found: list[Data] = []
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found += tomllib.loads(file.read_text(encoding="utf-8"))["conversation"]
    return found


def read_texts() -> Data:
    """Return automatic replies and phrases."""
    text = files("leitstelle.config.demo.content").joinpath("texts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def choose(company: Company, hours: ServiceHours, *, count: int, now: datetime, seed: int) -> list[Story]:
    """Return `count` stories in the order they begin, the last ones shortly before `now` (aware).

    The same seed and now give the same company.
    """
    chance = random.Random(seed)
    pool = [(one, index) for one in read_conversations() for index in _forms(one, chance)]
    chance.shuffle(pool)
    # Each conversation's base first, so that few tickets still show them all.
    pool.sort(key=lambda pair: pair[1] > 0)
    beginnings = _beginnings(pool[:count], hours, now, chance)
    stories = [
        _story(company, conversation, variant, when, now, hours, chance)
        for (conversation, variant), when in zip(pool[:count], beginnings, strict=False)
    ]
    return sorted(stories, key=lambda story: story.opens_at)


def _forms(conversation: Data, chance: random.Random) -> list[int]:
    """Numbers of the forms to use: all of them, but one alone of a rare event."""
    forms = list(range(len(conversation.get("variants", [])) + 1))
    return [chance.choice(forms)] if conversation.get("once") else forms


def _story(
    company: Company,
    conversation: Data,
    variant: int,
    when: datetime,
    now: datetime,
    hours: ServiceHours,
    chance: random.Random,
) -> Story:
    told = merged(conversation, variant)
    response, resolution = PROMISED[MATRIX[told["urgency"]][REACH.index(told["impact"])]]
    patience = min(PATIENCE[told["urgency"]], resolution * KEPT_SHARE)
    young = hours.worked(when, now) < patience * 3600
    recent = now - when < timedelta(days=30)
    unfinished = chance.random() < (UNFINISHED_CHANCE if young else FORGOTTEN_CHANCE if recent else 0)
    last = next((n for n, step in enumerate(told["steps"]) if step["do"] in ENDINGS), len(told["steps"]))
    steps = chance.randint(0, last) if unfinished else None
    if chance.random() > OVERLOOKED_CHANCE and not _answered(told, steps, hours.worked(when, now), response):
        when = _opening_before(now, response * KEPT_SHARE * chance.random(), hours)
    return Story(told, variant, _requester(company, conversation, variant, chance), when, steps)


def _answered(told: Data, steps: int | None, worked: float, response: float) -> bool:
    """Whether a story has its first answer by now, or time left for it; `worked` in seconds, `response` in hours."""
    if told["channel"] in SPOKEN or worked < response * KEPT_SHARE * 3600:
        return True
    minutes = 0
    for step in told["steps"][:steps]:
        minutes += step.get("after", 0)
        if step["do"] in ANSWERS:
            return bool(minutes * 60 < worked)
    return False


def _opening_before(now: datetime, back: float, hours: ServiceHours) -> datetime:
    """The latest moment of service that lies at least `back` service hours before `now`."""
    moment = now
    while not hours.is_open(moment) or hours.worked(moment, now) < back * 3600:
        moment -= timedelta(minutes=7)
    return moment


def merged(conversation: Data, variant: int) -> Data:
    """Return the conversation with its variant's changes in place."""
    if variant == 0:
        return conversation
    change = conversation["variants"][variant - 1]
    steps = [dict(step) for step in conversation.get("steps", [])]
    for number, text in change.get("say", {}).items():
        steps[int(number) - 1]["text"] = text
    return {**conversation, **{key: value for key, value in change.items() if key != "say"}, "steps": steps}


def _requester(company: Company, conversation: Data, variant: int, chance: random.Random) -> str:
    whole = merged(conversation, variant)
    wanted = whole["from"] if isinstance(whole["from"], list) else [whole["from"]]
    keys: list[str] = []
    for one in wanted:
        pinned = one.startswith("person:")
        keys += [one.removeprefix("person:")] if pinned else _at_site(company, company.requesters(one), whole)
    language = whole.get("lang", "de")
    speaking = [key for key in keys if company.person_data(key)["language"] == language]
    if "device" in whole:
        speaking = [key for key in speaking if company.devices_for(key, whole["device"])]
    return chance.choice(speaking or keys)


def _at_site(company: Company, keys: list[str], story: Data) -> list[str]:
    """Those at the site whose rooms the story speaks of, if it does."""
    return [key for key in keys if story.get("site") in (None, company.person_data(key)["site"])]


def _beginnings(
    pool: list[tuple[Data, int]], hours: ServiceHours, now: datetime, chance: random.Random
) -> list[datetime]:
    """A beginning per story: spread evenly over the days, within service hours unless it says its own time."""
    local_now = now.astimezone(ZONE)
    moments: list[datetime] = []
    for index, (conversation, variant) in enumerate(pool):
        share = (index + 0.5) / len(pool)
        back = RECENT_DAYS * (share / RECENT_SHARE) if share < RECENT_SHARE else DAYS * (1 - share) ** 1.1
        day = (local_now - timedelta(days=back)).date()
        start = merged(conversation, variant).get("start")
        wanted = time.fromisoformat(start) if start else time(chance.choice(_HOURS), chance.randrange(60))
        moment = datetime.combine(day, wanted, ZONE)
        # People call and write on working days; what would lie outside moves back, never ahead of now.
        while moment >= now or not (
            hours.is_open(moment) if start is None else _is_working_day(hours, moment)
        ):
            moment -= timedelta(days=1)
            if start is None:
                moment = datetime.combine(
                    moment.date(), time(chance.choice(_HOURS), chance.randrange(60)), ZONE
                )
        moments.append(moment.astimezone(ZoneInfo("UTC")) + timedelta(seconds=chance.randrange(60)))
    return moments


def _is_working_day(hours: ServiceHours, moment: datetime) -> bool:
    """Whether there is service at any time of the moment's local day."""
    begin = datetime.combine(moment.date(), time(), ZONE)
    return any(True for _ in hours.opening_spans(begin, begin + timedelta(days=1)))
