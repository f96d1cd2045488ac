"""Short forms of long texts."""

import re

PREVIEW_LENGTH = 200
SUBJECT_LENGTH = 300
_SPACE = re.compile(r"\s+")
_REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|antw|antwort|fwd?|wg|tr|rv|sv|vs)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)


def preview(text: str) -> str:
    """Return the first words of `text` on one line, at most 200 characters."""
    line = _SPACE.sub(" ", text).strip()
    return line if len(line) <= PREVIEW_LENGTH else line[: PREVIEW_LENGTH - 1].rstrip() + "…"


def clean_subject(subject: str) -> str:
    """Return a subject on one line without reply prefixes, at most 300 characters, perhaps empty."""
    line = _SPACE.sub(" ", subject.replace("\x00", "")).strip()
    return _REPLY_PREFIX.sub("", line)[:SUBJECT_LENGTH].strip()


def subject_from(text: str) -> str:
    """Return a subject made of the first line of a text, for messages that came without one."""
    lines = [_SPACE.sub(" ", line).strip() for line in text.splitlines()]
    first = next((line for line in lines if line), "")
    return first if len(first) <= 80 else first[:79].rstrip() + "…"
