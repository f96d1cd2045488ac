"""Translation tooling: finding texts, keeping the German and English catalogues, checking them.

Needs Babel and no gettext of the system. Knows neither the database nor the domains: it reads files.
"""

from .catalogues import LANGUAGES, Finding, check, compile_all, extract, update

__all__ = ["LANGUAGES", "Finding", "check", "compile_all", "extract", "update"]
