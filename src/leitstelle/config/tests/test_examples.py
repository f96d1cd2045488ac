"""The systemd units, the environment and the nginx configuration that the documentation hands out."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.urls import reverse

from leitstelle.config import env, env_values
from leitstelle.config.cli.table import commands

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[4]
EXAMPLES = ROOT / "docs" / "examples"
UNITS = sorted(EXAMPLES.glob("*.service"))
NGINX = (EXAMPLES / "nginx.conf").read_text("utf-8")


def options(unit: Path) -> dict[str, list[str]]:
    """`Section.Option` with its values; fails for lines that are neither."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in unit.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
            continue
        name, sign, value = line.partition("=")
        assert sign, f"{unit.name}: {line}"
        assert section, f"{unit.name}: {line}"
        found.setdefault(f"{section}.{name}", []).append(value)
    return found


def test_there_are_units_for_everything() -> None:
    assert {unit.stem for unit in UNITS} == {
        "leitstelle",
        *(f"leitstelle-{name}" for name in ("prepare", "web", "worker", "clock")),
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_what_exists(unit: Path) -> None:
    found = options(unit)
    program, *words = found["Service.ExecStart"][0].split()
    if program.endswith("/python"):
        assert words[0] == "-m"
        assert find_spec(words[1]) is not None
    else:
        assert program == "/opt/leitstelle/bin/leitstelle"
        assert words[0] in commands()
        help_text = subprocess.run(
            [sys.executable, "-m", "leitstelle", words[0], "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert all(word.partition("=")[0] in help_text for word in words[1:])
    assert found["Service.EnvironmentFile"] == ["/etc/leitstelle/leitstelle.env"]
    assert found["Service.User"] == ["leitstelle"]
    assert found["Install.WantedBy"] == ["multi-user.target"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_what_a_unit_asks_for_is_there(unit: Path) -> None:
    found = options(unit)
    ours = {other.name for other in UNITS}
    for name in ("Unit.Requires", "Unit.After", "Unit.Wants"):
        wanted = " ".join(found.get(name, [])).split()
        assert {word for word in wanted if word.startswith("leitstelle")} <= ours


def test_systemd_itself_takes_the_units(tmp_path: Path) -> None:
    """Where systemd is installed; what needs no systemd is checked above."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return
    for unit in UNITS:
        text = unit.read_text("utf-8")
        text = re.sub(r"/opt/leitstelle/bin/\w+", sys.executable, text)
        text = re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, "utf-8")
    done = subprocess.run(
        [program, "verify", *map(str, tmp_path.glob("*.service"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "leitstelle" in line] == []


def test_the_environment_names_known_variables_with_good_values() -> None:
    lines = (EXAMPLES / "leitstelle.env").read_text("utf-8").splitlines()
    pairs = [line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?[A-Z_]+=", line)]
    assert len(pairs) > 8
    values = dict(pairs)
    for name in values:
        env.read(name, values)
    assert f"StateDirectory={Path(values['LEITSTELLE_DATA']).name}" in UNITS[0].read_text("utf-8")


def blocks(text: str) -> list[str]:
    """Every statement and block head of an nginx file; fails where braces or semicolons are missing."""
    plain = re.sub(r"#.*", "", text)
    depth, statements = 0, []
    for token in re.findall(r"[^;{}]+|[;{}]", plain):
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            assert depth >= 0
        elif token.strip() and token != ";":
            statements.append(" ".join(token.split()))
    assert depth == 0
    for line in plain.splitlines():
        assert not line.strip() or line.strip()[-1] in "{};", line
    return statements


def test_nginx_passes_what_the_desk_needs() -> None:
    found = blocks(NGINX)
    assert "proxy_set_header X-Forwarded-Proto $scheme" in found
    assert "proxy_set_header X-Forwarded-For $remote_addr" in found
    assert "proxy_set_header Host $host" in found
    size = next(line.split()[1] for line in found if line.startswith("client_max_body_size"))
    assert env_values.size(size) > 4 * env.read("LEITSTELLE_MAX_UPLOAD", {})
    assert found.count("proxy_pass http://leitstelle") == 3


def test_nginx_does_not_hold_back_the_event_streams() -> None:
    pattern = re.search(r"location ~ (\S+) \{([^}]*)\}", NGINX)
    assert pattern
    streams = [reverse("web:live"), reverse("web:portal-live")]
    assert all(re.match(pattern[1], address) for address in streams)
    assert not re.match(pattern[1], reverse("tickets:inbox"))
    assert "proxy_buffering off" in pattern[2]


def test_the_documentation_points_at_every_example() -> None:
    text = (ROOT / "docs" / "administration.md").read_text("utf-8")
    for name in ("leitstelle.service", "leitstelle.env", "nginx.conf", *(unit.stem for unit in UNITS)):
        assert name in text, name
