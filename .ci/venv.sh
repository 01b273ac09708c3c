#!/bin/sh
# Make .venv with what `app` or `test` needs. Done at once when nothing changed; a half-made .venv is made anew.
# Usage: sh .ci/venv.sh app|test     (PYTHON=... names another interpreter to build it with)
set -eu
cd "$(dirname "$0")/.."
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

find_python() {
    for name in ${PYTHON:-python3.11 python3.12 python3.13 python3 python3.14 python}; do
        if "$name" -c "$new_enough" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo "Python 3.11 or newer is needed and was not found${PYTHON:+ under the name $PYTHON}." >&2
    echo "Install it (Debian: apt install python3 python3-venv), or name one: make ... PYTHON=/path/to/python3" >&2
    exit 1
}

make_venv() {
    base=$(find_python)
    echo "Making .venv with $("$base" --version)"
    rm -rf .venv
    # Debian splits pip's seed off into python3-venv; where only pip is there, it can put itself into the environment.
    if ! "$base" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        if ! { "$base" -m venv --without-pip .venv && "$base" -m pip --python .venv/bin/python install -q pip; } \
            >/dev/null 2>&1; then
            rm -rf .venv
            echo "$("$base" --version) cannot make a virtual environment; on Debian: apt install python3-venv" >&2
            exit 1
        fi
    fi
}

.venv/bin/python -c "$new_enough" >/dev/null 2>&1 || make_venv
status=0
.venv/bin/python .ci/install.py "$1" || status=$?
if [ "$status" -eq 3 ]; then
    echo "The last installation was interrupted; .venv is made anew."
    make_venv
    status=0
    .venv/bin/python .ci/install.py "$1" || status=$?
fi
exit "$status"
