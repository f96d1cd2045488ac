"""What rules may know of one ticket, as plain values."""

from dataclasses import dataclass

from leitstelle.tickets.rules.columns import Column

# What a rule may ask for. Moments and "me" mean nothing for a ticket that nobody looks at.
RULE_COLUMNS = (
    Column.WORDS,
    Column.SUBJECT,
    Column.SENDER,
    Column.SENDER_DOMAIN,
    Column.MAILBOX,
    Column.CHANNEL,
    Column.ORGANISATION,
    Column.REQUESTER,
    Column.VIP,
    Column.DEVICE,
    Column.LANGUAGE,
    Column.CATEGORY,
    Column.SERVICE,
    Column.KIND,
    Column.IMPACT,
    Column.URGENCY,
    Column.PRIORITY,
    Column.TEAM,
    Column.LEVEL,
    Column.ASSIGNEE,
)
# Columns that cost a statement of their own to know.
TEXTS = frozenset({Column.WORDS})
LETTERS = frozenset({Column.SENDER, Column.SENDER_DOMAIN})
ADDRESSES = frozenset({Column.MAILBOX})
PEOPLE = frozenset({Column.VIP})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One ticket as rules see it. Texts and addresses are folded (`kernel.search` says how).

    `text` is the subject with the first message; empty where no rule asks for it, as are senders and mailboxes.
    """

    kind: str
    category: int | None
    impact: str
    urgency: str
    priority: int
    team: int | None
    level: int | None
    assignee: int | None
    organisation: int | None
    requester: int | None
    channel: str
    language: str
    subject: str
    service: int | None = None
    vip: bool = False
    text: str = ""
    sender: str = ""
    mailboxes: frozenset[str] = frozenset()
    device: str = ""
