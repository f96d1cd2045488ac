"""Somebody must always be able to administer the desk."""

from leitstelle.accounts.choices import Role
from leitstelle.accounts.errors import LastAdministrator
from leitstelle.accounts.models import Person, RoleGrant


def ensure_one_remains() -> None:
    """Raise `LastAdministrator` if no active administrator is left after the change just made."""
    administrators = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, person__is_active=True)
    if not administrators.exists():
        raise LastAdministrator


def lock_administrators() -> None:
    """Make two administrators who remove each other wait for one another (PostgreSQL; SQLite queues writers)."""
    list(
        RoleGrant.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("id").values_list("id")
    )


def sync_rescue_access(person: Person) -> None:
    """The rescue admin is open to administrators and nobody else."""
    is_administrator = RoleGrant.objects.filter(person=person, role=Role.ADMINISTRATOR).exists()
    Person.objects.filter(pk=person.pk).update(is_staff=is_administrator, is_superuser=is_administrator)
