"""Services of a customer stay its own when it is merged with another one."""

from leitstelle.accounts.models import Movable, register_movable
from leitstelle.catalog.models import Service

register_movable(
    Movable(
        "catalog.services",
        "organisation",
        Service.organisations.through,
        "organisation",
        unique=("service_id",),
    )
)
