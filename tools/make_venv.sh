#!/bin/sh
# Make the virtual environment in the folder that is named, with the first Python that is new enough.
# Python 3.11 goes first: it is the version that everything here is tried on.
set -eu

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for python in ${PYTHON:-python3.11 python3 python3.12 python3.13}; do
    # A version manager leaves a command behind that only says what is missing, so each one is tried.
    if command -v "$python" >/dev/null 2>&1 && "$python" -c "$new_enough" >/dev/null 2>&1; then
        echo "Virtuele omgeving maken met $("$python" --version) …"
        if "$python" -m venv --clear "$1"; then
            exit 0
        fi
        echo "$python kan geen virtuele omgeving maken. Debian en Ubuntu: apt-get install python3-venv." >&2
        rm -rf "$1"
        exit 1
    fi
done
echo "Python 3.11 of nieuwer is nodig, en is hier niet gevonden. Installeer het, of wijs het aan: make PYTHON=/pad/naar/python3.11 …" >&2
exit 1
