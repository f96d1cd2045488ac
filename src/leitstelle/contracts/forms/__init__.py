"""Forms of vendors, their contracts, and customers' contracts."""
