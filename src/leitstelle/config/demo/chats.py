"""The chat of the demo company's portal, and two chats of the last hours."""

from datetime import datetime, timedelta
from uuid import uuid4

from leitstelle.accounts.queries import viewer_for
from leitstelle.config.demo.company import Company
from leitstelle.intake.actions.chat import (
    Visitor,
    Words,
    be_there,
    end_as_agent,
    open_chat,
    say_as_agent,
    say_as_visitor,
    take_chat,
)
from leitstelle.intake.actions.chat_doors import ChatDoorInput, create_chat_door
from leitstelle.kernel.viewer import Hat, Viewer

DESK = "desk"
# Minutes ago, then what visitor and agent say in turn, a minute each.
CHATS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (
        190,
        (
            "Guten Tag, mein Bildschirm bleibt schwarz, der Rechner läuft aber.",
            "Guten Tag. Leuchtet am Monitor unten rechts ein Lämpchen?",
            "Ja, orange.",
            "Dann bekommt er kein Bild. Bitte ziehen Sie das Kabel am Rechner ab und stecken Sie es wieder fest ein.",
            "Jetzt geht es. Vielen Dank!",
        ),
    ),
    (
        45,
        (
            "Hallo, ich komme nicht mehr in die Zeiterfassung.",
            "Guten Tag, was steht auf der Seite?",
            "„Konto gesperrt“. Ich habe mich wohl dreimal vertippt.",
            "Ich habe das Konto entsperrt. Bitte versuchen Sie es noch einmal.",
        ),
    ),
)


def open_chats(company: Company, *, now: datetime) -> None:
    """Create the door, let one of the first team be there, and play the chats of people who are signed in."""
    team = company.teams[DESK]
    new = ChatDoorInput(
        name="Portal-Chat",
        team=team,
        in_portal=True,
        greeting_de="Moin! Womit können wir helfen?",
        greeting_en="Hello! What can we do for you?",
    )
    door = create_chat_door(new, by=Viewer.system(), now=now)
    agent = viewer_for(company.people[company.agents_of(DESK)[0]], Hat.AGENT)
    visitors = [one["key"] for one in company.data["people"] if not one.get("agent")]
    for (ago, (first, *more)), key in zip(CHATS, visitors, strict=False):
        at = now - timedelta(minutes=ago)
        visitor = Visitor(language="de", person=company.people[key])
        chat = open_chat(door, visitor, Words(key=uuid4(), text=first), left=False, now=at)
        take_chat(chat, by=agent, now=at)
        for place, text in enumerate(more, 1):
            at += timedelta(minutes=1)
            words = Words(key=uuid4(), text=text)
            if place % 2:
                say_as_agent(chat, words, by=agent, now=at)
            else:
                say_as_visitor(chat, words, now=at)
        end_as_agent(chat, by=agent, now=at)
    be_there(there=True, by=agent, now=now)
