"""Codes of the devices, and the kinds a desk starts with."""

from django.db.models import TextChoices


class AssetStatus(TextChoices):
    """Where a device is in its life."""

    IN_USE = "in_use"
    IN_STOCK = "in_stock"
    IN_REPAIR = "in_repair"
    RETIRED = "retired"
    LOST = "lost"


GONE = (AssetStatus.RETIRED, AssetStatus.LOST)
"""Nobody works with these any more; lists of a person's devices leave them out."""

# Key, German name, English name, icon.
SHIPPED_KINDS = (
    ("notebook", "Notebook", "Notebook", "device-laptop"),
    ("desktop", "Arbeitsplatzrechner", "Desktop computer", "device-desktop"),
    ("monitor", "Monitor", "Monitor", "device-desktop"),
    ("dock", "Dockingstation", "Docking station", "devices"),
    ("printer", "Drucker", "Printer", "printer"),
    ("phone", "Telefon", "Telephone", "phone"),
    ("mobile", "Mobiltelefon", "Mobile phone", "device-mobile"),
    ("tablet", "Tablet", "Tablet", "device-mobile"),
    ("server", "Server", "Server", "server"),
    ("network", "Netzwerkgerät", "Network device", "router"),
    ("software", "Softwarelizenz", "Software licence", "certificate"),
    ("other", "Anderes Gerät", "Other device", "devices"),
)
