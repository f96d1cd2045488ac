"""Contracts follow the organisation they cover when it is merged."""

from leitstelle.accounts.models import Movable, register_movable
from leitstelle.contracts.models import UnderpinningContract

register_movable(Movable("contracts.organisation", "organisation", UnderpinningContract, "organisation"))
