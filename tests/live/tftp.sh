#!/bin/sh
# TFTP as Debian's clients speak it: atftp with options (windows of several blocks too), tftp-hpa in
# both modes, curl; many of them at once.
. tests/live/lib/serve.sh
command -v atftp >/dev/null || fail "no atftp (scripts/deps.sh test)"
got=$TEST_DIR/got
wanted=$TEST_DIR/wanted

serve scenarios/fleet/first-boot.lua --set phones=3
until_done
for name in ITLFile.tlv SEP001121000001.cnf.xml.sgn; do
    curl -sS -f -o "$wanted" "http://127.0.0.11:6970/$name" || fail "curl http: $name"

    same() {
        cmp "$wanted" "$got" >"$TEST_DIR/err" 2>&1 || fail "$1: $name differs"
        rm -f "$got"
    }
    for options in "blksize 512" "blksize 8" "blksize 1428" "blksize 65464" "tsize" "timeout 5" \
        "windowsize 1" "windowsize 4" "windowsize 64" "mode netascii"; do
        atftp --option "$options" -g -r "$name" -l "$got" 127.0.0.11 "$tftp_port" \
            >"$TEST_DIR/err" 2>&1 || fail "atftp, $options: $name"
        [ "$options" = "mode netascii" ] || same "atftp, $options"
    done
    for mode in ascii binary; do
        tftp -m "$mode" 127.0.0.11 "$tftp_port" -c get "$name" "$got" >"$TEST_DIR/err" 2>&1 ||
            fail "tftp, $mode: $name"
        same "tftp, $mode"
    done
    curl -sS -f -o "$got" "tftp://127.0.0.11:$tftp_port/$name" || fail "curl tftp: $name"
    same "curl"
done
ok "atftp, tftp and curl: every option, windows, both modes"

# atftp tells what was agreed.
atftp --trace --option "windowsize 4" --option "blksize 1024" -g -r ITLFile.tlv -l "$got" \
    127.0.0.11 "$tftp_port" >"$TEST_DIR/out2" 2>&1 || fail "atftp --trace"
grep -q 'received OACK <.*windowsize: 4' "$TEST_DIR/out2" || fail "no window in the OACK"
ok "atftp: a window of 4"

n=0
many=
while [ "$n" -lt 24 ]; do
    n=$((n + 1))
    curl -sS -f -m 20 -o "$TEST_DIR/many$n" "tftp://127.0.0.11:$tftp_port/ITLFile.tlv" \
        2>>"$TEST_DIR/err" &
    many="$many $!"
done
for each in $many; do
    wait "$each" || fail "curl tftp, one of $n"
done
curl -sS -f -o "$wanted" http://127.0.0.11:6970/ITLFile.tlv || fail "curl http"
for file in "$TEST_DIR"/many*; do
    cmp "$wanted" "$file" >"$TEST_DIR/err" 2>&1 || fail "$file differs"
done
ok "$n at once"
stop
