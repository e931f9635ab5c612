#!/bin/bash
# What --help says, the shell completes and the man page has: each command, each option.
[ -n "${BASH_VERSION-}" ] || exec bash "$0" "$@"
set -u
cucmlab=$(realpath "${CUCMLAB:-./cucmlab}")
man=$PWD/docs/cucmlab.1
export PATH="${cucmlab%/*}:$PATH"
# shellcheck source=scripts/cucmlab.bash
. scripts/cucmlab.bash
bad=0

wrong() {
    echo "$*"
    bad=1
}

# completed WORD...: what is offered in place of the last one, a line each.
completed() {
    COMP_WORDS=(cucmlab "$@")
    COMP_CWORD=$#
    _cucmlab 2>&1
    printf '%s\n' "${COMPREPLY[@]}"
}

# offers "WORD..." THAT...
offers() {
    local line=$1 got that
    shift
    # shellcheck disable=SC2086 # several words
    got=$(completed $line)
    for that in "$@"; do
        grep -qxF -e "$that" <<<"$got" || wrong "\"$line\" does not offer $that: $got"
    done
}

# The word behind a blank is the empty one.
offers_next() {
    local line=$1 got that
    shift
    # shellcheck disable=SC2086 # several words
    got=$(completed $line "")
    for that in "$@"; do
        grep -qxF -e "$that" <<<"$got" || wrong "\"$line \" does not offer $that: $got"
    done
}

# Names of commands, and of options with what stands behind them, as people read them.
known=$("$cucmlab" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(wc -w <<<"$known")" -gt 15 ] || wrong "no commands in --help"
# shellcheck disable=SC2086 # several words
offers_next "" $known --help --version
plain=$(sed 's/\\-/-/g; s/\\~/ /g; s/\\f[A-Z]//g' "$man")
of_help() {
    "$cucmlab" "$1" --help | grep -o '^  \(-h, \)\?--[a-z-]*' | grep -o -e '--.*'
}
all=
for command in $known; do
    options=$(of_help "$command")
    all="$all $options"
    # shellcheck disable=SC2086 # several words
    offers "$command x -" $options
    grep -qw -e "$command" <<<"$plain" || wrong "the man page has no command $command"
    for option in $options; do
        grep -q -e "^\.\(B\|BI\) .*$option\>" <<<"$plain" ||
            wrong "the man page has no $option of $command"
    done
done
for command in "" $known; do
    # Nothing is wider than a terminal.
    # shellcheck disable=SC2086 # "" is no word
    "$cucmlab" $command --help | awk -v c="$command" 'length > 80 { print c ": " $0; bad = 1 } END { exit bad }' || bad=1
done
for option in $(grep -o '^\.\(B\|BI\) --[a-z-]*' <<<"$plain" | grep -o -e '--.*'); do
    case " $all --version " in
    *[[:space:]]"$option"[[:space:]]*) ;;
    *) wrong "the man page has $option, no --help does" ;;
    esac
done

# Values, and what stands behind a value.
offers_next "serve --registration" held short
offers "serve --registration = s" short
offers_next "load tvs --connection" per-request per-phone keep
offers_next "load tvs --tls" 1.0..1.2
offers_next "doctor --phone-refuses" yes no
offers_next "load" tvs tftp register
offers_next "itl" show verify diff
offers_next "sgn" strip
offers_next "control $man" "do" explain stop
offers "--seed 7 ru" run
offers "run --trace x first-b" fleet/first-boot
offers "run first-b" fleet/first-boot
offers_next "run fleet/first-boot --set" phones= people=
offers "run README" README.md
offers "diff READ" README.md
offers "itl show READ" README.md
offers "run x --json = READ" README.md
offers "run x --dump doc" docs
offers "run x --no-such --q" --quiet
# A number, a name of a host: nothing that is known here.
for line in "run x --until" "load tvs 127.0.0.1 --rate" "doctor --tftp" "load tvs"; do
    # shellcheck disable=SC2086 # several words
    got=$(completed $line "")
    [ -z "$got" ] || wrong "\"$line \" offers $got"
done
exit "$bad"
