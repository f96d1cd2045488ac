"""Whether a ticket goes to and fro, and which team of the next level takes it. Plain values, no database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# So many times back between the same two teams are no coincidence any more.
TOO_OFTEN = 2


def path_of(teams: Iterable[int | None]) -> list[int]:
    """Return the teams a ticket went through, from the team each event left; standing still counts once."""
    path: list[int] = []
    for team in teams:
        if team is not None and (not path or path[-1] != team):
            path.append(team)
    return path


def times_back(path: Sequence[int]) -> int:
    """Return how often a ticket came back between the same two teams, for the pair that did it most."""
    moves = Counter(frozenset(pair) for pair in pairwise(path))
    return max(moves.values(), default=1) - 1


def is_ping_pong(path: Sequence[int]) -> bool:
    """Return whether a ticket is passed to and fro: back between the same two teams at least twice."""
    return times_back(path) >= TOO_OFTEN


@dataclass(frozen=True)
class Candidate:
    """A team the ticket could go to: its level's place, and what is known of it in this matter."""

    team: int
    order: int
    had_it_before: bool = False
    solved_alike: int = 0
    open_tickets: int = 0


def next_team(candidates: Iterable[Candidate], order: int | None) -> Candidate | None:
    """Return the team one level up: the nearest level above `order`; there, who solved most of this category lately,
    then who had the ticket before, then who has least to do. `None` where there is no level above."""
    above = [one for one in candidates if order is None or one.order > order]
    if not above:
        return None
    nearest = min(one.order for one in above)
    return min(
        (one for one in above if one.order == nearest),
        key=lambda one: (-one.solved_alike, not one.had_it_before, one.open_tickets, one.team),
    )
