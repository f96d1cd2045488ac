"""When the statistics decide, suggest or keep silent."""

import pytest

from leitstelle.triage.choices import ProposalState
from leitstelle.triage.rules.deciding import Rein, judge

OPINIONS = [("a", 0.7), ("b", 0.2), ("c", 0.06), ("d", 0.03), ("e", 0.01)]
DECIDED, SUGGESTED, SILENT = ProposalState.DECIDED, ProposalState.SUGGESTED, ProposalState.SILENT


@pytest.mark.parametrize(
    ("rein", "threshold", "present", "is_free", "expected"),
    [
        (Rein(), 0.6, "", True, DECIDED),
        (Rein(), 0.6, "a", True, DECIDED),
        (Rein(), 0.8, "", True, SUGGESTED),
        (Rein(), None, "", True, SUGGESTED),
        (Rein(), 0.8, "a", True, SILENT),
        (Rein(decides=False), 0.6, "", True, SUGGESTED),
        (Rein(is_on=False), 0.6, "", True, SILENT),
        (Rein(suggest_from=75), 0.6, "", True, SILENT),
        (Rein(), 0.6, "b", False, SUGGESTED),
        (Rein(), 0.8, "b", False, SILENT),
        (Rein(), 0.6, "a", False, SILENT),
    ],
)
def test_judge(
    rein: Rein, threshold: float | None, present: str, is_free: bool, expected: ProposalState
) -> None:
    verdict = judge(OPINIONS, rein, threshold=threshold, present=present, is_free=is_free)
    assert verdict.state == expected
    assert verdict.options == [("a", 70), ("b", 20), ("c", 6)]
