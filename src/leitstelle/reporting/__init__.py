"""Reads across the domains: figures for those who lead."""
