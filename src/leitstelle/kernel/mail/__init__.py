"""The outbox: every mail that leaves goes through here."""
