"""People and the addresses and numbers they are reached at."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leitstelle.accounts.choices import ContactKind, Density, PersonKind, PreferredChannel, Theme
from leitstelle.accounts.models.organisations import Organisation, Site
from leitstelle.accounts.rules import format_phone
from leitstelle.kernel.ids import PublicIdField


def opaque_login() -> str:
    """A login name that says nothing about the person; people sign in with an address."""
    return uuid4().hex


class PersonManager(BaseUserManager["Person"]):
    """What Django's authentication expects of a manager."""

    def create_user(self, password: str | None = None, **fields: Any) -> "Person":
        """Store a person; without a password nobody can sign in as them."""
        fields.setdefault("created_at", timezone.now())
        person = self.model(**fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, password: str | None = None, **fields: Any) -> "Person":
        """Store a person who may use the rescue admin."""
        return self.create_user(password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(login=username)


class Person(AbstractBaseUser, PermissionsMixin):
    """Everybody who writes, asks, answers or is named; whether they can sign in is another question."""

    public_id = PublicIdField()
    login = models.CharField(max_length=40, unique=True, default=opaque_login)
    kind = models.CharField(max_length=10, choices=PersonKind.choices, default=PersonKind.HUMAN)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    display_name = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=220, blank=True, db_index=True)
    job_title = models.CharField(max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    room = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, default="de")
    time_zone = models.CharField(max_length=64, default="Europe/Berlin")
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    single_keys = models.BooleanField(default=True)
    # Below the person's own mails, added when they are sent.
    signature = models.TextField(blank=True, default="")
    is_vip = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    preferred_channel = models.CharField(
        max_length=8, choices=PreferredChannel.choices, blank=True, default=""
    )
    note = models.TextField(blank=True)
    # An alias: this record was merged into another one, which has all that was here.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from"
    )
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        ordering = ("sort_name", "id")

    def __str__(self) -> str:
        return self.display_name


class ContactPoint(models.Model):
    """One address or number. `normalised` is what is compared: folded address, or E.164 number."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    value = models.CharField(max_length=254)
    normalised = models.CharField(max_length=254, db_index=True)
    label = models.CharField(max_length=60, blank=True)
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("kind", "-is_primary", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("normalised",),
                condition=Q(kind=ContactKind.EMAIL),
                name="email_belongs_to_one_person",
            ),
            models.UniqueConstraint(fields=("person", "kind", "normalised"), name="contact_point_once"),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def text(self) -> str:
        """The address, or the number as people write it."""
        return self.value if self.kind == ContactKind.EMAIL else format_phone(self.normalised)
