"""What counts as an answer to the requester (research, trap 38)."""

from leitstelle.tickets.choices import Audience, Channel, Direction

CONVERSATION_CHANNELS = (Channel.PHONE, Channel.WALK_IN, Channel.CHAT)


def is_response(
    *,
    direction: str,
    channel: str,
    audience: str,
    author_is_agent: bool,
    automatic_kind: str,
    entered_by_agent: bool,
) -> bool:
    """Return whether a message is a first response: human, public, to the requester.

    A call or a visit that an agent enters is a conversation: both have spoken, so it counts
    even though the words are the requester's.
    """
    if automatic_kind or audience != Audience.PUBLIC:
        return False
    if channel in CONVERSATION_CHANNELS:
        return author_is_agent or entered_by_agent
    return direction == Direction.OUTBOUND and author_is_agent
