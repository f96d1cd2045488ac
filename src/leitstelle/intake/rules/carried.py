"""The answers of a guide as the portal's form carries them from step to step: a short text, never trusted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

MAX_CARRIED = 60_000
MOST_ANSWERS = 60


@dataclass(frozen=True)
class Carried:
    """Which version of a guide was gone through, and what was answered by question."""

    version_id: int
    answers: Mapping[str, str]


def carry(carried: Carried) -> str:
    """The text for a hidden field."""
    return json.dumps({"version": carried.version_id, "answers": dict(carried.answers)}, ensure_ascii=False)


def read_carried(text: str) -> Carried | None:
    """What such a text says; `None` for anything else."""
    if not text or len(text) > MAX_CARRIED:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    version, answers = found.get("version"), found.get("answers")
    if type(version) is not int or not 0 < version < 2**63 or not isinstance(answers, dict):
        return None
    pairs = list(answers.items())[:MOST_ANSWERS]
    return Carried(version, {key: value for key, value in pairs if isinstance(value, str)})
