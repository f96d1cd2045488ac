"""Shapes of tickets, their conversation and their events in the API."""
