"""What `import cleaner` costs: nothing heavy may come with it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

from cleaner.weights import PACKAGED

HEAVY = (
    "typer",
    "rich",
    "torch",
    "pyarrow",
    "trafilatura",
    "justext",
    "langdetect",
    "tldextract",
    "pandas",
    "polars",
    "ray",
)

PROGRAM = "import json, sys, cleaner; print(json.dumps(sorted(sys.modules)))"


def test_importing_loads_nothing_heavy() -> None:
    """A fresh interpreter that imports the package has loaded none of the command line, the trainers and the peers."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True, timeout=60)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert sorted(loaded & set(HEAVY)) == []
    assert "cleaner" in loaded


def test_public_names_are_there() -> None:
    """What `cleaner.__all__` promises can be got from the package, and clean() is among it."""
    missing = "[name for name in cleaner.__all__ if not hasattr(cleaner, name)]"
    program = f"import cleaner; print({missing}, cleaner.clean.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60, encoding="utf-8"
    )
    assert done.stdout == "[] clean\n"


def test_a_run_names_its_weights_without_loading_what_runs_them() -> None:
    """The digest of the packaged weights is that of the file the network is read from; numpy is not loaded for it."""
    program = (
        "import sys; from cleaner.batch.state import weights_digest; from cleaner.settings import DEFAULTS;"
        " print(weights_digest(DEFAULTS), 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60, encoding="utf-8"
    )
    assert done.stdout.split() == [hashlib.sha256(PACKAGED.read_bytes()).hexdigest()[:16], "False"]
