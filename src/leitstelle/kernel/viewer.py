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
class Viewer:
    """A person under a hat with scopes. `None` as a scope means no limit, an empty set nothing."""

    person_id: int | None
    hat: Hat
    is_admin: bool = False
    is_lead: bool = False
    organisation_ids: frozenset[int] | None = None
    customer_contact_of: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    scope_team_ids: frozenset[int] | None = None
    level_ids: frozenset[int] = frozenset()
    language: str = "de"
    time_zone: str = "Europe/Berlin"
    token_scopes: frozenset[str] | None = None
    token_id: str = ""
    is_system: bool = False

    @property
    def actor(self) -> Actor:
        """Who the journal names for what this viewer does."""
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
        return cls(person_id=None, hat=Hat.AGENT, is_admin=True, is_system=True)

    @classmethod
    def guest(
        cls, *, language: str = "de", time_zone: str = "Europe/Berlin"
    ) -> "Viewer":
        """Nobody signed in: a requester without a person."""
        return cls(
            person_id=None, hat=Hat.REQUESTER, language=language, time_zone=time_zone
        )


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
