"""What people may be (role grants with scopes) and the tokens machines use in their name."""

from django.db import models
from django.db.models import Q

from leitstelle.accounts.choices import Role
from leitstelle.accounts.models.organisations import Organisation
from leitstelle.accounts.models.people import Person
from leitstelle.accounts.models.teams import Level, Team
from leitstelle.kernel.ids import PublicIdField


class RoleGrant(models.Model):
    """A role of a person within a scope; an empty scope column means no limit there.

    Everybody is a requester without a grant. For a customer contact `organisation` says whose
    tickets they see; for agents and leads organisation, team and level limit what they see.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    level = models.ForeignKey(Level, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    # "organisation:team:level" with empty parts: NULLs never collide in a unique index of SQLite.
    scope_key = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("person", "role", "scope_key"), name="grant_once"),
            models.CheckConstraint(
                condition=~Q(role=Role.CUSTOMER_CONTACT) | Q(organisation__isnull=False),
                name="customer_contact_names_organisation",
            ),
        ]


class ApiToken(models.Model):
    """A machine's key: only its digest is kept; scopes narrow what the person may do."""

    public_id = PublicIdField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
