"""Who is looking: a person, a hat and scopes. Policies decide by it, doors obtain it.

Knows no account model: `accounts` registers the functions that turn a request or a token
into a `Viewer`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest

from leitstelle.kernel.events.data import Actor

Resolver = Callable[[HttpRequest], "Viewer | None"]
TokenResolver = Callable[[HttpRequest, str], "Viewer | None"]


class Hat(StrEnum):
    """The role a person acts in; somebody who is both is a requester in the portal."""

    REQUESTER = "requester"
    AGENT = "agent"


@dataclass(frozen=True, kw_only=True)
class GrantScope:
    """One grant of an agent's rights: the tickets in all three sets at once; `None` means no limit there."""

    organisation_ids: frozenset[int] | None = None
    team_id: int | None = None
    level_id: int | None = None

    @property
    def is_unlimited(self) -> bool:
        return self.organisation_ids is None and self.team_id is None and self.level_id is None

    def covers_organisation(self, organisation_id: int | None) -> bool:
        """Whether the organisation lies within the grant, whatever team and level it names."""
        return self.organisation_ids is None or organisation_id in self.organisation_ids

    def covers(self, *, organisation_id: int | None, team_id: int | None, level_id: int | None) -> bool:
        """Whether a thing of this organisation, team and level lies within the grant."""
        return (
            self.covers_organisation(organisation_id)
            and (self.team_id is None or team_id == self.team_id)
            and (self.level_id is None or level_id == self.level_id)
        )


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """A person under a hat with scopes. `None` as a scope means no limit, an empty set nothing.

    What an agent sees is the union of `grants` (each a cut of organisation, team and level). The flat
    sets `organisation_ids` and `scope_team_ids` are the bounds of that union, for choices and
    counts; only `grants` decides what is visible.
    """

    person_id: int | None
    hat: Hat
    is_admin: bool = False
    is_lead: bool = False
    organisation_ids: frozenset[int] | None = None
    customer_contact_of: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    scope_team_ids: frozenset[int] | None = None
    level_ids: frozenset[int] = frozenset()
    grants: tuple[GrantScope, ...] = ()
    lead_team_ids: frozenset[int] = frozenset()
    # What the levels the person works on may not do; codes of the domain that owns levels.
    withheld: frozenset[str] = frozenset()
    language: str = "de"
    time_zone: str = "Europe/Berlin"
    token_scopes: frozenset[str] | None = None
    token_id: str = ""
    is_system: bool = False
    # Works on the desk for another company: master data only as far as tickets concern it, or a grant names it.
    is_outside: bool = False
    rule_id: int | None = None

    @property
    def actor(self) -> Actor:
        """Who the journal names for what this viewer does."""
        if self.rule_id is not None:
            return Actor.rule(self.rule_id)
        if self.token_id:
            return Actor.token(self.token_id)
        if self.person_id is not None:
            return Actor.person(self.person_id)
        return Actor.system("" if self.is_system else "guest")

    @property
    def is_agent(self) -> bool:
        return self.hat is Hat.AGENT

    @classmethod
    def system(cls) -> "Viewer":
        """The product itself: sees everything, for subscribers, tasks and commands."""
        return cls(person_id=None, hat=Hat.AGENT, is_admin=True, is_system=True, grants=(GrantScope(),))

    @classmethod
    def by_rule(cls, rule_id: int) -> "Viewer":
        """The product where it follows a rule that people made; the journal names the rule."""
        return cls(
            person_id=None,
            hat=Hat.AGENT,
            is_admin=True,
            is_system=True,
            grants=(GrantScope(),),
            rule_id=rule_id,
        )

    @classmethod
    def guest(cls, *, language: str = "de", time_zone: str = "Europe/Berlin") -> "Viewer":
        """Nobody signed in: a requester without a person."""
        return cls(person_id=None, hat=Hat.REQUESTER, language=language, time_zone=time_zone)


_resolvers: dict[str, Resolver] = {}
_token_resolvers: dict[str, TokenResolver] = {}


def register_resolver(resolver: Resolver) -> Resolver:
    """Let `accounts` say who sends a request; the last one registered counts."""
    _resolvers["session"] = resolver
    return resolver


def register_token_resolver(resolver: TokenResolver) -> TokenResolver:
    """Let `accounts` say whose API token a request carries; the last one registered counts."""
    _token_resolvers["token"] = resolver
    return resolver


def resolve(request: HttpRequest) -> Viewer:
    """Return the viewer of a request, a guest where nobody is signed in."""
    resolver = _resolvers.get("session")
    return (resolver(request) if resolver else None) or Viewer.guest()


def resolve_token(request: HttpRequest, token: str) -> Viewer | None:
    """Return the viewer behind an API token, `None` where it is not valid."""
    resolver = _token_resolvers.get("token")
    return resolver(request, token) if resolver else None
