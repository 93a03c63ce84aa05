#!/usr/bin/env bash
# Write the locks again from pyproject.toml: every dependency, every hash.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.uv/bin/uv
options=(--generate-hashes --universal --python-version 3.11 --no-header --quiet)
"$uv" pip compile pyproject.toml --extra dev "${options[@]}" "$@" -o requirements.lock
echo "uv" | "$uv" pip compile - "${options[@]}" "$@" -o packaging/requirements-uv.txt
