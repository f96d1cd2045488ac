"""What the clock lets a worker run for triage: the nightly training, in a process of its own beside the worker."""

import logging
import subprocess
import sys
from datetime import datetime, timedelta

from leitstelle.kernel.work import schedule
from leitstelle.triage.actions.absences import tell_of_absences
from leitstelle.triage.actions.giving import give_waiting
from leitstelle.triage.actions.watching import AT_ONCE, tell_of_unassigned
from leitstelle.triage.choices import SCHEDULE

logger = logging.getLogger("leitstelle.triage")


class TrainingFailed(RuntimeError):
    """The command ended with an error; the text is what it said."""


@schedule(SCHEDULE, daily_at="02:20")
def train(now: datetime) -> None:
    """Train by `leitstelle triage train`: the memory a training takes is given back. Raises `TrainingFailed`."""
    words = [sys.executable, "-m", "leitstelle", "triage", "train", "--json"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode not in (0, 1):
        raise TrainingFailed(ended.stderr.strip()[-1000:])
    logger.info("training: %s", ended.stdout.strip()[:500])


@schedule("triage.give_waiting", every=timedelta(minutes=1))
def give(now: datetime) -> None:
    """Give out what waits in teams with automatic distribution: somebody came, or has room again."""
    give_waiting(now)


@schedule("triage.watch", every=timedelta(minutes=1))
def watch(now: datetime) -> None:
    """Tell of tickets without a person whose time is up, and of absences that began."""
    while tell_of_unassigned(now) >= AT_ONCE:
        pass
    tell_of_absences(now)
