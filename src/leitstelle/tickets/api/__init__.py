"""Tickets over the API: the same queries, policies and actions as the pages."""

from ninja import Router

from leitstelle.tickets.api import events, merging, messages, people, planned, steps, tickets, vendors

router = Router()
for part in (tickets, steps, merging, people, messages, planned, vendors, events):
    router.add_router("", part.router)
