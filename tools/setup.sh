#!/bin/sh
# Makes the virtual environment with the locked packages. Needs python3; asks Debian for what else is missing.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "janji needs Python 3.11 or newer as \`$PYTHON\`; name another with \`make PYTHON=...\`" >&2
  exit 1
fi

if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
  packages=$(grep -v '^#' tools/debian-packages.txt | tr '\n' ' ')
  echo "Debian packages wanted: $packages"
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    sudo=""
  elif command -v apt-get >/dev/null 2>&1 && command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo="sudo"
  else
    echo "install them and run this again: apt-get install $packages" >&2
    exit 1
  fi
  $sudo apt-get update -q
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $packages
fi

"$PYTHON" -m venv "$VENV"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
