"""Devices, their kinds and who uses them."""

from django.db import models
from django.db.models import Q

from leitstelle.accounts.models import Organisation, Person, Site
from leitstelle.assets.choices import AssetStatus
from leitstelle.kernel.ids import PublicIdField


class AssetKind(models.Model):
    """What a device is, as data; `icon` is a name of the sprite."""

    key = models.SlugField(max_length=30, primary_key=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    icon = models.CharField(max_length=40, default="devices")
    order = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("order", "key")

    def __str__(self) -> str:
        return self.key


class Asset(models.Model):
    """A device or a licence. `name` is what people call it, mostly its host name."""

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    sort_name = models.CharField(max_length=120, db_index=True)
    kind = models.ForeignKey(AssetKind, on_delete=models.PROTECT, related_name="+")
    inventory_number = models.CharField(max_length=60, blank=True, db_index=True)
    serial_number = models.CharField(max_length=80, blank=True, db_index=True)
    manufacturer = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    location = models.CharField(max_length=120, blank=True)
    status = models.CharField(
        max_length=10, choices=AssetStatus.choices, default=AssetStatus.IN_STOCK, db_index=True
    )
    bought_on = models.DateField(null=True, blank=True)
    warranty_until = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    users: "models.ManyToManyField[Person, AssetUser]" = models.ManyToManyField(
        Person, through="AssetUser", related_name="assets"
    )
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("sort_name", "id")

    def __str__(self) -> str:
        return self.name


class AssetUser(models.Model):
    """Somebody who uses a device; one of them is the main user."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="used_by")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="used_assets")
    is_main = models.BooleanField(default=False)
    since = models.DateTimeField()

    class Meta:
        ordering = ("-is_main", "id")
        constraints = [
            models.UniqueConstraint(fields=("asset", "person"), name="asset_user_once"),
            models.UniqueConstraint(
                fields=("asset",), condition=Q(is_main=True), name="asset_has_one_main_user"
            ),
        ]
