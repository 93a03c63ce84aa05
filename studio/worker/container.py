"""Serves the model that an image holds, with nothing but the image: the same server as
an endpoint's, given its configuration and a socket by this program instead of by a
supervisor.

python -u container.py            # configuration: container.json beside this file
python container.py --healthy     # exit status 0 if it answers

Variables: STUDIO_PORT; one of STUDIO_KEY, STUDIO_KEY_FILE, STUDIO_KEY_SHA256 (several
with commas). Without a key one is made, and told in the log.
"""

from __future__ import annotations

import hashlib
import http.client
import importlib
import json
import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Dict, List

HERE = Path(__file__).resolve().parent
PORT = int(os.environ.get("STUDIO_PORT") or 8080)


def main() -> int:
    # the first process of a container ignores what it doesn't handle
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    config = json.loads((HERE / "container.json").read_text(encoding="utf-8"))
    for name in ("model_path", "script"):
        if config.get(name):
            config[name] = str(HERE.parent / config[name])
    listening = listen(PORT)
    told = {
        **config,
        "deployment_fd": listening.fileno(),
        "allowed_hosts": ["*"],
        "key_hashes": [{"sha256": each} for each in key_hashes()],
    }
    if (HERE / "lib").is_dir():  # what the server needs and the environment lacks
        sys.path.append(str(HERE / "lib"))
    commands = tell(told)
    try:
        serve = importlib.import_module("serve")
        return int(serve.sibling("serving").main())
    finally:
        os.close(commands)


def listen(port: int) -> socket.socket:
    """On all addresses of the container; who may reach it is said when it's run."""
    if socket.has_dualstack_ipv6():
        try:
            return socket.create_server(
                ("", port), family=socket.AF_INET6, dualstack_ipv6=True
            )
        except OSError:
            pass  # this container has no IPv6
    return socket.create_server(("", port))


def key_hashes() -> List[str]:
    hashes = os.environ.pop("STUDIO_KEY_SHA256", "")
    if hashes:
        return [each.strip() for each in hashes.split(",") if each.strip()]
    key = os.environ.pop("STUDIO_KEY", "")
    file = os.environ.get("STUDIO_KEY_FILE")
    if file:
        key = Path(file).read_text(encoding="utf-8").strip()
    if not key:
        key = secrets.token_urlsafe(32)
        print("No key was given; this one is valid until it stops: " + key)
    return [hashlib.sha256(key.encode()).hexdigest()]


def tell(config: Dict[str, Any]) -> int:
    """Put the configuration where the server reads it; the end that must stay open."""
    reading, writing = os.pipe()
    os.dup2(reading, 0)
    os.close(reading)
    os.write(writing, json.dumps(config).encode() + b"\n")
    return writing


def healthy() -> int:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=3)
    try:
        connection.request("GET", "/ready")
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(healthy() if "--healthy" in sys.argv[1:] else main())
