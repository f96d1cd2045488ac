"""The journal: recording events, sealing their chain, telling subscribers."""
