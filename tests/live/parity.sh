#!/bin/sh
# The same list of states per phone, and of all else that it says (messages, refusals, TVS, losses),
# in virtual time and live.  Times and numbers of contents aside.
. tests/live/lib/serve.sh

# said TRACE: the lines of phones, each phone's in their order.
said() {
    sed -n 's/^[^ ]* \(SEP[0-9A-F]* \)/\1/p' "$1" |
        sed 's/, content [0-9]*//; s/ content [0-9]*//' | sort -s -k 1,1
}

cat >"$TEST_DIR/failover.lua" <<'END'
-- CallManager stopped and started: over to the second server and back
-- live = true
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 20), model = "8861" }
settle()
step("stop", function() hq.pub:stop("Cisco CallManager") end)
settle()
expect(fleet:count { server = "sub" }):equals(fleet:count())
step("start", function() hq.pub:start("Cisco CallManager") end)
settle()
expect(fleet:count { server = "pub" }):equals(fleet:count())
END

cat >"$TEST_DIR/capf.lua" <<'END'
-- LSCs installed, shown and deleted, by what phones have and by a string
-- live = true
local n = param("phones", 20) / 2
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:ctl("mixed-mode")
hq:reset()
local secure = hq:phones { count = n, model = "8845", security = "encrypted", encrypted = true }
local plain = hq:phones { count = n, model = "7965" }
settle()
step("install", function()
  secure:install_lsc { by = "By Existing Certificate (Precedence to MIC)" }
  plain:install_lsc { by = "By Authentication String", string = "4711" }
  hq:reset()
end)
settle()
step("enter", function() plain:enter_string("4711") end)
settle()
for _, fleet in ipairs { secure, plain } do
  expect(fleet:count { certificate_operation = "Upgrade Success", certificate = "LSC", registered = true }):equals(n)
end
step("troubleshoot and delete", function()
  secure:troubleshoot_lsc { by = "By Existing Certificate (Precedence to LSC)" }
  plain:delete_lsc {}
  hq:reset()
end)
settle()
expect(secure:count { certificate_operation = "Troubleshoot Success", certificate = "LSC", lost = false }):equals(n)
expect(plain:count { certificate_operation = "Delete Success", certificate = "MIC", lost = false }):equals(n)
END

for file in scenarios/fleet/first-boot.lua scenarios/regenerate/callmanager.lua \
    scenarios/regenerate/both-one-node.lua "$TEST_DIR/failover.lua" \
    "$TEST_DIR/capf.lua"; do
    scenario=$(basename "$file" .lua)
    "$CUCMLAB" run "$file" --set phones=20 --trace "$TEST_DIR/virtual.trace" \
        >"$TEST_DIR/out" 2>"$TEST_DIR/err" || fail "$scenario does not hold in virtual time"
    serve "$file" --set phones=20 --trace "$TEST_DIR/live.trace"
    until_done
    ! grep -q FAILED "$TEST_DIR/out" || fail "$scenario does not hold live"
    stop
    said "$TEST_DIR/virtual.trace" >"$TEST_DIR/virtual"
    said "$TEST_DIR/live.trace" >"$TEST_DIR/live"
    lines=$(wc -l <"$TEST_DIR/virtual")
    [ "$(cut -d ' ' -f 1 "$TEST_DIR/virtual" | uniq | wc -l)" -eq 20 ] || fail "not 20 phones"
    [ "$(grep -c ' Requesting ITL$' "$TEST_DIR/virtual")" -ge 20 ] || fail "no states in the trace"
    diff "$TEST_DIR/virtual" "$TEST_DIR/live" >"$TEST_DIR/err" || fail "$scenario: virtual < > live"
    ok "$scenario: 20 phones say the same $lines lines"
done
