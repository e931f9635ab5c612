# shellcheck shell=sh
# Sourced by the live tests, from the root of the tree: `cucmlab serve` in the background, and a good
# end of it.  CUCMLAB is the program (./cucmlab), TEST_DIR an empty folder (made when not given).
#
#   serve SCENARIO OPTION...   starts it and waits for "ready"
#   until_done                 waits for the end of the scenario; serving goes on
#   stop [SIGNAL]              ends it (TERM); it must exit with 0
#   ok TEXT, fail TEXT         one line; fail shows what was printed and exits with 1
#
# Where the system allows it, the test runs in a network of its own (unshare), so that two of them
# on one machine do not meet on 127.0.0.11.
set -u
if [ -z "${LIVE_NETWORK-}" ]; then
    LIVE_NETWORK=shared
    for own in 'unshare -n' 'unshare -rn'; do
        if $own ip link set lo up >/dev/null 2>&1; then
            LIVE_NETWORK=own
            export LIVE_NETWORK
            exec $own sh -c 'ip link set lo up && exec sh "$@"' sh "$0" "$@"
        fi
    done
    export LIVE_NETWORK
fi

CUCMLAB=${CUCMLAB:-./cucmlab}
mine=
if [ -z "${TEST_DIR-}" ]; then
    TEST_DIR=$(mktemp -d) || exit 3
    mine=yes
fi
export LC_ALL=C.UTF-8
pid=

clean() {
    status=$?
    if [ -n "$pid" ]; then
        kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    fi
    [ -z "$mine" ] || rm -rf "$TEST_DIR"
    exit "$status"
}
trap clean EXIT
trap 'exit 130' INT TERM

ok() {
    echo "ok    $1"
}

fail() {
    echo "FAIL  $1"
    for log in "$TEST_DIR"/out "$TEST_DIR"/err; do
        [ ! -s "$log" ] || sed "s|^|  ${log##*/}: |" "$log" | tail -n 40
    done
    exit 1
}

# until TEXT SECONDS: a line of its output.
until_line() {
    tries=$(($2 * 20))
    while ! grep -q "^$1" "$TEST_DIR/out"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "\"$1\" did not come within $2 s"
        kill -0 "$pid" 2>/dev/null || fail "ended before \"$1\""
        sleep 0.05
    done
}

serve() {
    : >"$TEST_DIR/out"
    "$CUCMLAB" serve "$@" >"$TEST_DIR/out" 2>"$TEST_DIR/err" &
    pid=$!
    until_line ready 60
    # shellcheck disable=SC2034 # for those who source this
    tftp_port=$(sed -n '1s/.*TFTP \([0-9]*\).*/\1/p' "$TEST_DIR/out")
}

until_done() {
    until_line 'scenario done' 120
}

stop() {
    kill "-${1-TERM}" "$pid" || fail "is gone before the signal"
    tries=200
    while kill -0 "$pid" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "still there 10 s after SIG${1-TERM}"
        sleep 0.05
    done
    wait "$pid"
    status=$?
    pid=
    [ "$status" -eq 0 ] || fail "exit $status after SIG${1-TERM}, 0 expected"
}
