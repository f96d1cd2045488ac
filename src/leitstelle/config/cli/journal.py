"""`leitstelle journal verify`: whether anybody changed, removed or emptied what was recorded.
`leitstelle journal checkpoint`: sign where all chains stand now; keep the printed line elsewhere.

Exit codes: 0 done and whole, 1 broken (the first break of each chain is named). Verifying only
reads; others may keep writing meanwhile.
"""

import argparse
import json
import sys
from dataclasses import asdict
from time import monotonic

from django.utils import timezone

from leitstelle.kernel.events import Problem, VerifyReport, checkpoints, verify

HELP = "check the journal's chains, payloads and checkpoints"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the one subcommand."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser(
        "verify", help=HELP, description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    check.add_argument("--json", action="store_true", help="one JSON object on standard output")
    check.add_argument("--quiet", action="store_true", help="no progress")
    actions.add_parser("checkpoint", help="sign where all chains stand now (otherwise once a day)")


def run(args: argparse.Namespace) -> int:
    """Verifies and reports, 1 where something is broken; or takes a checkpoint."""
    if args.action == "checkpoint":
        print(checkpoints.take(timezone.now()).signature)
        return 0
    started = monotonic()
    show = sys.stderr.isatty() and not args.quiet
    report = verify(_show_progress if show else None)
    if show:
        sys.stderr.write("\r\x1b[K")
    seconds = monotonic() - started
    print(_as_json(report, seconds) if args.json else _as_text(report, seconds))
    return 0 if report.ok else 1


def _show_progress(events: int) -> None:
    sys.stderr.write(f"\r{events:,} events checked …")
    sys.stderr.flush()


def _as_text(report: VerifyReport, seconds: float) -> str:
    counts = (
        f"{report.events:,} events of {report.subjects:,} subjects, {report.erased:,} erased payloads, "
        f"{report.checkpoints:,} checkpoints, {seconds:.1f} s"
    )
    if report.ok:
        return f"The journal is whole: {counts}."
    return "\n".join([f"THE JOURNAL IS BROKEN: {counts}.", *(f"  {problem}" for problem in report.problems)])


def _as_json(report: VerifyReport, seconds: float) -> str:
    problems = [_problem(problem) for problem in report.problems]
    figures = {name: value for name, value in asdict(report).items() if name != "problems"}
    return json.dumps({"ok": report.ok, **figures, "seconds": round(seconds, 3), "problems": problems})


def _problem(problem: Problem) -> dict[str, object]:
    subject = f"{problem.subject.kind}:{problem.subject.id}" if problem.subject else None
    return {"subject": subject, "seq": problem.seq, "event_id": problem.event_id, "reason": problem.reason}
