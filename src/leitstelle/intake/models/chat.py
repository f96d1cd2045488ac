"""Chat: the doors it comes in by, the conversations with their lines, and which agents are there for it.

The words themselves are messages of the ticket; a line says at which place of the chat a message stands.
"""

from django.db import models

from leitstelle.accounts.models import Person, Team
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category
from leitstelle.intake.choices import ChatNote, ChatState
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.models import Message


class ChatDoor(models.Model):
    """A place where people chat with the desk: a page that shows the widget, or the portal.

    `origins` are the sites that may show it, one a line, as `https://www.example.org`; empty: none but the desk's own
    pages. Without `calendar` it is open at any time. `per_agent` is how many chats one agent has at once.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=120, unique=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    calendar = models.ForeignKey(
        ServiceCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    origins = models.TextField(blank=True)
    greeting_de = models.CharField(max_length=300, blank=True)
    greeting_en = models.CharField(max_length=300, blank=True)
    per_agent = models.PositiveSmallIntegerField(default=3)
    # Whether level 0 is offered, and which guides first, by key; none named: those of the category.
    offers_guides = models.BooleanField(default=True)
    guides = models.TextField(blank=True)
    asks_who = models.BooleanField(default=True)
    in_portal = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ChatAgent(models.Model):
    """Until when an agent is there for chats (aware); nobody is there for ever because they forgot to say no."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(null=True, blank=True)


class Chat(models.Model):
    """One conversation. Its ticket is that of its first message, wherever that went.

    `key` is made by the visitor's browser: the same first words open one chat, however often they are sent. `email` is
    what the visitor gave and nobody confirmed. `last_number` counts the lines.
    """

    public_id = PublicIdField()
    door = models.ForeignKey(ChatDoor, on_delete=models.PROTECT, related_name="chats")
    key = models.UUIDField()
    first_message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=80, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=8, choices=ChatState.choices)
    agent = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_number = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    # Since when the visitor waits; passing a chat on does not put them behind others.
    waits_since = models.DateTimeField()
    last_at = models.DateTimeField()
    # The level-0 dialogue under way (`queries.level0`), and whether there was one.
    aid = models.TextField(blank=True)
    was_aided = models.BooleanField(default=False)
    # Whether the last words are the visitor's.
    is_unanswered = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("door", "key"), name="chat_once")]
        indexes = [
            models.Index(fields=("state", "waits_since", "id"), name="chat_queue"),
            models.Index(fields=("agent", "state"), name="chat_of_agent"),
        ]

    @property
    def is_live(self) -> bool:
        """Whether words can still be added."""
        return self.state in (ChatState.WAITING, ChatState.ACTIVE)


class ChatLine(models.Model):
    """A line at its place (`number`, from 1 without gaps): a message, or a note on what happened (`note`, `name`).

    `key` is made by whoever sends it, so that the same line sent again is the same line.
    """

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    key = models.UUIDField()
    at = models.DateTimeField()
    message = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.CASCADE, related_name="chat_line"
    )
    note = models.CharField(max_length=12, choices=ChatNote.choices, blank=True)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=("chat", "number"), name="chat_line_place"),
            models.UniqueConstraint(fields=("chat", "key"), name="chat_line_once"),
        ]
