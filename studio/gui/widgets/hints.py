"""Hints name a command of the command line; in the window they name its places.

A hint is written once, by the services that both faces share, and some are kept in
the database. So it is put into the window's words where it is shown.
"""

from __future__ import annotations

import re

_PAGES = {
    "runs": "Runs",
    "models": "Models",
    "endpoints": "Endpoints",
    "pipelines": "Pipelines",
    "components": "the components of a pipeline",
    "sweeps": "Runs",
    "environments": "Environments",
}
_NAME = r"[^\s,.]+"
_WORDS: tuple[tuple[str, str], ...] = (
    (r"Resume it: studio runs resume \S+", "Press Resume in Runs"),
    (r"Run it again: studio runs resume \S+", "Press Resume in Runs"),
    (r"Run it anew: studio run \S+", "Open the pipeline and press Run"),
    (r"cancel them: studio runs list", "cancel them in Runs"),
    (r"Stop it first: studio endpoints stop \S+", "Stop it first, in Endpoints"),
    (r"Start it: studio endpoints start \S+", "Press Start"),
    (
        r"Wait until it has stopped, then: studio endpoints start \S+",
        "Wait until it has stopped, then press Start",
    ),
    (r"Wait until it serves: studio endpoints show \S+", "Wait until it serves"),
    (
        r"Send it there: studio endpoints traffic \S+ \S+",
        "Choose the deployment that gets the traffic, in the tab Deployments",
    ),
    (
        r"Move it first: studio endpoints traffic \S+ \S+",
        "Give the traffic to another deployment first",
    ),
    (
        r"Restart it: studio endpoints stop \S+, then start",
        "Restart it: press Stop, then Start",
    ),
    (
        r"Delete that deployment first: studio endpoints delete [^.]+",
        "Delete that deployment first, in Endpoints",
    ),
    (
        r"Look at them with: studio pipelines history \S+",
        "Look at them in the tab History",
    ),
    (
        r"see: studio environments check \S+ --model [^;]+; or deploy without the "
        r"check: --no-check",
        "see the tab Twin in Environments; or deploy without trying it there "
        "(Advanced)",
    ),
    (r"See: studio runs reopen --help", "Choose a step in Runs and reopen it"),
    (
        r"name its file: studio settings packages set --ca-bundle FILE",
        "name its file in Settings, Packages and network",
    ),
    (
        r"name it: studio settings packages set --vulnerabilities PATH",
        "name it in Settings, Packages and network",
    ),
    (
        r"Use the network once: studio settings packages set --online",
        "Switch 'Never use the network' off in Settings, Packages and network",
    ),
    (
        r"studio settings packages login ADDRESS",
        "in Settings, Packages and network",
    ),
    (
        r"studio settings packages login \S+",
        "in Settings, Packages and network, Log-ins",
    ),
    (
        r"studio settings packages (?:show|test)",
        "see Settings, Packages and network",
    ),
    (r"Make one with: studio init [^,.]+", "Make one with New workspace"),
    (r", or name one with --workspace \S+", ""),
    (r", or run with --set \S+", ""),
    (r"See what there is: studio environments images", "See the tab Images"),
    (r"studio (backup|audit) ", r"in a terminal, studio \1 "),
)
_SEE = re.compile(rf"studio (\w+) (?:list|show)(?: {_NAME})?")


def in_window(hint: str) -> str:
    """A hint in the words of the window."""
    for pattern, words in _WORDS:
        hint = re.sub(pattern, words, hint)
    return _SEE.sub(lambda found: _PAGES.get(found[1], found[0]), hint)
