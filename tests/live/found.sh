#!/bin/sh
# A cluster as it was found, on real sockets: it comes to the same as in virtual time, serves the list
# that was found, and shows the certificate that its TVS works with still, all by stand-ins.
. tests/live/lib/serve.sh
certs=tests/vectors/site-small/cluster.certs
old_tvs=11229a33bbf992f3812f6f8b02ad084234cb78678a79f85c73222ca2e6dec092
served=0e0b2a00b210bc1a02559436be98dc6b11d397018b850085e7acd5ddc38f34d0
site=$TEST_DIR/site
cp -r tests/vectors/site-small "$site" || fail "no copy of the site"
sed '/^return/d' tests/vectors/site-small/cluster.lua >"$site/all.lua"
cat >>"$site/all.lua" <<'END'
settle()
expect(phones {}:count { state = "Off" }):equals(1)
step("reset", function() phones {}:reset() end)
settle()
expect(phones {}:count { lost = "trust list" }):equals(1)
expect(phones {}:count { registered = true }):equals(5)
expect(phones {}:count { itl_by = "TVS" }):equals(1)
END

"$CUCMLAB" run "$site/all.lua" --quiet --dump "$TEST_DIR/virtual" >"$TEST_DIR/out" 2>&1 ||
    fail "virtual time"
grep -q '22 certificates have stand-ins' "$TEST_DIR/out" || fail "nothing said of stand-ins"
ok "virtual time: one phone is refused, one is helped by TVS"

serve "$site/all.lua"
until_done
got=$TEST_DIR/got
curl -sS -f -o "$got" http://127.0.0.11:6970/ITLSEP001121000001.tlv || fail "no list"
cmp "$got" "$TEST_DIR/virtual/HQ/cucm-pub/ITLSEP001121000001.tlv" >"$TEST_DIR/err" 2>&1 ||
    fail "another list than in virtual time"
size=$(wc -c <"$got")
[ "$size" -eq "$(wc -c <"$certs/$served.tlv")" ] || fail "a list of $size bytes"
"$CUCMLAB" itl verify "$got" >"$TEST_DIR/err" 2>&1 || fail "its signature is not good"
ok "the list that was found, signed by a stand-in, has the length that it had"

serial() { openssl x509 -noout -serial -subject "$@"; }
: | openssl s_client -connect 127.0.0.12:2445 2>/dev/null | serial >"$TEST_DIR/shown"
serial -inform DER -in "$certs/$old_tvs.der" >"$TEST_DIR/found"
cmp "$TEST_DIR/shown" "$TEST_DIR/found" >"$TEST_DIR/err" 2>&1 ||
    fail "TVS shows $(cat "$TEST_DIR/shown")"
ok "TVS shows the certificate that it works with still"
stop
