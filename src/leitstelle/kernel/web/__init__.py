"""Shells, components, slots, links, live updates."""
