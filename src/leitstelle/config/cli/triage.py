"""`leitstelle triage evaluate`: how well categories would be proposed on labelled tickets of one's own.
`leitstelle triage train`: learn from this desk's solved tickets now.

The first trains and judges as the desk does, on a file; it touches no database. Exit codes: 0 done, 1 the file cannot
be used, or there was too little to learn from.
"""

import argparse
import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils import timezone, translation

from leitstelle.config.texts import _, terminal_language
from leitstelle.triage.actions.training import train_model
from leitstelle.triage.choices import Matter, ModelState
from leitstelle.triage.errors import TrainingRuns
from leitstelle.triage.labels import FLAW, LACK, MATTER
from leitstelle.triage.models import FieldResult
from leitstelle.triage.queries.figures import problem_words
from leitstelle.triage.rules.lacking import NotEnoughExamples
from leitstelle.triage.rules.learning_table import Table, TableError, read_table

HELP = "train the desk's own proposals, or judge them on labelled tickets"
DJANGO = True
WRONG = 1
_MOST_TOLD = 10
_HEADINGS = {
    "rows": _("rows"),
    "classes": _("categories"),
    "accuracy": _("right at once"),
    "macro_f1": _("F1, mean over categories"),
    "top3": _("right among the first three"),
    "coverage_at_90": _("share decided at 90 % precision"),
    "calibration_error": _("calibration error"),
    "train_seconds": _("seconds of one training"),
    "predict_ms": _("milliseconds for one ticket"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    evaluate = commands.add_parser("evaluate", help=_("train and judge on a CSV file with labels"))
    evaluate.add_argument("file", metavar="DATA.csv", help=_("with a header line; - is standard input"))
    evaluate.add_argument("--text", metavar="COL[,COL]", required=True, help=_("columns with the text"))
    evaluate.add_argument("--label", metavar="COL", required=True, help=_("column with the right answer"))
    evaluate.add_argument("--folds", type=_folds, default=5, help=_("parts to split into (default 5)"))
    evaluate.add_argument("--group", metavar="COL", default="", help=_("rows of one value stay in one part"))
    evaluate.add_argument("--json", action="store_true", help=_("print the figures as JSON"))
    evaluate.set_defaults(work=_evaluate)
    train = commands.add_parser("train", help=_("learn from this desk's solved tickets"))
    train.add_argument("--json", action="store_true", help=_("print the figures as JSON"))
    train.set_defaults(work=_train)


def run(args: argparse.Namespace) -> int:
    with translation.override(terminal_language()):
        return int(args.work(args))


def _folds(text: str) -> int:
    number = int(text)
    if not 2 <= number <= 50:
        raise argparse.ArgumentTypeError(_("between 2 and 50"))
    return number


def _evaluate(args: argparse.Namespace) -> int:
    try:
        raw = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
        table = read_table(raw, text=args.text.split(","), label=args.label, group=args.group)
        _tell_skipped(table)
        figures = _figures(table, args.folds)
    except FileNotFoundError:
        return _refuse(args.file, _("There is no such file."))
    except OSError as error:
        return _refuse(args.file, error.strerror or str(error))
    except TableError as error:
        return _refuse(args.file, str(FLAW[error.flaw]) % error.values)
    except NotEnoughExamples as error:
        return _refuse(args.file, str(LACK[error.lack]) % error.values)
    sys.stdout.write(json.dumps(figures) + "\n" if args.json else _shown(figures))
    return 0


def _refuse(file: str, sentence: str) -> int:
    sys.stderr.write(f"leitstelle triage: {file}: {sentence}\n")
    return WRONG


def _train(args: argparse.Namespace) -> int:
    try:
        version = train_model(now=timezone.now(), report=_bar)
    except TrainingRuns as error:
        sys.stderr.write(f"leitstelle triage: {error.message}\n")
        return WRONG
    results = {result.field: result for result in version.results.all()}
    if args.json:
        told = {name: _told(result) for name, result in results.items()}
        sys.stdout.write(json.dumps({"model": version.number, "state": version.state, "fields": told}) + "\n")
    else:
        sys.stdout.writelines(_line(result) for result in results.values())
    return 0 if version.state == ModelState.READY else WRONG


def _told(result: FieldResult) -> dict[str, Any]:
    names = (
        "problem",
        "examples",
        "classes",
        "accuracy",
        "macro_f1",
        "top3",
        "coverage_at_90",
        "calibration_error",
    )
    shares = {name: getattr(result, name) for name in names}
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in shares.items()}


def _line(result: FieldResult) -> str:
    name = f"{MATTER[Matter(result.field)]!s:<14}"
    if result.problem:
        return f"{name} {problem_words(result.problem, result.examples)}\n"
    words = _("%(examples)s tickets, %(accuracy)s %% right at once, %(coverage)s %% can be decided")
    values = {
        "examples": result.examples,
        "accuracy": round(100 * result.accuracy),
        "coverage": round(100 * result.coverage_at_90),
    }
    return f"{name} {words % values}\n"


def _figures(table: Table, count: int) -> dict[str, Any]:
    # Loading the statistics takes a second and a half; errors in the file are told before.
    learning = import_module("leitstelle.triage.rules.learning")
    found = learning.evaluate(
        table.texts, table.labels, groups=table.groups or None, count=count, report=_bar
    )
    shares = {name: round(value, 4) for name, value in asdict(found.quality).items()}
    return {
        "rows": found.rows,
        "classes": found.classes,
        **shares,
        "train_seconds": round(found.train_seconds, 2),
        "predict_ms": round(found.predict_ms, 2),
    }


def _shown(figures: dict[str, Any]) -> str:
    return "".join(f"{_HEADINGS[name]:<38} {value:>10}\n" for name, value in figures.items())


def _tell_skipped(table: Table) -> None:
    for one in table.skipped[:_MOST_TOLD]:
        reason = str(FLAW[one.flaw]) % one.values
        sys.stderr.write(
            _("line %(line)d left out: %(reason)s") % {"line": one.line, "reason": reason} + "\n"
        )
    if len(table.skipped) > _MOST_TOLD:
        more = len(table.skipped) - _MOST_TOLD
        sys.stderr.write(_("… and %(count)d more rows left out") % {"count": more} + "\n")


def _bar(share: float) -> None:
    if not sys.stderr.isatty():
        return
    sys.stderr.write(f"\r[{'#' * int(30 * share):<30}] {share:4.0%}" + ("\n" if share >= 1 else ""))
    sys.stderr.flush()
