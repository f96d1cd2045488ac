"""Whether an opinion is sure enough to decide, to suggest, or not to be told at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from leitstelle.triage.choices import ProposalState

# Less than this is no ground for telling people anything.
LEAST_FOR_A_FIELD = 40
# So many possibilities are suggested.
SHOWN = 3
# Below this a possibility is noise beside the first one.
_LEAST = 0.02


@dataclass(frozen=True)
class Rein:
    """What the house allows for a field. `precision` and `suggest_from` in percent."""

    is_on: bool = True
    decides: bool = True
    precision: int = 90
    suggest_from: int = 25


@dataclass(frozen=True)
class Verdict:
    """What comes of an opinion: its state and the options worth telling (code, percent)."""

    state: ProposalState
    options: list[tuple[str, int]]


def judge(
    opinions: Sequence[tuple[str, float]], rein: Rein, *, threshold: float | None, present: str, is_free: bool
) -> Verdict:
    """Judge opinions (code, probability; likeliest first).

    `threshold`: from which probability on enough decisions for the first one were right, `None` for never.
    `present`: what the ticket has now. `is_free`: neither a person nor a rule has chosen.
    """
    options = [(code, round(share * 100)) for code, share in opinions[:SHOWN] if share >= _LEAST]
    code, share = opinions[0]
    if not rein.is_on or share * 100 < rein.suggest_from:
        return Verdict(ProposalState.SILENT, options)
    sure = threshold is not None and share >= threshold
    if is_free and rein.decides and sure:
        return Verdict(ProposalState.DECIDED, options)
    # Whoever chose, person or rule, is contradicted only where there is good reason to.
    if code == present or not (is_free or sure):
        return Verdict(ProposalState.SILENT, options)
    return Verdict(ProposalState.SUGGESTED, options)
