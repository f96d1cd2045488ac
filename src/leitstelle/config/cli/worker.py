"""`leitstelle worker`: processes deliveries and mail; with `--with-clock` also acts as the clock."""

import argparse
import threading

from leitstelle.config.supervisor import stop_on_signals, stop_with_parent
from leitstelle.kernel.search.linguistics import lexicon
from leitstelle.kernel.work import run_clock, run_worker

HELP = "the background worker"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--with-clock", action="store_true", help="also run the clock, in a thread of this process"
    )
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    stop = threading.Event()
    if args.supervised:
        stop_with_parent(stop.set)
    lexicon.make()
    with stop_on_signals(stop):
        clock = threading.Thread(target=_clock, args=(stop,), name="clock") if args.with_clock else None
        if clock:
            clock.start()
        try:
            run_worker(stop)
        finally:
            stop.set()
            if clock:
                clock.join()
    return 0


def _clock(stop: threading.Event) -> None:
    """A clock that fails takes the process with it: the supervisor starts both again."""
    try:
        run_clock(stop)
    finally:
        stop.set()
