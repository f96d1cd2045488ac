"""Every write on vendors, their contracts, and customers' contracts."""

from leitstelle.contracts.actions.customers import (
    CustomerContractInput,
    add_customer_contract,
    change_customer_contract,
    end_customer_contract,
)
from leitstelle.contracts.actions.vendors import (
    ContractInput,
    VendorInput,
    add_contract,
    add_vendor,
    change_contract,
    change_vendor,
)

__all__ = [
    "ContractInput",
    "CustomerContractInput",
    "VendorInput",
    "add_contract",
    "add_customer_contract",
    "add_vendor",
    "change_contract",
    "change_customer_contract",
    "change_vendor",
    "end_customer_contract",
]
