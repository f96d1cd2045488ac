"""The house that runs this desk, and invitations to work at it."""

from django.conf import settings
from django.db import models

from leitstelle.accounts.models.organisations import Organisation
from leitstelle.accounts.models.people import ContactPoint
from leitstelle.kernel.ids import PublicIdField


def _language() -> str:
    return str(settings.LANGUAGE_CODE)


def _time_zone() -> str:
    return str(settings.DEFAULT_PERSON_TIME_ZONE)


class House(models.Model):
    """One row: the company behind the desk, what its portal is called, and what new people start with.

    `settled` holds which of the first steps are done or skipped, by the code of the step.
    """

    company = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    portal_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=5, default=_language)
    time_zone = models.CharField(max_length=64, default=_time_zone)
    settled = models.JSONField(default=dict, blank=True)
    # Whether requesters are told that another team has their matter now; empty texts: those we ship.
    tells_handover = models.BooleanField(default=False)
    handover_text_de = models.TextField(blank=True, default="")
    handover_text_en = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.portal_name


class Invitation(models.Model):
    """An address asked to set a password; only the link with the newest `number` works, until `expires_at`."""

    public_id = PublicIdField()
    point = models.OneToOneField(ContactPoint, on_delete=models.CASCADE, related_name="invitation")
    number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
