"""The import contracts name every domain package that exists."""

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
NO_DOMAINS = {"config", "kernel"}


def domains() -> set[str]:
    package = ROOT / "src" / "leitstelle"
    return {path.parent.name for path in package.glob("*/apps.py")} - NO_DOMAINS


def contracts() -> ConfigParser:
    parser = ConfigParser()
    assert parser.read(ROOT / ".importlinter", "utf-8")
    return parser


def test_layers_contract_holds_every_domain() -> None:
    listed = set(contracts()["importlinter:contract:layers"]["containers"].split())
    assert listed == {f"leitstelle.{name}" for name in domains()}


def test_private_contract_lets_every_domain_use_itself() -> None:
    lines = contracts()["importlinter:contract:private"]["ignore_imports"].strip().splitlines()
    expected = {f"leitstelle.{name}.** -> leitstelle.{name}.**" for name in domains()}
    assert set(lines) - {"leitstelle.** -> leitstelle.kernel.**"} == expected
