"""Base of the REST API."""
