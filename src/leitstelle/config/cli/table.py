"""The table of commands and how one is started.

Owns parsing of the first word, setting up Django where a command needs it, and what a user sees of an unexpected error.
Leaves everything else to the command modules beside this file.
"""

import argparse
import ast
import gettext
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import leitstelle
from leitstelle.config import cli
from leitstelle.config.env import ConfigurationError
from leitstelle.config.texts import LOCALE, _, refresh_catalogues

DONE, WRONG, USAGE, UNEXPECTED, TRY_AGAIN, INTERRUPTED = 0, 1, 2, 70, 75, 130
NOT_COMMANDS = {"table"}
# What argparse itself says; it looks these up by gettext, so they only have to stand in our catalogue.
ARGPARSE = (
    _("usage: "),
    _("options"),
    _("positional arguments"),
    _("show this help message and exit"),
    _("%(prog)s: error: %(message)s\n"),
    _("the following arguments are required: %s"),
    _("unrecognized arguments: %s"),
    _("invalid choice: %(value)r (choose from %(choices)s)"),
    _("invalid %(type)s value: %(value)r"),
    _("expected one argument"),
    _("argument %(argument_name)s: %(message)s"),
)


def commands() -> list[str]:
    """Names of all commands; a module `back_up` is the command `back-up`. Imports none of them."""
    names = [module.name for module in pkgutil.iter_modules(cli.__path__)]
    return sorted(
        name.replace("_", "-") for name in names if name not in NOT_COMMANDS and not name.startswith("_")
    )


def load(name: str) -> ModuleType:
    """The module of a command."""
    return import_module(f"leitstelle.config.cli.{name.replace('-', '_')}")


def constants(name: str) -> dict[str, Any]:
    """The literal top-level assignments of a command's file, read without running it.

    A command that imports models must not be imported before Django is ready, yet says itself whether it needs it.
    """
    tree = ast.parse((Path(cli.__path__[0]) / f"{name.replace('-', '_')}.py").read_text("utf-8"))
    found: dict[str, Any] = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and isinstance(value := getattr(node, "value", None), ast.Constant):
            found[target.id] = value.value
    return found


def overview() -> str:
    """The help text: every command with one line."""
    lines = [_("usage: ") + "leitstelle " + _("COMMAND [options]"), "", _("commands:")]
    lines += [f"  {name:<12} {_(constants(name).get('HELP', ''))}" for name in commands()]
    lines += [
        "",
        _("leitstelle COMMAND --help explains one."),
        _(
            "Exit codes: 0 done, 1 something is wrong, 2 wrong usage or configuration, 70 unexpected error, "
            "75 try again later, 130 interrupted."
        ),
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help", "help"}:
        sys.stdout.write(overview() + "\n")
        return DONE if words else USAGE
    if words[0] == "--version":
        sys.stdout.write(leitstelle.__version__ + "\n")
        return DONE
    if words[0] not in commands():
        sentence = _("leitstelle: there is no command %(name)s; `leitstelle --help` lists them.")
        sys.stderr.write(sentence % {"name": repr(words[0])} + "\n")
        return USAGE
    try:
        return start(words[0], words[1:])
    except KeyboardInterrupt:
        return INTERRUPTED
    except ConfigurationError as error:
        sys.stderr.write(f"leitstelle: {error}\n")
        return USAGE
    except BrokenPipeError:
        # The reader of our output went away (`| head`); Python would complain again while closing standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        report(words[0], error)
        return UNEXPECTED


def start(name: str, words: list[str]) -> int:
    """Parses the rest of the line and runs the command, with Django ready where it needs it."""
    if constants(name).get("DJANGO", True):
        set_up_django()
    module = load(name)
    speak_here()
    parser = argparse.ArgumentParser(prog=f"leitstelle {name}", description=module.HELP)
    module.add_arguments(parser)
    translate(parser)
    return int(module.run(parser.parse_args(words)))


def speak_here() -> None:
    """Let argparse find its own sentences in our catalogue; it asks for the language of the terminal by itself."""
    gettext.bindtextdomain("django", str(LOCALE))
    gettext.textdomain("django")


def translate(parser: argparse.ArgumentParser) -> None:
    """Put every help text of a parser, and of those below it, into the language of the terminal."""
    parser.description = _(parser.description) if parser.description else None
    parser.epilog = _(parser.epilog) if parser.epilog else None
    for action in parser._actions:
        if action.help and action.help != argparse.SUPPRESS:
            action.help = _(action.help)
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                choice.help = _(choice.help) if choice.help else None
            for below in set(action.choices.values()):
                translate(below)


def set_up_django() -> None:
    """Settings and applications; raises ConfigurationError for a variable that cannot be understood."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstelle.config.settings")
    refresh_catalogues()
    import_module("django").setup()


def report(name: str, error: Exception) -> None:
    """Tells a person what happened; LEITSTELLE_LOG_LEVEL=DEBUG adds the traceback."""
    if os.environ.get("LEITSTELLE_LOG_LEVEL", "").upper() == "DEBUG":
        traceback.print_exception(error)
    sys.stderr.write(
        f"leitstelle {name}: unexpected error: {type(error).__name__}: {error}\n"
        "`leitstelle doctor` checks the installation; LEITSTELLE_LOG_LEVEL=DEBUG shows where it happened.\n"
    )
