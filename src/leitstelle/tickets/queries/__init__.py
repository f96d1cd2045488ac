"""Reads of the ticket core that span tables; visibility comes from `policies`."""

from leitstelle.tickets.queries.lookup import (
    by_number,
    default_team,
    living,
    possible_steps,
    status_for,
    statuses,
    steps,
)

__all__ = ["by_number", "default_team", "living", "possible_steps", "status_for", "statuses", "steps"]
