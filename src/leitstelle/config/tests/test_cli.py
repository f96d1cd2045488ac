"""The command line: found by file name, started lazily, and clear about what went wrong."""

import argparse
import subprocess
import sys
from types import SimpleNamespace

import pytest

import leitstelle
from leitstelle.config.cli import main, table
from leitstelle.config.env import ConfigurationError

pytestmark = pytest.mark.processes

NO_DJANGO = ("calendar", "mail", "telephony", "up")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "leitstelle", *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    module = SimpleNamespace(HELP="x", add_arguments=lambda parser: None, run=lambda args: 0)
    monkeypatch.setattr(table, "commands", lambda: ["probe"])
    monkeypatch.setattr(table, "load", lambda name: module)
    monkeypatch.setattr(table, "constants", lambda name: {"DJANGO": False})
    return module


def test_every_command_says_what_it_does() -> None:
    for name in table.commands():
        assert table.constants(name).get("HELP"), name


@pytest.mark.parametrize("name", table.commands())
def test_every_command_follows_the_convention(name: str) -> None:
    module = table.load(name)
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    assert callable(module.run)


def test_help_lists_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in table.commands())


def test_without_a_command_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage:" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == leitstelle.__version__


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fly"]) == 2
    assert "'fly'" in capsys.readouterr().err


def test_exit_code_of_the_command_is_returned(command: SimpleNamespace) -> None:
    command.run = lambda args: 75
    assert main(["probe"]) == 75


def test_wrong_configuration_is_said_without_traceback(
    command: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(args: argparse.Namespace) -> int:
        raise ConfigurationError("LEITSTELLE_PORT cannot be understood")

    command.run = fail
    assert main(["probe"]) == 2
    assert capsys.readouterr().err == "leitstelle: LEITSTELLE_PORT cannot be understood\n"


def test_unexpected_error_names_the_way_on(
    command: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(args: argparse.Namespace) -> int:
        raise RuntimeError("no such table")

    command.run = fail
    assert main(["probe"]) == 70
    err = capsys.readouterr().err
    assert "no such table" in err
    assert "leitstelle doctor" in err
    assert "Traceback" not in err


def test_interrupt_is_no_error(command: SimpleNamespace) -> None:
    def interrupt(args: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    command.run = interrupt
    assert main(["probe"]) == 130


@pytest.mark.parametrize("name", [name for name in NO_DJANGO if name in table.commands()])
def test_fast_commands_load_neither_settings_nor_database(name: str) -> None:
    code = (
        "import sys, argparse; from leitstelle.config.cli import table\n"
        f"table.load({name!r}).add_arguments(argparse.ArgumentParser())\n"
        "sys.exit('django.db' in sys.modules or 'leitstelle.config.settings' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
    assert table.constants(name)["DJANGO"] is False


def test_module_runs_as_program() -> None:
    assert run("--version").stdout.strip() == leitstelle.__version__
