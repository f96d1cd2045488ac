"""The command `leitstelle`: one module per command in this package, found by file name and imported only when used.

A command module has `HELP: str`, `add_arguments(parser)` and `run(args) -> int`; `DJANGO = False` where it needs no
settings and no database. Exit codes: 0 done, 1 finished but found something wrong, 2 wrong usage or configuration,
70 unexpected error, 75 try again later, 130 interrupted.
"""

from leitstelle.config.cli.table import main

__all__ = ["main"]
