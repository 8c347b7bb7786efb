"""Loaded before Django: a data folder of its own for every test process, never the developer's trial."""

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="motas-test-")
os.environ["VAR"] = _FOLDER
os.environ["MOTAS_MODE"] = "test"
os.environ["MOTAS_NO_POOL"] = "1"
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "KEYS_DIR", "PORT", "LOG_READER_URL", "LOG_WRITER_URL"):
    os.environ.pop(name, None)
os.chmod(_FOLDER, 0o755)  # noqa: S103 - the database's account must pass through; what matters inside is 0700
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
