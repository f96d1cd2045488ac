"""Devices and licences: what people work with, where it stands, who uses it."""
