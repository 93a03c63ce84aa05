#!/usr/bin/env bash
# Make .venv with everything in requirements.lock, and the command .venv/bin/studio.
# Needs Python 3.11 or later with pip; nothing is installed outside this folder.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
    for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
        if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "No Python 3.11 or later with pip was found; install one, or name it: make setup PYTHON=..." >&2
    exit 1
}

python=$(find_python)
if [ ! -e .venv/ready ]; then
    echo "Setting up .venv in this folder: about a minute, once ..."
fi
uv=.uv/bin/uv
if ! cmp -s packaging/requirements-uv.txt .uv/requirements-uv.txt; then
    rm -rf .uv
    "$python" -m pip install --quiet --disable-pip-version-check --no-warn-conflicts --root-user-action=ignore \
        --require-hashes --target .uv -r packaging/requirements-uv.txt
    cp packaging/requirements-uv.txt .uv/
fi
# uv doesn't read pip's settings; a company's own index must go on working
index=$("$python" -m pip config get global.index-url 2>/dev/null || true)
if [ -n "${PIP_INDEX_URL:-$index}" ]; then
    export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$index}}"
fi
if [ ! -x .venv/bin/python ]; then
    "$uv" venv --quiet --python "$python" .venv
fi
# compiled once here: where Python is told to write no bytecode, each step would compile
# pandas and scikit-learn anew, four seconds every time
"$uv" pip sync --quiet --require-hashes --compile-bytecode --python .venv/bin/python \
    requirements.lock
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation \
    --editable .
.venv/bin/python -m compileall -q studio
touch .venv/ready
