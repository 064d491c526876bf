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

missing=""
for package in $(grep -v '^#' tools/debian-packages.txt); do
  case $package in
    python3-venv) "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing $package" ;;
    postgresql-15) test -x /usr/lib/postgresql/15/bin/postgres || missing="$missing $package" ;;
    chromium) command -v chromium >/dev/null 2>&1 || missing="$missing $package" ;;
    *) dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package" ;;
  esac
done
if [ -n "$missing" ]; then
  echo "Debian packages wanted:$missing"
  sudo=""
  if ! command -v apt-get >/dev/null 2>&1; then
    sudo=none
  elif [ "$(id -u)" != 0 ]; then
    sudo=none
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo=sudo; fi
  fi
  if [ "$sudo" != none ]; then
    $sudo apt-get update -q
    found=""
    for package in $missing; do
      if apt-cache show "$package" >/dev/null 2>&1; then
        found="$found $package"
      else
        echo "this system has no $package; what needs it says so" >&2
      fi
    done
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $found
  elif "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "the program works without them; the tests of pages do not: apt-get install$missing" >&2
  else
    echo "install them and run this again: apt-get install$missing" >&2
    exit 1
  fi
fi

echo "setting up $VENV from requirements.lock: 1.2 GB on the disk; it takes a minute or two, in silence"
"$PYTHON" -m venv "$VENV"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . -e ./client
echo "set up; the program is $VENV/bin/janji"
