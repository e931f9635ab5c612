#!/bin/sh
# The report of `serve`: the same options as `run`, printed and written at its end.
. tests/live/lib/serve.sh
scenario=$TEST_DIR/unnoticed.lua
cat >"$scenario" <<'LUA'
-- Both certificates at once; nobody boots, nobody presses a key
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = 5, model = "7965" }
settle()
step("regenerate both", function()
  hq.pub:regenerate("CallManager", "TVS")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
end)
settle()
expect(fleet:count { needs_hands = true }):equals(5)
expect(fleet:count { lost = true }):equals(5)
expect(fleet:count { lost = "secure services" }):equals(5)
LUA
serve "$scenario" --json "$TEST_DIR/a.json" --csv "$TEST_DIR/a.csv" --explain SEP001121000003
until_done
! grep -q VERDICT "$TEST_DIR/out" || fail "a report before the end"
stop
grep -q '^VERDICT: 5 of 5 phones need hands' "$TEST_DIR/out" || fail "no verdict"
grep -q '^Expected: 3 passed, 0 failed' "$TEST_DIR/out" || fail "no expectations"
grep -q 'Requesting ITL' "$TEST_DIR/out" || fail "no story of a phone"
# Five phones: what they lost, and what they will at their next boot.
[ "$(wc -l <"$TEST_DIR/a.csv")" -eq 11 ] || fail "a.csv: not 11 lines"
ok "verdict, expectations, story and CSV at the end"

"$CUCMLAB" run "$scenario" --json "$TEST_DIR/b.json" --quiet >"$TEST_DIR/virtual" ||
    fail "$(cat "$TEST_DIR/virtual")"
"$CUCMLAB" diff "$TEST_DIR/a.json" "$TEST_DIR/b.json" >"$TEST_DIR/diff"
! grep -Eq '^(Verdict|Scenario|Seed|Identity|Phones)|-> .* phones \([^+]|phones \(\+[^0]' "$TEST_DIR/diff" ||
    fail "live and virtual differ: $(cat "$TEST_DIR/diff")"
ok "the verdict and the numbers of phones are those of virtual time"

serve "$scenario" --fail-on-risk --quiet
until_done
kill -TERM "$pid"
wait "$pid"
status=$?
pid=
[ "$status" -eq 1 ] || fail "--fail-on-risk: exit $status, 1 expected"
ok "--fail-on-risk"
