"""A small HTTP client of one person: signs in once, keeps cookies and the connection."""

import gzip
import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back: status, unpacked text, bytes on the wire, milliseconds on both sides, statements."""

    status: int
    text: str
    size: int
    wall_ms: float
    server_ms: float
    cpu_ms: float
    statements: int
    location: str


@dataclass
class Client:
    """One person's browser, as far as a measurement needs it."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=120)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, "")

    def sign_in(self, address: str, password: str) -> None:
        """Sign in through the ordinary form; raises `RuntimeError` where that fails."""
        page = self.get("/account/login/")
        found = _CSRF.search(page.text)
        if found is None:
            raise RuntimeError(f"no sign-in form: {page.status}")
        form = {"csrfmiddlewaretoken": found.group(1), "login": address, "password": password}
        answer = self._ask("POST", "/account/login/", urlencode(form))
        if answer.status not in (302, 303):
            raise RuntimeError(f"sign-in failed: {answer.status}")

    def _ask(self, method: str, path: str, body: str) -> Answer:
        headers = {"Accept-Encoding": "gzip", "Accept": "text/html,*/*", "Accept-Language": "de"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.base + path}
        begin = time.perf_counter()
        self._connection.request(method, path, body or None, headers)
        response = self._connection.getresponse()
        raw = response.read()
        wall = (time.perf_counter() - begin) * 1000
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key.strip()] = rest.partition(";")[0]
        packed = response.headers.get("Content-Encoding") == "gzip"
        text = (gzip.decompress(raw) if packed else raw).decode("utf-8", "replace")
        return Answer(
            response.status,
            text,
            len(raw),
            wall,
            float(response.headers.get("X-Server-Ms", wall)),
            float(response.headers.get("X-Cpu-Ms", 0)),
            int(response.headers.get("X-Statements", 0)),
            response.headers.get("Location", ""),
        )
