"""Refusals of the contracts domain, each with a stable code."""

from leitstelle.contracts.labels import CONTRACTS_OVERLAP
from leitstelle.kernel.errors import Conflict


class ContractsOverlap(Conflict):
    """Two contracts of a customer for the same service on the same day."""

    code = "contracts_overlap"
    default_message = CONTRACTS_OVERLAP
