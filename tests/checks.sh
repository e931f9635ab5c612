# shellcheck shell=sh
# Sourced by the scripts under tests/: counts checks and prints the one line at the end.
# A check that passes is one line; one that fails is shown with all that it printed.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
passed=0
failed=0

# add PASSED FAILED NAME: what a program counted itself; its output is in $scratch/log.
add() {
    passed=$((passed + $1))
    failed=$((failed + $2))
    if [ "$2" -eq 0 ]; then
        echo "ok    $3"
    else
        cat "$scratch/log"
        echo "FAIL  $3"
    fi
}

# check NAME COMMAND...: one check, by the exit status of the command.
check() {
    check_name=$1
    shift
    if "$@" >"$scratch/log" 2>&1 </dev/null; then
        add 1 0 "$check_name"
    else
        add 0 1 "$check_name (exit $?: $*)"
    fi
}

# missing WHAT: something that must be there is not.
missing() {
    : >"$scratch/log"
    add 0 1 "$1: missing"
}

# The last line, alone.  Nothing checked is a failure too.
summary() {
    [ $((passed + failed)) -gt 0 ] || failed=1
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
