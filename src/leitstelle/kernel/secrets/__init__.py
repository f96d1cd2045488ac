"""Encryption at rest and signed values."""
