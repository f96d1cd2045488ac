"""Timing what users do, over HTTP against the running server, and mail through the real intake."""

import math
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from leitstelle.config.bench.client import Answer, Client
from leitstelle.intake.actions import accept_raw, process_mail
from leitstelle.intake.models import Mailbox

REPEATS = 40
MAILS = 200
_NEXT = re.compile(r'href="([^"]+)" rel="next"')
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2|svg))"')
_FONT = re.compile(r'url\("?([^")]+\.woff2)"?\)')
VIEWS = ("mine", "team", "unassigned", "waiting", "open", "level-1", "all")
SEARCHES = (
    ("rare", "NB-04711"),
    ("common", "Drucker"),
    ("compound", "Netzwerk"),
    ("phrase", "Treiber erneuert"),
)


@dataclass(frozen=True)
class Figure:
    """One measured operation: milliseconds (median, p95), statements (p95), and its budget.

    `cpu` is the median time in the web process alone, where it was measured: what an idle machine would need there.
    """

    name: str
    median: float
    p95: float
    statements: int
    budget: float | None = None
    statement_budget: int | None = None
    unit: str = "ms"
    cpu: float = 0

    @property
    def kept(self) -> bool | None:
        if self.budget is None:
            return None
        enough = self.statement_budget is None or self.statements <= self.statement_budget
        good = self.p95 >= self.budget if self.unit == "/s" else self.p95 <= self.budget
        return good and enough


def measure_pages(client: Client, who: str, ticket_path: str) -> Iterator[Figure]:
    """Yield figures of lists, ticket and search as one signed-in person sees them."""
    for view in VIEWS:
        yield _timed(f"{who}: {view}, page 1", client, f"/tickets/?view={view}", 60, 12)
    deep = _hundredth(client, "/tickets/?view=all")
    if deep:
        yield _timed(f"{who}: all, page 100", client, deep, 60, 12)
    if client.get(ticket_path).status == 200:
        yield _timed(f"{who}: ticket with 50 messages", client, ticket_path, 80, 25)
    for name, words in SEARCHES:
        yield _timed(f"{who}: search {name}", client, f"/search/?q={words.replace(' ', '+')}", 150, None)


def _timed(name: str, client: Client, path: str, budget: float, statements: int | None) -> Figure:
    client.get(path)
    answers = [client.get(path) for _ in range(REPEATS)]
    wrong = next((answer for answer in answers if answer.status != 200), None)
    if wrong is not None:
        raise RuntimeError(f"{path} answered {wrong.status}")
    times = [one.server_ms for one in answers]
    return Figure(
        name,
        statistics.median(times),
        p95(times),
        # Once a minute a process reads its master data anew, which is no cost of one page.
        round(p95([one.statements for one in answers])),
        budget,
        statements,
        cpu=statistics.median(one.cpu_ms for one in answers),
    )


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


def _hundredth(client: Client, path: str) -> str:
    """Walk to the hundredth page as a reader would; returns its address, empty where the list is shorter."""
    for _ in range(99):
        found = _NEXT.search(client.get(path).text)
        if found is None:
            return ""
        target = unescape(found.group(1))
        path = f"/tickets/{target}" if target.startswith("?") else target
    return path


def measure_weight(client: Client) -> Iterator[Figure]:
    """Yield what the inbox weighs on the wire: first visit with all assets, and a later one."""
    page = client.get("/tickets/?view=open")
    assets = set(_ASSET.findall(page.text))
    first = page.size + sum(_asset(client, path).size for path in assets)
    for path in [one for one in assets if one.endswith(".css")]:
        fonts = {font for font in _FONT.findall(client.get(path).text) if "latin-wdth" in font}
        first += sum(
            client.get(_beside(path, font)).size for font in fonts if _beside(path, font) not in assets
        )
    yield Figure("inbox, first visit", first / 1000, first / 1000, 0, 180, unit="KB")
    yield Figure("inbox, later visit", page.size / 1000, page.size / 1000, 0, 25, unit="KB")


def _asset(client: Client, path: str) -> Answer:
    return client.get(path)


def _beside(path: str, target: str) -> str:
    folder = path.rsplit("/", 1)[0].split("/")
    for part in target.split("/"):
        if part == "..":
            folder.pop()
        elif part != ".":
            folder.append(part)
    return "/".join(folder)


def measure_mail(now: datetime, report: Callable[[int, int], None]) -> Iterator[Figure]:
    """Yield how many mails become tickets (accepted, parsed, threaded, clocked, recorded): in a second of one
    core, which the budget means, and in a second on the clock, with waiting for disk and database.
    """
    box, _ = Mailbox.objects.get_or_create(address="bench@desk.example", defaults={"created_at": now})

    def take(raw: bytes) -> None:
        process_mail(accept_raw(box, raw, received_at=now, source="bench", now=now), now=now)

    mails = [_mail(index, now) for index in range(MAILS)]
    # The first one reads the code and the word lists, as pages have done before they are timed.
    take(_mail(MAILS, now))
    begin, cpu = time.perf_counter(), time.process_time()
    for index, raw in enumerate(mails):
        take(raw)
        report(index + 1, MAILS)
    per_core, per_second = MAILS / (time.process_time() - cpu), MAILS / (time.perf_counter() - begin)
    yield Figure("mail to ticket, per core", per_core, per_core, 0, 40, unit="/s")
    yield Figure("mail to ticket, on the clock", per_second, per_second, 0, unit="/s")


def _mail(index: int, now: datetime) -> bytes:
    return (
        f"From: Person {index % 50} <absender-{index % 50}@kunde.example>\r\n"
        f"To: bench@desk.example\r\nSubject: Drucker {index} druckt nicht\r\n"
        f"Message-ID: <bench-{now.timestamp()}-{index}@kunde.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"Guten Tag,\r\n\r\nder Netzwerkdrucker im Flur {index} druckt seit heute früh nicht.\r\n"
        "Wir haben ihn schon neu gestartet.\r\n\r\nViele Grüße\r\n"
    ).encode()
