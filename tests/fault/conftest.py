"""The kill test is also a program (`python -m tests.fault.kill`): one name for both."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
