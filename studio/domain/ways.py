"""Ways out that hints name: a command of the command line, a place of the window.

A hint is text, which the database keeps too, in the words of the command line. Each way
is written here once for both faces, so that the window can put its own words in place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Way:
    """`command` has {} for each name that is put in; `window` says it without."""

    command: str
    window: str

    def __call__(self, *names: object) -> str:
        """The words of the command line, about these."""
        return self.command.format(*names)

    def in_window(self, hint: str) -> str:
        """A hint with the window's words where it names this way."""
        return self._pattern.sub(self.window, hint)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.command).replace(r"\{\}", r"[^\s;]+"))


RESUME_RUN = Way("Resume it: studio runs resume {}", "Press Resume in Runs")
REPEAT_RUN = Way("Run it again: studio runs resume {}", "Press Resume in Runs")
RUN_ANEW = Way("Run it anew: studio run {}", "Open the pipeline and press Run")
CANCEL_RUNS = Way("cancel them: studio runs list", "cancel them in Runs")
REOPEN_STEP = Way("See: studio runs reopen --help", "Choose a step in Runs, reopen it")
SEE_RUN = Way("See: studio runs show {}", "See: Runs")
SEE_RUNS = Way("See: studio runs list", "See: Runs")
SEE_SWEEPS = Way("See: studio sweeps list", "See: Runs")
SEE_MODELS = Way("See: studio models list", "See: Models")
SEE_COMPONENTS = Way("See: studio components list", "See: the components of a pipeline")
SEE_HISTORY = Way(
    "Look at them with: studio pipelines history {}", "Look at them in the tab History"
)
SEE_IMAGES = Way(
    "See what there is: studio environments images",
    "See what there is in Environments, Images",
)
BUILD_IMAGE = Way(
    "Build or fetch it as an image: studio environments build {} --image",
    "Build or fetch it as an image, in Environments",
)
IMPORT_ENVIRONMENT = Way(
    "What 'environments export' wrote is read by: studio environments import FILE",
    "What was exported is read by Import environment from a file, in Environments",
)
CHECK_IN_ENVIRONMENT = Way(
    "see: studio environments check {} --model {}; or deploy without the check: "
    "--no-check",
    "see the tab Twin in Environments; or deploy without trying it there (Advanced)",
)
SEE_ENDPOINT = Way("See: studio endpoints show {}", "See: Endpoints")
STOP_FIRST = Way(
    "Stop it first: studio endpoints stop {}", "Stop it first, in Endpoints"
)
START = Way("Start it: studio endpoints start {}", "Press Start")
START_THEN = Way(
    "Wait until it has stopped, then: studio endpoints start {}",
    "Wait until it has stopped, then press Start",
)
WAIT_TO_SERVE = Way(
    "Wait until it serves: studio endpoints show {}", "Wait until it serves"
)
RESTART = Way(
    "Restart it: studio endpoints stop {}, then start",
    "Restart it: press Stop, then Start",
)
SEND_TRAFFIC = Way(
    "Send it there: studio endpoints traffic {} DEPLOYMENT=100",
    "Choose the deployment that gets the traffic, in the tab Deployments",
)
MOVE_TRAFFIC = Way(
    "Move it first: studio endpoints traffic {} OTHER=100",
    "Give the traffic to another deployment first",
)
DELETE_DEPLOYMENT = Way(
    "Delete that deployment first: studio endpoints delete {} {}",
    "Delete that deployment first, in Endpoints",
)

EVERY = tuple(each for each in list(globals().values()) if isinstance(each, Way))
