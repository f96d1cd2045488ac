"""Pure rules of contracts: recognition of ticket numbers, and the clock of a vendor."""
