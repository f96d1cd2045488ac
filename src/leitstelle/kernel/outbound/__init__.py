"""Calling web addresses of others: endpoints with their keys, and one signed call that reaches public addresses only.

Retries are those of the delivery machinery (`kernel.work`): a network subscriber calls `sending.call`. Which events are
called for, and what is told, belongs to the domains.
"""
