"""What is wrong with this installation, and what to do about it.

`machine` looks at what needs no Django, `data` at the database, `services` at mail and the background processes. Each
check yields findings and never raises: an exception of a check is a finding too.
"""

from leitstelle.config.doctor.findings import Check, Finding, Level, examine

__all__ = ["Check", "Finding", "Level", "examine"]
