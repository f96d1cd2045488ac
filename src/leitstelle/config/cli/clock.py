"""`leitstelle clock`: starts what is due by time; several may run, one acts."""

import argparse
import threading

from leitstelle.config.supervisor import stop_on_signals, stop_with_parent
from leitstelle.kernel.work import run_clock

HELP = "the clock that starts scheduled work"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    stop = threading.Event()
    if args.supervised:
        stop_with_parent(stop.set)
    with stop_on_signals(stop):
        run_clock(stop)
    return 0
