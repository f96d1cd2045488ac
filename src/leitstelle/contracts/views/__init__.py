"""Administration of vendors and contracts."""

from leitstelle.contracts.views.customers import (
    customer_contract,
    customer_contract_end,
    customer_contract_new,
    customer_contracts,
)
from leitstelle.contracts.views.vendors import contract, vendor, vendors

__all__ = [
    "contract",
    "customer_contract",
    "customer_contract_end",
    "customer_contract_new",
    "customer_contracts",
    "vendor",
    "vendors",
]
