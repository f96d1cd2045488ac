"""Whether so many like tickets within a short time can be chance: a Poisson test against what is usual."""

import math

# So many different people at least; two colleagues with one printer are no outage.
LEAST_PEOPLE = 4
# A false alarm once in so many looks.
CHANCE = 0.001
# Where hardly anything was ever reported, this much per window counts as usual.
_LEAST_USUAL = 0.3


def is_burst(people: int, count: int, usual: float) -> bool:
    """Say whether `count` tickets of `people` people in a window are more than chance.

    `usual` is how many the same place and matter bring in such a window of service time.
    """
    return people >= LEAST_PEOPLE and at_least(count, max(usual, _LEAST_USUAL)) < CHANCE


def at_least(count: int, mean: float) -> float:
    """Return how likely a Poisson count of this mean is to reach `count`."""
    below, term = 0.0, math.exp(-mean)
    for number in range(count):
        below += term
        term *= mean / (number + 1)
    return max(0.0, 1.0 - below)
