#!/bin/sh
# SIGINT, SIGTERM and SIGHUP end it with 0 whenever they come; what cannot be served is refused with 2.
. tests/live/lib/serve.sh
scenario=scenarios/regenerate/both-one-node.lua

for signal in INT TERM HUP; do
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

# What was still to come is not done once it was told to stop.
cat >"$TEST_DIR/later.lua" <<'LUA'
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local f = hq:phones { count = 2, model = "7965" }
settle()
wait("20m")
step("never", function() hq.pub:regenerate("CallManager") end)
expect(f:count { needs_hands = true }, "is open"):equals(1)
LUA
serve "$TEST_DIR/later.lua" --trace "$TEST_DIR/later.trace"
sleep 2
stop INT
grep -q "regenerate" "$TEST_DIR/later.trace" && fail "acts were done after the signal"
grep -q "FAILED" "$TEST_DIR/out" && fail "what was open counts as failed"
ok "a signal in the middle of a wait: nothing of what was to come is done"

prlimit --nofile=200:200 "$CUCMLAB" serve $scenario --set phones=20 >"$TEST_DIR/out" 2>&1
[ $? -eq 2 ] || fail "200 open files: exit 2 expected"
grep -q 'needs [0-9]* open files for 0 nodes and [0-9]* more for each that comes (.*limit is 200' "$TEST_DIR/out" || fail "no number of files"
ok "a run that does not fit in the open files is refused with the number"
