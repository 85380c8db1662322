#!/bin/sh
# Make .venv with a Python that is new enough, and write into .venv/.made which folder it belongs to.
# PYTHON names the interpreter to take; left empty, the usual names are tried, then what pyenv keeps.
set -eu

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

has_pip() { # uv leaves it out
    "$1" -m pip --version >/dev/null 2>&1 || "$1" -m ensurepip >/dev/null 2>&1
}

if [ ! -e .venv/.made ] && new_enough .venv/bin/python && has_pip .venv/bin/python; then
    pwd -P >.venv/.made # a person made it: keep it
    exit 0
fi

found=
if [ -n "${PYTHON:-}" ]; then
    if new_enough "$PYTHON"; then found=$PYTHON; fi
else
    for candidate in python3.12 python3.13 python3.14 python3 python \
        "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
        if new_enough "$candidate"; then
            found=$candidate
            break
        fi
    done
fi

if [ -z "$found" ]; then
    seen=$("${PYTHON:-python3}" --version 2>/dev/null) || seen="none under the name ${PYTHON:-python3}"
    echo "immune-sim needs Python 3.12 or newer; found was $seen. Install a newer one, or name one: make test PYTHON=/path/to/python3.12" >&2
    exit 1
fi

echo "Making .venv with $("$found" --version)"
if ! "$found" -m venv --clear .venv; then
    echo "$found cannot make a virtual environment; on Debian and Ubuntu its venv package is missing: apt install python3-venv." >&2
    exit 1
fi
pwd -P >.venv/.made
