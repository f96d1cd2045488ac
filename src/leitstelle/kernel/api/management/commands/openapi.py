"""`leitstelle manage openapi`: print the OpenAPI document."""

from typing import Any

from django.core.management.base import BaseCommand

from leitstelle.kernel.api.openapi import document_text


class Command(BaseCommand):
    """For `docs/openapi.json`, which a test compares with it."""

    help = "Print the OpenAPI document of the REST API."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document_text(), ending="")
