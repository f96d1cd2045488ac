"""Filling the placeholders of a story."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date

from leitstelle.calendars.rules import ServiceHours
from leitstelle.config.demo.company import Company
from leitstelle.config.demo.stories import ZONE, Story

Data = dict[str, Any]
_PLACEHOLDER = re.compile(r"\{(\w+)(?::\+(\d+))?\}")
_SALUTATIONS = {"de": {"frau": "Frau", "herr": "Herr"}, "en": {"frau": "Ms", "herr": "Mr"}}
_DATE = {"de": "dd.MM.yyyy", "en": "d MMMM yyyy"}


@dataclass
class Words:
    """The vocabulary of one story. `author` changes with every step; the rest stays."""

    company: Company
    story: Story
    texts: Data
    hours: ServiceHours
    chance: random.Random
    ticket_number: int = 0
    devices: list[Data] = field(default_factory=list)
    colleague: str = ""

    def __post_init__(self) -> None:
        kind = self.story.conversation.get("device")
        if kind:
            self.devices = self.company.devices_for(self.story.requester, kind)[:2]
        organisation = self.company.person_data(self.story.requester)["organisation"]
        others = [key for key in self.company.requesters(organisation) if key != self.story.requester]
        self.colleague = self.chance.choice(others) if others else self.story.requester

    @property
    def language(self) -> str:
        return str(self.story.conversation.get("lang", "de"))

    @property
    def device(self) -> str:
        return str(self.devices[0]["name"]) if self.devices else ""

    def say(self, text: str, author: str) -> str:
        """Return `text` with its placeholders filled; `author` is the key of who says it."""

        def value(found: re.Match[str]) -> str:
            return self._value(found.group(1), int(found.group(2) or 0), author)

        return _PLACEHOLDER.sub(value, text).strip()

    def auto(self, template: str) -> str:
        """Return an automatic reply."""
        return self.say(self.texts["auto"][template][self.language]["text"], self.story.requester)

    def _value(self, name: str, days: int, author: str) -> str:
        slots = self.story.conversation.get("slots", {})
        if name in slots:
            values = slots[name]
            return self.say(str(values[self.story.variant % len(values)]), author)
        if name in self.texts["phrases"]:
            return str(self.chance.choice(self.texts["phrases"][name][self.language]))
        if name in ("datum", "tag"):
            return self._date(name, days)
        known = self._known(author)
        return known[name]() if name in known else "{" + name + "}"

    def _known(self, author: str) -> dict[str, Callable[[], str]]:
        me = self.company.person_data(self.story.requester)
        other = self.company.person_data(self.colleague)
        writer = self.company.person_data(author)
        second = self.devices[1] if len(self.devices) > 1 else (self.devices[0] if self.devices else None)
        return {
            "vorname": lambda: str(me["first"]),
            "nachname": lambda: str(me["last"]),
            "name": lambda: f"{me['first']} {me['last']}",
            "anrede": lambda: self._address(me),
            "kollege": lambda: f"{other['first']} {other['last']}",
            "kollege_vorname": lambda: str(other["first"]),
            "kollege_anrede": lambda: self._address(other),
            "agent": lambda: f"{writer['first']} {writer['last']}",
            "agent_vorname": lambda: str(writer["first"]),
            "sig": lambda: str(writer["closing"]),
            "device": lambda: self.device,
            "device2": lambda: str(second["name"]) if second else "",
            "modell": lambda: str(self.devices[0]["model"]) if self.devices else "",
            "room": lambda: str(me["room"]),
            "standort": lambda: self._city(str(me["site"])),
            "abteilung": lambda: self._organisation(str(me["organisation"])),
            "durchwahl": lambda: str(me["phones"][0])[-3:] if me["phones"] else "",
            "ticket": lambda: f"#{self.ticket_number}",
        }

    def _address(self, person: Data) -> str:
        salutation = _SALUTATIONS[self.language].get(person["salutation"])
        return f"{salutation} {person['last']}" if salutation else f"{person['first']} {person['last']}"

    def _city(self, site: str) -> str:
        return str(next(one["city"] for one in self.company.data["sites"] if one["key"] == site))

    def _organisation(self, key: str) -> str:
        return str(next(one["name"] for one in self.company.data["organisations"] if one["key"] == key))

    def _date(self, name: str, days: int) -> str:
        """A day so many days after the opening, moved on to one with service hours."""
        wanted: datetime = self.story.opens_at.astimezone(ZONE).replace(hour=0, minute=0) + timedelta(
            days=days
        )
        day = self.hours.next_opening(wanted).astimezone(ZONE).date()
        return format_date(day, _DATE[self.language] if name == "datum" else "EEEE", locale=self.language)
