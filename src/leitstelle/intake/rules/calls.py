"""Pure rules of calls: what was typed about an unknown caller, and when the call took place."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leitstelle.accounts.rules import clean_name, is_number

# A call may be entered later, but not a typing error of years.
ENTERED_WITHIN = timedelta(days=90)
# The clock of the machine in front of the agent may run ahead.
AHEAD = timedelta(minutes=2)
LONGEST = timedelta(hours=8)


@dataclass(frozen=True)
class Stranger:
    """What is known of a caller whom nobody knows, as it was typed."""

    name: str = ""
    number: str = ""
    email: str = ""
    organisation: str = ""

    def __bool__(self) -> bool:
        return any((self.name, self.number, self.email, self.organisation))


def noted(who: str, stranger: Stranger) -> Stranger:
    """Put what was typed to find the caller where it belongs; what the agent wrote there already counts.

    A search that fits no empty place goes before the name, so that no word is lost.
    """
    typed = " ".join(who.split())
    if not typed or typed in (stranger.name, stranger.number, stranger.email, stranger.organisation):
        return stranger
    if "@" in typed and not stranger.email:
        return replace(stranger, email=typed)
    if is_number(typed) and not stranger.number:
        return replace(stranger, number=typed)
    if not stranger.name:
        return replace(stranger, name=clean_name(typed))
    return stranger


@dataclass(frozen=True)
class Span:
    """When a call began and ended (aware), and how long it took in seconds, `None` where nobody said."""

    begin: datetime
    end: datetime
    seconds: int | None


def span_of(begin: datetime, minutes: int | None, *, live: bool, now: datetime) -> Span:
    """Return when a call took place that is entered at `now`; all moments aware.

    A call that is just being ended (`live`) lasted until now, unless `minutes` say otherwise. One entered later
    without a duration is taken as short as can be. Raises `ValueError` for what lies ahead or too far back.
    """
    if begin > now + AHEAD or begin < now - ENTERED_WITHIN:
        raise ValueError("not a time of a call")
    begin = min(begin, now)
    if minutes is not None:
        end = min(begin + timedelta(minutes=minutes), now)
        return Span(begin, end, minutes * 60)
    if live and now - begin <= LONGEST:
        return Span(begin, now, round((now - begin).total_seconds()))
    return Span(begin, now if live else begin, None)
