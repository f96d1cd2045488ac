"""Shapes of agreements and clocks in the API."""
