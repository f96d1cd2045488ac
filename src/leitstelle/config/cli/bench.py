"""`leitstelle bench`: fill tickets, measure, compare with the budgets. Uses a data folder of its own."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

HELP = "fill tickets and measure speed"
DJANGO = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tickets", type=int, default=10_000, help="how many tickets (default 10000)")
    parser.add_argument("--only", choices=("clocks", "triage"), help="measure this part alone")
    parser.add_argument(
        "--clocks",
        type=int,
        default=100_000,
        help="with --only clocks: how many open clocks (default 100000)",
    )
    parser.add_argument("--data", help="folder to keep; an existing one with that many tickets is used again")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--no-start", action="store_true", help="leave out start time and memory")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when every budget was kept, 1 when one was not."""
    if args.data:
        return _run_in(Path(args.data), args)
    with tempfile.TemporaryDirectory(prefix="leitstelle-bench-") as folder:
        return _run_in(Path(folder), args)


def _run_in(folder: Path, args: argparse.Namespace) -> int:
    # Before Django reads its settings: a measurement never touches the real desk's files.
    os.environ |= {"LEITSTELLE_DATA": str(folder), "LEITSTELLE_DEMO": "0"}
    folder.mkdir(parents=True, exist_ok=True)
    import_module("leitstelle.config.cli.table").set_up_django()
    suite = import_module("leitstelle.config.bench.suite")
    begin = time.monotonic()
    if args.only:
        figures = list(suite.measure_apart(args.only, args.clocks, args.tickets, _bar))
    else:
        figures = list(suite.measure(args.tickets, _bar, start=not args.no_start))
    kept = [figure.kept for figure in figures if figure.kept is not None]
    if args.json:
        print(json.dumps({"tickets": args.tickets, "figures": [_plain(figure) for figure in figures]}))
    else:
        sys.stdout.writelines(_table(figures))
        size = f"{args.clocks} clocks" if args.only == "clocks" else f"{args.tickets} tickets"
        sys.stdout.write(f"{time.monotonic() - begin:.0f} s, {size}\n")
    return 0 if all(kept) else 1


def _plain(figure: Any) -> dict[str, Any]:
    return asdict(figure) | {"kept": figure.kept}


def _table(figures: list[Any]) -> Iterator[str]:
    yield f"{'operation':<40} {'median':>9} {'p95':>9} {'cpu':>7} {'stmts':>6} {'budget':>9}\n"
    for one in figures:
        budget = "" if one.budget is None else f"{one.budget:.0f} {one.unit}"
        mark = "" if one.kept in (True, None) else "  <-- over"
        times = f"{one.median:>9.1f} {one.p95:>9.1f} {one.cpu:>7.1f}"
        yield f"{one.name:<40} {times} {one.statements:>6} {budget:>9}{mark}\n"


def _bar(what: str, done: int, total: int) -> None:
    if not sys.stderr.isatty() and done != total:
        return
    width = 30 * done // max(1, total)
    sys.stderr.write(f"\r{what:<18} [{'#' * width:<30}] {done}/{total}")
    if done == total:
        sys.stderr.write("\n")
    sys.stderr.flush()
