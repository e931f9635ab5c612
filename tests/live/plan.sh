#!/bin/bash
# The change page as somebody attaches it: it is small, has no scripts, its pictures are well-formed,
# and where chromium is installed it is drawn at two widths and printed on A4.
[ -n "${BASH_VERSION-}" ] || exec bash "$0" "$@"
set -u
cucmlab=$(realpath "${CUCMLAB:-./cucmlab}")
dir=${TEST_DIR:-$(mktemp -d)}
bad=0

wrong() {
    echo "plan: $*"
    bad=1
}

cat >"$dir/cluster.lua" <<'LUA'
-- A cluster
start("2026-12-05 06:00", "+01:00")
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub", "sub1", "sub2" } }
hq:group("A", { "sub1", "sub2" })
hq:group("B", { "pub" })
hq:pool("DP-A", "A")
hq:pool("DP-B", "B")
hq:phones { count = param("phones", 300), model = "8845", pool = "DP-A" }:site("Site <1> & \"two\"")
hq:phones { count = 40, model = "7965", pool = "DP-B" }
return hq
LUA
cat >"$dir/change.lua" <<'LUA'
-- Renew CallManager and TVS <in one night>
local hq = ...
step("Regenerate <both>", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager", "TVS") end
end)
wait("2h")
step("Restart", function() for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP") end settle() end)
step("Reset", function() hq:reset() settle() end)
LUA

"$cucmlab" plan "$dir/cluster.lua" "$dir/change.lua" -o "$dir/page.html" --markdown "$dir/page.md" \
    --json "$dir/page.json" --csv "$dir/page.csv" --seeds 2 --off 10% --each-node-down \
    >"$dir/words" 2>"$dir/problems" || wrong "exit status $?: $(cat "$dir/problems")"

# A change with a slip of the pen has a page, and is no success.
echo 'local hq = cluster "HQQ"' >"$dir/slip.lua"
"$cucmlab" plan "$dir/cluster.lua" "$dir/slip.lua" --seeds 1 --no-guide --quiet --set phones=4 \
    >"$dir/slip" 2>&1
[ $? = 1 ] || wrong "a change that ends with an error: exit status 1 expected"
grep -q 'the change stops at an error' "$dir/slip" || wrong "the verdict says nothing of the error"
grep -q '^VERDICT: 340 of 340 phones must be visited' "$dir/words" || wrong "$(head -1 "$dir/words")"
"$cucmlab" plan "$dir/cluster.lua" "$dir/change.lua" --seeds 1 --quiet --fail-on-risk >/dev/null 2>&1
[ $? = 1 ] || wrong "--fail-on-risk does not end with 1"
"$cucmlab" plan "$dir/cluster.lua" --change renew:all --seeds 1 --quiet --fail-on-risk >/dev/null 2>&1 ||
    wrong "a ready-made change costs visits"
"$cucmlab" plan "$dir/cluster.lua" "$dir/change.lua" -o "$dir/cluster.lua" >/dev/null 2>&1
[ $? = 2 ] || wrong "the cluster was written over"

# Names of files are any bytes; JSON is UTF-8.
cp "$dir/cluster.lua" "$dir/$(printf 'ab\377.lua')"
"$cucmlab" plan "$dir"/ab*.lua "$dir/change.lua" --seeds 1 --no-guide --quiet --set phones=4 \
    --json "$dir/bytes.json" >/dev/null 2>&1
iconv -f UTF-8 -t UTF-8 "$dir/bytes.json" >/dev/null 2>&1 || wrong "the JSON of plan is no UTF-8"
"$cucmlab" run "$dir"/ab*.lua --quiet --set phones=4 --json "$dir/bytes.json" >/dev/null 2>&1
iconv -f UTF-8 -t UTF-8 "$dir/bytes.json" >/dev/null 2>&1 || wrong "the JSON of run is no UTF-8"

# A backup that was found is restored with the certificates of its date: where no file has them,
# the verdict says so.
cp -r tests/vectors/site-small "$dir/site" || wrong "no copy of the site"
restored() {
    sed "s/backup = \"none\"/backup = $1/" tests/vectors/site-small/cluster.lua \
        >"$dir/site/cluster.lua"
    "$cucmlab" plan "$dir/site/cluster.lua" --change restore:cucm-pub --seeds 1 --no-guide --quiet
}
restored '"2025-01-06 05:30"' >"$dir/restored" 2>&1 || wrong "restore: $(cat "$dir/restored")"
grep -q '^VERDICT: no phone of 6' "$dir/restored" || wrong "restore: $(cat "$dir/restored")"
restored '"2025-01-01 02:00"' >"$dir/restored" 2>&1 || wrong "restore: $(cat "$dir/restored")"
grep -q '^VERDICT: cannot know: the backup of 2025-01-01 02:00 is older than CallManager,' \
    "$dir/restored" || wrong "restore: $(cat "$dir/restored")"

# What `cucmlab new` writes runs, whatever makes the CTL of that version.
for version in 8.6 9.1 10.0 15; do
    "$cucmlab" new --version $version --mixed-mode --phones 20 --force -o "$dir/new.lua" &&
        "$cucmlab" plan "$dir/new.lua" --change renew:callmanager --seeds 1 --no-guide --quiet \
            --fail-on-risk >"$dir/new" 2>&1 || wrong "new --version $version: $(cat "$dir/new")"
done

echo "-- filled in by hand" >"$dir/mine.lua"
"$cucmlab" new -o "$dir/mine.lua" >"$dir/new" 2>&1 && wrong "new writes over a file"
grep -q 'mine.lua: it is there already; --force replaces it' "$dir/new" || wrong "$(cat "$dir/new")"
grep -q 'filled in by hand' "$dir/mine.lua" || wrong "new wrote over a file"

# ---- the page ----
[ "$(stat -c %s "$dir/page.html")" -lt 500000 ] || wrong "it is larger than 500 KB"
grep -qi '<script\|javascript:\|<link\|<iframe\|src=\|@import\|url(' "$dir/page.html" &&
    wrong "it runs or loads something"
grep -q '<in one night>\|<1>\|<both>' "$dir/page.html" && wrong "a name is taken for markup"
# Each picture by itself is XML.
if command -v xmllint >/dev/null; then
    awk -v dir="$dir" '/<svg /{ n++; on = 1; sub(/.*<svg /, "<svg ") } on { print > (dir "/p" n ".svg") }
        /<\/svg>/ { on = 0; close(dir "/p" n ".svg") }' "$dir/page.html"
    pictures=0
    for picture in "$dir"/p*.svg; do
        sed -i 's|</svg>.*|</svg>|' "$picture"
        xmllint --noout "$picture" || wrong "$picture is not well-formed"
        pictures=$((pictures + 1))
    done
    [ "$pictures" = 6 ] || wrong "$pictures pictures, not 6"
else
    echo "plan: xmllint is not installed (libxml2-utils): the pictures are not checked"
fi

# ---- as a browser draws it ----
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$browser" ]; then
    echo "plan: chromium is not installed: the page is not drawn and not printed here"
    exit $bad
fi

# draws ARGUMENT...: quietly, as nobody and with a home of its own.
draws() {
    HOME=$dir timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars \
        --disable-dev-shm-usage --user-data-dir="$dir/profile" "$@" "file://$dir/page.html" \
        >"$dir/browser" 2>&1
}

for width in 400 1200; do
    draws --window-size=$width,2400 --screenshot="$dir/$width.png" ||
        wrong "not drawn at $width: $(tail -2 "$dir/browser")"
    [ "$(stat -c %s "$dir/$width.png" 2>/dev/null || echo 0)" -gt 20000 ] ||
        wrong "nothing to be seen at $width"
done
draws --no-pdf-header-footer --print-to-pdf="$dir/page.pdf" || wrong "not printed"
head -c 5 "$dir/page.pdf" 2>/dev/null | grep -q '%PDF-' || wrong "no PDF"
grep -aq '/MediaBox \[ *0 0 59[45]\(\.[0-9]*\)\? 84[12]\(\.[0-9]*\)\? *\]' "$dir/page.pdf" ||
    wrong "it is not printed on A4"
exit $bad
