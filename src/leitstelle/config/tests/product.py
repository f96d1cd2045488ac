"""The whole product as people run it: `leitstelle init`, then `leitstelle up` on a fresh folder and a free port."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from leitstelle.config import env

START_SECONDS = 240  # patience with a busy machine
ADMIN, PASSWORD = "anja.chefin@leitstelle.example", "Nordlicht-Kaffee-17"
LEITSTELLE = (sys.executable, "-m", "leitstelle")


@dataclass(frozen=True)
class Product:
    """A running desk; `address` without a slash at its end."""

    address: str
    environment: dict[str, str]
    log: Path

    def command(self, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run `leitstelle …` beside it, on the same data."""
        return subprocess.run(
            [*LEITSTELLE, *words],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )


def fresh_environment(folder: Path, **settings: str) -> dict[str, str]:
    """The variables of a desk whose data lies below `folder`; nothing of the developer's own."""
    ours = {variable.name for variable in env.TABLE} | {"DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in ours} | {
        "LEITSTELLE_DATA": str(folder / "data"),
        "LEITSTELLE_HOST": "127.0.0.1",
        "LANG": "C",
        **settings,
    }


@contextmanager
def running_product(folder: Path) -> Iterator[Product]:
    """Run web, worker and clock of a new desk under their supervisor until the block ends."""
    product = Product("", fresh_environment(folder), folder / "log")
    make_desk(product)
    with running(product) as started:
        yield started


def make_desk(product: Product) -> None:
    """`leitstelle init`: a company and its administrator."""
    words = "--company", "Hafen IT", "--domain", "hafen.example", "--name", "Anja Chefin", "--email", ADMIN
    made = product.command("init", *words, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr


@contextmanager
def running(product: Product) -> Iterator[Product]:
    """Run what is there already, on any free port."""
    environment = product.environment
    with product.log.open("wb") as log:
        process = subprocess.Popen(
            [*LEITSTELLE, "up", "--port", "0"], env=environment, stdout=log, stderr=log
        )
    try:
        yield Product(_address_of(product.log, process), environment, product.log)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def working(product: Product) -> Iterator[None]:
    """Run its worker and clock alone, without web pages."""
    with (
        product.log.open("wb") as log,
        subprocess.Popen(
            [*LEITSTELLE, "worker", "--with-clock"], env=product.environment, stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def _address_of(log: Path, process: "subprocess.Popen[bytes]") -> str:
    """The address that `up` announces once it answers."""
    deadline = time.monotonic() + START_SECONDS
    while not (found := re.search(r"(?:is ready|ist bereit): (http://\S+?)/?\s", log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return found[1]
