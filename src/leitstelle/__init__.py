"""Leitstelle: IT support desk and operations platform."""

__version__ = "0.1.0"
