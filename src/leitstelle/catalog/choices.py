"""Shipped scales and resolution codes (glossary): key, German name, English name."""

from datetime import UTC, datetime

IMPACTS = (
    ("person", "Eine Person", "One person"),
    ("group", "Team, mehrere Personen", "Team, several people"),
    ("business", "Standort, Betrieb", "Site, whole business"),
)
URGENCIES = (
    ("can_wait", "Kann warten", "Can wait"),
    ("hindered", "Arbeit behindert", "Work is hindered"),
    ("stopped", "Arbeit steht still", "Work stands still"),
)
# Rank, key, names. P1: production stands still; P4: cosmetic.
PRIORITIES = (
    (1, "critical", "Kritisch", "Critical"),
    (2, "high", "Hoch", "High"),
    (3, "medium", "Mittel", "Medium"),
    (4, "low", "Niedrig", "Low"),
)
HIGHEST_RANK, LOWEST_RANK = 1, 4
# The shipped matrix counts for everything there ever was.
SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)
MATRIX = {
    ("person", "stopped"): 2,
    ("group", "stopped"): 1,
    ("business", "stopped"): 1,
    ("person", "hindered"): 3,
    ("group", "hindered"): 2,
    ("business", "hindered"): 1,
    ("person", "can_wait"): 4,
    ("group", "can_wait"): 3,
    ("business", "can_wait"): 2,
}
RESOLUTION_CODES = (
    ("solved", "Gelöst", "Solved"),
    ("workaround", "Umgehung", "Workaround"),
    ("by_itself", "Von selbst behoben", "Went away by itself"),
    ("not_reproducible", "Nicht nachvollziehbar", "Not reproducible"),
    ("no_fault", "Kein Fehler", "No fault"),
    ("duplicate", "Doppelt gemeldet", "Duplicate"),
    ("refused", "Abgelehnt", "Refused"),
)
# What raises a priority beyond the matrix: key, names, what it does. `category` is the key of a branch.
MODIFIERS: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("vip", "VIP", "VIP", {"for_vip": True, "steps": 1, "cap": 2}),
    ("site", "Ganzer Standort betroffen", "Whole site affected", {"impact": "business", "floor": 2}),
    ("security", "Sicherheit", "Security", {"category": "security", "floor": 2}),
)
