"""Settings of the tests: a data directory of its own for each process, SQLite, or PostgreSQL by TEST_DATABASE_URL.

Nothing of the developer's environment may change a result, so every variable of the table is removed first.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from leitstelle.config import env

for _variable in env.TABLE:
    os.environ.pop(_variable.name, None)
_data = tempfile.mkdtemp(prefix="leitstelle-test-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
os.environ["LEITSTELLE_DATA"] = _data
os.environ["SECRET_KEY"] = "tests only, never used anywhere else"
os.environ["LEITSTELLE_BASE_URL"] = "http://testserver"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from leitstelle.config.settings import *  # noqa: E402, F403
from leitstelle.config.settings import DATA, DATABASES, LOGGING, STATIC_ROOT  # noqa: E402

# The word list takes seconds to make; one for all test processes of this user.
LEXICON_DIR = Path(tempfile.gettempdir()) / f"leitstelle-lexicon-{os.getuid()}"
STATIC_ROOT.mkdir()  # WhiteNoise warns otherwise
ALLOWED_HOSTS = ["*"]
# Tests write master data without events and roll it back; those of `kernel.kept` switch it on.
MASTER_DATA_SECONDS = 0
# What is written is sent at once; tests of undoing set their own time.
UNDO_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING["root"]["level"] = "WARNING"
_suffix = os.environ.get("TEST_DB_SUFFIX", "")
if os.environ["DATABASE_URL"]:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # Nothing of a test has to survive a power cut, and compiling a plan takes longer than any of their queries.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off -c jit=off"
    DATABASES["default"]["TEST"] = {"NAME": f"test_leitstelle{'_' + _suffix if _suffix else ''}"}
else:
    # A file, as in production: an in-memory database locks differently when several threads use it.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA foreign_keys=ON;"
    )
