"""`leitstelle manage deliveries`: what waits, what failed for good, and another try for it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count
from django.utils import timezone

from leitstelle.kernel.work.deliveries import retry_failed
from leitstelle.kernel.work.models import Delivery, DeliveryState


class Command(BaseCommand):
    """Lists by default; changes something only with --retry."""

    help = "Show waiting and failed deliveries; --retry makes failed ones ready again"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retry", action="store_true", help="make failed deliveries ready again")
        parser.add_argument("--subscriber", help="only those of this subscriber")
        parser.add_argument("--id", type=int, action="append", dest="ids", help="only this one (repeatable)")
        parser.add_argument("--limit", type=int, default=50, help="failed ones to show (default 50)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry"]:
            count = retry_failed(timezone.now(), subscriber=options["subscriber"], ids=options["ids"])
            self.stdout.write(f"{count} deliveries are ready again")
            return
        rows = Delivery.objects.exclude(state=DeliveryState.DONE)
        if options["subscriber"]:
            rows = rows.filter(subscriber=options["subscriber"])
        for state, count in rows.values_list("state").annotate(count=Count("pk")).order_by("state"):
            self.stdout.write(f"{count} {state}")
        for row in rows.filter(state=DeliveryState.FAILED).order_by("-pk")[: options["limit"]]:
            self.stdout.write(f"{row.pk}  {row}  {row.attempts} attempts: {row.last_error.splitlines()[0]}")
