#!/bin/sh
# Usage: scripts/deps.sh build|test|ci|docs|hint
#
# Makes sure that the Debian packages are there that building, testing or the whole CI needs.
# Says nothing where nothing is missing.  As root, or with sudo that asks no password, it installs
# what is missing; otherwise it prints the one line to run and stops with exit 2.
# `hint`, behind a build that failed, only tells what building needs and does not find.
set -u

build="gcc libc6-dev make libev-dev libssl-dev liblua5.4-dev libcjson-dev libarchive-dev libxml2-dev zlib1g-dev libsqlite3-dev"
test="$build libcmocka-dev curl tftp-hpa atftp openssl iproute2 tshark parallel sip-tester libxml2-utils"
ci="$test chromium clang clang-format libclang-rt-dev cppcheck shellcheck man-db"
docs="$build graphviz"

case "${1-}" in
build) want=$build ;;
test) want=$test ;;
ci) want=$ci ;;
docs) want=$docs ;;
hint) want=$build ;;
*)
    echo "usage: scripts/deps.sh build|test|ci|docs|hint" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "deps: this is no Debian; these packages, or what they hold, must be there: $want" >&2
    exit 0
fi

missing=
for package in $want; do
    case "$(dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null)" in
    installed*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0
if [ "$1" = hint ]; then
    echo "deps: not installed:$missing; \`make demo\` installs what is missing" >&2
    exit 0
fi

line="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    root="sudo -n"
else
    echo "deps: missing packages; run this, then try again:" >&2
    echo "  sudo $line" >&2
    exit 2
fi

log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
echo "deps: installing$missing" >&2
# An update that fails (a mirror is down) need not matter: the install decides.
# shellcheck disable=SC2086
$root apt-get update >"$log" 2>&1 </dev/null
# shellcheck disable=SC2086
if ! $root env DEBIAN_FRONTEND=noninteractive $line >>"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "deps: that failed; run this by hand, then try again:" >&2
    echo "  $line" >&2
    exit 2
fi
