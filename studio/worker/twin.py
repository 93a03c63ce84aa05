"""Tries one model in this interpreter and tells what it really used; see `rehearsal`.

python -u twin.py     # configuration: the first JSON line on stdin
"""

from __future__ import annotations

import importlib
import sys

if __name__ == "__main__":
    sys.exit(importlib.import_module("serve").sibling("rehearsal").main())
