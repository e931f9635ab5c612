# shellcheck shell=sh
# Sourced behind tests/live/lib/serve.sh: a lab with every port open, and hostile clients of it.
#
#   hostile_lab OPTION...   serves it, with 20 phones that are registered
#   hostile OPTION...       its hostile clients (tests/hostile/main.c); SANITIZED=yes: memory is not judged
HOSTILE=${HOSTILE:-${CUCMLAB%/*}/tests/hostile/hostile}

hostile_lab() {
    chmod 700 "$TEST_DIR"
    # A sanitizer has an allocator of its own.
    SANITIZED=${SANITIZED-$(case $CUCMLAB in *asan* | *tsan* | *thread*) echo yes ;; esac)}
    serve scenarios/fleet/first-boot.lua --set phones=20 --addresses 127.28.0.0/16 --metrics 19928 \
        --control "$TEST_DIR/lab" "$@"
    until_done
}

hostile() {
    # shellcheck disable=SC2154 # serve() sets tftp_port
    "$HOSTILE" --ip 127.28.0.11 --tftp "$tftp_port" --metrics 19928 --control "$TEST_DIR/lab" \
        ${SANITIZED:+--no-memory} "$@"
}
