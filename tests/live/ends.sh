#!/bin/sh
# SIGINT and SIGTERM end it with 0 whenever they come; what cannot be served is refused with 2.
. tests/live/lib/serve.sh
scenario=scenarios/04-regenerate-both-one-node.lua

for signal in INT TERM; do
    serve $scenario --set phones=20
    stop $signal
    ok "SIG$signal at the start"
    serve $scenario --set phones=20 # the ports are free again
    sleep 0.6
    stop $signal
    ok "SIG$signal in the middle"
done
serve $scenario --set phones=20
until_done
curl -sS -f -o "$TEST_DIR/got" http://127.0.0.11:6970/ITLFile.tlv || fail "HTTP at the end"

"$CUCMLAB" serve $scenario --set phones=1 >"$TEST_DIR/second" 2>&1
[ $? -eq 2 ] || fail "a second one on the same addresses: exit 2 expected"
grep -q 'pub: cannot .* 127.0.0.11 port .*in use' "$TEST_DIR/second" ||
    fail "a second one: $(cat "$TEST_DIR/second")"
stop
ok "a signal at the end; a second one is refused meanwhile"

prlimit --nofile=200:200 "$CUCMLAB" serve $scenario --set phones=20 >"$TEST_DIR/out" 2>&1
[ $? -eq 2 ] || fail "200 open files: exit 2 expected"
grep -q 'needs [0-9]* open files.*limit is 200' "$TEST_DIR/out" || fail "no number of files"
ok "a run that does not fit in the open files is refused with the number"
