"""Made-up words that stand for where a ticket came from, so that the statistics can weigh them like any word."""

import re

_MARK = "qx"
CHANNEL, ORGANISATION, PERSON, DOMAIN, DEVICE = "ch", "or", "pe", "do", "de"
_OTHER = re.compile(r"[^a-z0-9]+")


def hints_of(
    *, channel: str, organisation_id: int | None, requester_id: int | None, email: str, device: str
) -> str:
    """Return the hints of a ticket as words: channel, customer, person, the mail address's domain, kind of device.

    The kind of a device is what its label begins with (`NB-1042` is a `nb`).
    """
    kind = re.match(r"[A-Za-z]{2,}", device.strip())
    values = (
        (CHANNEL, channel),
        (ORGANISATION, str(organisation_id or "")),
        (PERSON, str(requester_id or "")),
        (DOMAIN, email.rpartition("@")[2]),
        (DEVICE, kind.group() if kind else ""),
    )
    return " ".join(_MARK + key + _OTHER.sub("", value.lower()) for key, value in values if value)


def read_hint(word: str) -> tuple[str, str] | None:
    """Return kind and value of a hint, `None` for a word somebody wrote."""
    if not word.startswith(_MARK) or word[2:4] not in (CHANNEL, ORGANISATION, PERSON, DOMAIN, DEVICE):
        return None
    return word[2:4], word[4:]
