#!/bin/sh
# Installs what only tests need from Debian's packages, where that is possible; says what it left out and why.
set -eu

missing=""
need() { # need PACKAGE PROGRAM…: PACKAGE is missing unless one of the programs is there
    package=$1
    shift
    for program in "$@"; do
        if command -v "$program" >/dev/null 2>&1 || [ -x "$program" ]; then return 0; fi
    done
    missing="$missing $package"
}

need chromium chromium chromium-browser google-chrome
need dovecot-imapd /usr/sbin/dovecot dovecot
need dovecot-lmtpd /usr/lib/dovecot/lmtp
need dovecot-pop3d /usr/lib/dovecot/pop3-login
need swaks swaks
need clamav-daemon /usr/sbin/clamd clamd
if [ -z "${TEST_DATABASE_URL:-}" ] && ! pg_isready -q -h 127.0.0.1 2>/dev/null; then
    need postgresql /usr/lib/postgresql/*/bin/initdb
fi

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Test servers left out, as this system has no apt-get:$missing" >&2
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Test servers left out, as only root may install them:$missing" >&2
    echo "  sudo apt-get install --no-install-recommends$missing" >&2
    exit 0
fi
echo "Installing test servers:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update || true
# shellcheck disable=SC2086
if ! apt-get -qq install --yes --no-install-recommends $missing >/dev/null; then
    echo "Test servers left out, as apt-get could not install them:$missing" >&2
fi
