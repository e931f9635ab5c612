#!/bin/sh
# Debian's curl and tftp get every list and signed file, and each is the same bytes as those that
# `run --bytes` made in virtual time.
. tests/live/lib/serve.sh
scenario=scenarios/fleet/first-boot.lua
virtual=$TEST_DIR/virtual
got=$TEST_DIR/got

"$CUCMLAB" run "$scenario" --set phones=20 --bytes --dump "$virtual" >"$TEST_DIR/out" 2>&1 ||
    fail "the scenario does not hold in virtual time"
rm "$virtual"/HQ/pub/show-?tl.txt || fail "no listings" # nothing that a node serves
count=$(find "$virtual/HQ/pub" -type f | wc -l)
[ "$count" -ge 42 ] || fail "only $count files were dumped"

serve "$scenario" --set phones=20
until_done

# same NAME HOW: what was got as NAME.
same() {
    cmp "$virtual/HQ/pub/$1" "$got" >"$TEST_DIR/err" 2>&1 || fail "$2: $1 differs"
}

for file in "$virtual"/HQ/pub/*; do
    file=${file##*/}
    case $file in
    *_g3-tones.xml*) name=$(echo "$file" | sed 's|_g3-tones|/g3-tones|') ;;
    *) name=$file ;;
    esac
    curl -sS -f -o "$got" "http://127.0.0.11:6970/$name" || fail "curl http: $name"
    same "$file" "curl http"
    curl -sS -f -o "$got" "tftp://127.0.0.11:$tftp_port/$name" || fail "curl tftp: $name"
    same "$file" "curl tftp"
    curl -sS -f --tftp-blksize 1428 -o "$got" "tftp://127.0.0.11:$tftp_port/$name" ||
        fail "curl tftp, blksize 1428: $name"
    same "$file" "curl tftp, blksize 1428"
done
ok "curl: $count files by HTTP and by TFTP with two block sizes"

for file in ITLSEP001121000007.tlv SEP001121000007.cnf.xml.sgn; do
    rm -f "$got"
    tftp -m binary 127.0.0.11 "$tftp_port" -c get "$file" "$got" >"$TEST_DIR/err" 2>&1 ||
        fail "tftp: $file"
    same "$file" tftp
done
ok "tftp: a list and a configuration"

curl -sS -o "$got" "http://127.0.0.11:6970/ITLSEP00112100000[1-3].tlv" || fail "one connection"
ok "curl: several files on one connection"

status=$(curl -sS -o /dev/null -w '%{http_code}' http://127.0.0.11:6970/SEPFFFFFFFFFFFF.cnf.xml)
[ "$status" = 503 ] || fail "HTTP $status for a missing file, 503 expected"
curl -sS -f -o "$got" "tftp://127.0.0.11:$tftp_port/SEPFFFFFFFFFFFF.cnf.xml" 2>"$TEST_DIR/err"
[ $? -eq 68 ] || fail "curl did not see TFTP error 1"
tftp -m binary 127.0.0.11 "$tftp_port" -c get nothing "$got" 2>&1 | grep -q 'File not found' ||
    fail "tftp did not see error 1"
ok "a missing file: 503, then error 1"
stop
