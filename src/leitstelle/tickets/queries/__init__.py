"""Reads of the ticket core that span tables; visibility comes from `policies`."""

from leitstelle.tickets.queries.lookup import (
    by_number,
    living,
    possible_steps,
    status_for,
    statuses,
    steps,
    team_of_arrival,
)

__all__ = ["by_number", "living", "possible_steps", "status_for", "statuses", "steps", "team_of_arrival"]
