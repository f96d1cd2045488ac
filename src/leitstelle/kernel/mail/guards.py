"""What may still stop a mail at each try: hours or days may lie between rendering it and sending it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leitstelle.kernel.mail.models import OutboxMail


@dataclass(frozen=True)
class Guard:
    """A domain's word on mails it queued: whether one may still leave, and what follows where it may not.

    Both get the mail and now (aware). `withdrawn` runs in the transaction that withdraws the mail.
    """

    may_leave: Callable[["OutboxMail", datetime], bool]
    withdrawn: Callable[["OutboxMail", datetime], None]


_guards: list[Guard] = []


def register_guard(guard: Guard) -> None:
    """Ask this guard before every try to send a mail."""
    if guard not in _guards:
        _guards.append(guard)


def objections(mail: "OutboxMail", now: datetime) -> list[Guard]:
    """The guards who do not let the mail leave."""
    return [guard for guard in _guards if not guard.may_leave(mail, now)]
