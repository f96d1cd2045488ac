"""What chat tests share: a door, an agent who is there, and a visitor who speaks as the widget's script does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.intake.actions.chat import be_there
from leitstelle.intake.actions.chat_doors import ChatDoorInput, create_chat_door
from leitstelle.intake.models import Chat, ChatDoor
from leitstelle.intake.queries.chat import chat_of


def chat_door(team: Team | None, **more: Any) -> ChatDoor:
    return create_chat_door(ChatDoorInput(**{"name": "Website", "team": team} | more), by=SYSTEM, now=NOW)


def there(person: Person) -> None:
    """Somebody is there for chats from now on."""
    be_there(there=True, by=as_agent(person), now=timezone.now())


@dataclass
class Guest:
    """A visitor's browser: the token it keeps, and the lines it has."""

    door: ChatDoor
    client: Client = field(default_factory=Client)
    token: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)

    def start(self, text: str, *, key: UUID | None = None, **more: Any) -> Any:
        sent = {"name": "Vera Besuch", "email": "vera@besuch.example", "key": key or uuid4(), "text": text}
        response = self.client.post(f"/chat/{self.door.public_id}/start/", sent | more)
        if response.status_code == 201:
            self.token = response.json()["token"]
            self._take(response)
        return response

    def say(self, text: str, *, key: UUID | None = None, **more: Any) -> Any:
        return self.send({"key": key or uuid4(), "text": text} | more)

    def send(self, sent: Mapping[str, object]) -> Any:
        """Send the fields of a line as they are."""
        fields = {"key": uuid4(), "after": self.last} | dict(sent)
        return self._take(self.client.post("/chat/lines/", fields, headers=self.headers))

    def look(self) -> Any:
        return self._take(self.client.get(f"/chat/lines/?after={self.last}", headers=self.headers))

    def before(self, **step: Any) -> Any:
        """A step of level 0 before there is a chat; without one: what fits the words `q`."""
        address = f"/chat/{self.door.public_id}/help/"
        return self.client.get(address, {"q": step["q"]}) if "q" in step else self.client.post(address, step)

    def step(self, step: str, **more: Any) -> Any:
        """A step of level 0 in the chat."""
        sent = {"step": step, "after": self.last} | more
        return self._take(self.client.post("/chat/help/", sent, headers=self.headers))

    def transcript(self, **more: Any) -> Any:
        return self._take(
            self.client.post("/chat/transcript/", {"after": self.last} | more, headers=self.headers)
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    @property
    def last(self) -> int:
        return int(self.lines[-1]["n"]) if self.lines else 0

    @property
    def texts(self) -> list[str]:
        return [line["text"] for line in self.lines if line["who"] != "note"]

    @property
    def chat(self) -> Chat:
        found = chat_of(self.token)
        assert found is not None
        return found

    def _take(self, response: Any) -> Any:
        if response.status_code in (200, 201):
            self.lines += [line for line in response.json()["lines"] if line["n"] > self.last]
        return response
