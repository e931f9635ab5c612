#!/bin/bash
# What docs/LIVE.md, docs/CONTROL.md and docs/CAPTURES.md (of virtual time) show is what the program
# prints: each command behind a "$ " is run, and the lines below it stand in its output, in their
# order; "..." stands for any.  Times and ports of clients are not compared.
[ -n "${BASH_VERSION-}" ] || exec bash "$0" "$@"
# shellcheck source=tests/live/lib/serve.sh
. tests/live/lib/serve.sh
for tool in curl tshark; do
    command -v $tool >/dev/null || fail "no $tool (scripts/deps.sh test)"
done
root=$PWD
bin=$TEST_DIR/bin
mkdir -p "$bin" "$TEST_DIR/run"
chmod 700 "$TEST_DIR/run"
ln -sf "$(realpath "$CUCMLAB")" "$bin/cucmlab"
export PATH="$bin:$PATH"
ln -sf "$root/scenarios" "$TEST_DIR/scenarios"
cd "$TEST_DIR" || exit 3

# What may be another next time.
plain() {
    sed -E 's/ \(69 needs a privilege\)//; s/TFTP [0-9]+, /TFTP N, /; s/[0-9]+:[0-9]{2}:[0-9.]+/T/g
        s/(127\.[0-9.]+):[0-9]+/\1:P/g; s/(_us":[[:space:]]*|clock_seconds |(memory_bytes|open_files)[{][^}]*[}] )[0-9.]+/\1N/'
}

# shown EXPECTED ACTUAL: the lines of one stand in the other, in their order.
shown() {
    awk -v actual="$2" '
    BEGIN { while ((getline line < actual) > 0) is[++n] = line }
    $0 == "..." { next }
    { for (at++; at <= n && is[at] != $0; at++) ; if (at > n) { print "not printed: " $0; exit 1 } }' "$1"
}

# Blocks of a page: one file for each command of it, and one for what is shown below that.
parts() {
    awk -v dir="$TEST_DIR" '
    /^```/ { inside = !inside; if (!inside && name != "") { close(name); name = "" } next }
    inside && /^\$ / { name = sprintf("%s/page.%03d", dir, ++n); print substr($0, 3) > (name ".command"); printf "" > (name ".shown"); next }
    inside && name != "" { print > (name ".shown") }' "$1"
}

# A line that serves goes on until the next one does.
begin() {
    [ -z "$pid" ] || stop
    : >out
    bash -c "exec $1" >out 2>err &
    pid=$!
    until_line ready 60
    case $1 in
    *--pause*) until_line held 20 ;;
    *) until_done ;;
    esac
}

matches() {
    plain <"$1" >want
    plain <"$2" >have
    shown want have >why
}

# Numbers of packets on real sockets are others each time.
varies() {
    case $1/$2 in
    CAPTURES/*serve* | CAPTURES/*both.pcapng* | CAPTURES/*callmanager.pcapng*) true ;;
    *) false ;;
    esac
}

for page in LIVE CONTROL CAPTURES; do
    rm -f page.*
    parts "$root/docs/$page.md"
    some=0
    for file in page.*.command; do
        command=$(cat "$file")
        expected=${file%.command}.shown
        ! varies $page "$command" || continue
        case $command in
        "cucmlab serve"*)
            begin "$command"
            matches "$expected" out || fail "docs/$page.md: $command: $(cat why)"
            # What the page shows of strangers comes from these two.
            curl -s -m 5 -o file http://127.0.0.11:6970/ITLFile.tlv
            curl -s -m 5 -o file https://127.0.0.11:8443/ccmcip/xmldirectory.jsp
            ;;
        *)
            # What it tells of may be under way.
            tries=50
            [ $page != CAPTURES ] || tries=1
            while
                bash -c "${command/tail -f/cat}" >answer 2>&1
                ! matches "$expected" answer
            do
                tries=$((tries - 1))
                [ "$tries" -gt 0 ] || fail "docs/$page.md: $command: $(cat why; cat answer)"
                sleep 0.1
            done
            ;;
        esac
        some=$((some + 1))
    done
    [ "$some" -gt 2 ] || fail "docs/$page.md shows nothing"
    [ -z "$pid" ] || stop
    ok "docs/$page.md: $some commands print what it shows"
done
