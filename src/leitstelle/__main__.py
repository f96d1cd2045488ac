"""Entry point of the `leitstelle` command."""

import sys

from leitstelle.config.cli import main

if __name__ == "__main__":
    sys.exit(main())
