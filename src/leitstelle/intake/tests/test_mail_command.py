"""`leitstelle mail inspect` and `reply`: one JSON object a line, for any bytes, without settings or database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.processes

MAILS = Path(__file__).parent / "mails"
_KEYS = (
    "file message_id date subject from to cc reply_to in_reply_to references text html reply_text attachments "
    "automatic bounce charsets defects events signature encrypted"
)
KEYS = _KEYS.split()


def run(*words: str, stdin: bytes = b"") -> tuple[int, bytes]:
    environment = {
        key: value for key, value in os.environ.items() if key in {"PATH", "PYTHONPATH", "HOME", "LANG"}
    }
    # A database that cannot be opened: these commands must not try.
    environment |= {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "LEITSTELLE_PORT": "not a port",
    }
    command = [sys.executable, "-m", "leitstelle", "mail", *words]
    done = subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False)
    return done.returncode, done.stdout


def lines(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.decode("utf-8").splitlines()]


def test_every_mail_of_the_corpus_is_one_line_with_all_keys() -> None:
    files = [str(path) for path in sorted(MAILS.glob("*.eml"))]
    code, output = run("inspect", *files, "--json")
    found = lines(output)
    assert code == 0
    assert [item["file"] for item in found] == files
    assert all(list(item) == KEYS for item in found)
    assert all(set(item["automatic"]) == {"is", "kind", "why"} for item in found)


def test_a_missing_file_is_a_line_too() -> None:
    code, output = run("inspect", "/does/not/exist.eml", str(MAILS / "scanner.eml"), "--json")
    found = lines(output)
    assert code == 1
    assert "cannot be read" in found[0]["defects"][0]
    assert found[1]["attachments"][0]["filename"] == "20261120101200.pdf"


@pytest.mark.parametrize(
    "raw", [b"", bytes(range(256)), b"\xff" * 5000, b"Content-Type: multipart/mixed\n\n--"]
)
def test_any_bytes_from_standard_input(raw: bytes) -> None:
    code, output = run("inspect", "-", "--json", stdin=raw)
    assert code == 0
    assert len(lines(output)) == 1


def test_for_reading() -> None:
    code, output = run("inspect", str(MAILS / "outlook_de_reply.eml"))
    assert code == 0
    assert "Jürgen Müller <juergen.mueller@kunde.example>" in output.decode()
    assert "Bitte schalten" not in output.decode()


def test_replies(tmp_path: Path) -> None:
    body = tmp_path / "body.txt"
    body.write_bytes("Geht.\n\nAm 20.11.26 um 10:12 schrieb Desk:\n> Grüße\n".encode("cp1252"))
    code, output = run("reply", str(body), str(tmp_path / "none.txt"), "--json")
    found = lines(output)
    assert code == 1
    assert found[0] == {
        "file": str(body),
        "reply": "Geht.",
        "quoted": "Am 20.11.26 um 10:12 schrieb Desk:\n> Grüße",
    }
    assert found[1]["reply"] == ""
