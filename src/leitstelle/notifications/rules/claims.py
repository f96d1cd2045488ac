"""Who is told, and why: one entry per person, for the strongest reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leitstelle.notifications.choices import Kind, Reason

_STRENGTH = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True)
class Claim:
    """One reason for which a person should hear of something. `in_portal`: as requester, not as agent."""

    person_id: int
    kind: Kind
    reason: Reason
    in_portal: bool = False


def strongest(claims: Iterable[Claim], *, besides: Iterable[int] = ()) -> dict[int, Claim]:
    """Return one claim per person, the strongest, in the order of the people's ids.

    Nobody in `besides` is told, whatever the reason: they did it themselves or know already.
    """
    silent = frozenset(besides)
    found: dict[int, Claim] = {}
    for claim in claims:
        if claim.person_id in silent:
            continue
        known = found.get(claim.person_id)
        if known is None or _STRENGTH[claim.reason] < _STRENGTH[known.reason]:
            found[claim.person_id] = claim
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Choice:
    """What a person wants for one kind: shown in the product, and when by mail (a code of `MailChoice`)."""

    in_product: bool
    mail: str


def choice_for(
    kind: str,
    role: str,
    own: Mapping[str, Choice],
    house: Mapping[tuple[str, str], Choice],
    shipped: Mapping[tuple[str, str], Choice],
) -> Choice:
    """Return the person's own choice, else the house's default for their role, else the shipped one."""
    return own.get(kind) or house.get((role, kind)) or shipped[role, kind]
