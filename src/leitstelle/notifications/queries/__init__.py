"""Reads of notifications: whom an event concerns, what people chose, what they may see of what they were told."""
