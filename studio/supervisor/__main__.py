"""`python -m studio.supervisor ENDPOINT_FOLDER`"""

from __future__ import annotations

import sys
from pathlib import Path

from studio.supervisor.supervisor import Supervisor

if __name__ == "__main__":
    sys.exit(Supervisor(Path(sys.argv[1])).run())
