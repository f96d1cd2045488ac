"""Telling people: what happened on tickets that concern them, inside the product and by mail."""
