-- Texts and numbers: format, conversions, arithmetic, comparisons, utf8.
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = (math.type(t[i]) or type(t[i])) .. " " .. tostring(t[i]):gsub("\0", "\\0"):gsub("-nan", "nan") end
  return table.concat(t, "|", 1, t.n)
end
local function call(f, ...) print(show(pcall(f, ...))) end

local numbers = { 0, 1, -1, 7, 255, -128, 1.5, -0.25, 1e15, 1e16, 1e100, 2^53, 2^63, -2^63, 0.1, 1 / 3, math.huge, -math.huge, math.maxinteger,
  math.mininteger, 3.0, -0.0, 5e-324, 123456.789 }
for _, f in ipairs { "%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%x", "%X", "%#x", "%o", "%c", "%i", "%u", "%.3f", "%10.2f", "%e", "%E", "%g", "%G",
  "%.14g", "%a", "%s", "%q", "%%", "%5s", "%.2s", "%-8s|", "%y", "%", "%10", "%0100d", "%.100f", "%123d", "%.f", "%5.1q", "%#g", "%+.3e", "%20.10s" } do
  for _, n in ipairs(numbers) do call(string.format, f, n) end
  call(string.format, f)
  call(string.format, f, "text")
  call(string.format, f, "12")
  call(string.format, f, "0x10")
  call(string.format, f, true)
  call(string.format, f, nil)
end
call(string.format, "%q", "a\nb\0c\"\\\r1\t\200")
call(string.format, "%s %s", 1)
call(string.format, "%s %d %s", "a", 2, "c", "more")
call(string.format, "%5s|%-5s|%.1s", "ab", "cd", "ef")
call(string.format)
call(string.format, {})

for _, a in ipairs(numbers) do
  call(tostring, a)
  call(tonumber, tostring(a))
  for _, f in ipairs { math.abs, math.ceil, math.floor, math.sqrt, math.tointeger, math.type, math.modf } do call(f, a) end
  for _, b in ipairs(numbers) do
    print(a < b, a <= b, a == b, a > b)
    for _, op in ipairs {
      function(x, y) return x + y end, function(x, y) return x - y end, function(x, y) return x * y end, function(x, y) return x / y end,
      function(x, y) return x // y end, function(x, y) return x % y end, function(x, y) return x & y end, function(x, y) return x | y end,
      function(x, y) return x ~ y end, function(x, y) return x << y end, function(x, y) return x >> y end, function(x, y) return x .. y end,
      math.max, math.min, math.fmod, math.ult,
    } do
      local ok, r = pcall(op, a, b)
      if r == r then print(ok, math.type(r) or type(r), tostring(r):gsub("^.-:%d+: ", "")) end -- the sign of nan is nobody's
    end
  end
end

local numerals = { "", " ", "0", "10", " 10 ", "-10", "+10", "0x10", "-0x10", "0x", "1e", "1e1", "1e+1", ".5", "5.", ".", "0x.8", "0x1p4", "1 2", "inf", "nan",
  "10a", "\t7\n", "9223372036854775807", "9223372036854775808", "0xffffffffffffffff", "0x1ffffffffffffffff", "1e308", "1e309", "1_000", "10\0" }
for _, s in ipairs(numerals) do
  call(tonumber, s)
  for _, base in ipairs { 2, 8, 10, 16, 36, 1, 37 } do call(tonumber, s, base) end
  for _, op in ipairs {
    function(x) return x + 1 end, function(x) return 2 * x end, function(x) return -x end, function(x) return x // 3 end, function(x) return x / 3 end,
    function(x) return x % 3 end, function(x) return x ^ 2 end, function(x) return 1 - x end, function(x) return x | 1 end, function(x) return ~x end,
    function(x) return x << 1 end, function(x) return x .. 1 end, function(x) return 10 < x end, function(x) return x + x end,
  } do
    local ok, r = pcall(op, s)
    if r ~= r then r = "nan" end
    print(ok, (tostring(r):gsub("^.-:%d+: ", ""):gsub("\0", "\\0")))
  end
end
for _, s in ipairs { "zz", "ZZ", "7f", "-ff", "8", "1.5", "" } do call(tonumber, s, 36) call(tonumber, s, 16) end
call(tonumber) call(tonumber, {}) call(tonumber, nil) call(tonumber, "10", "x") call(tonumber, 10, 10) call(tonumber, true)

for _, s in ipairs { "", "a", "hello", "a\0b", ("xy"):rep(50) } do
  for _, i in ipairs { -10, -2, -1, 0, 1, 2, 4, 10 } do
    for _, j in ipairs { -10, -1, 0, 1, 3, 10 } do
      call(string.sub, s, i, j)
      call(string.byte, s, i, j)
    end
    call(string.sub, s, i)
    call(string.byte, s, i)
    call(string.rep, s, i)
    call(string.rep, s, i, ", ")
  end
  call(string.len, s) call(string.upper, s) call(string.lower, s) call(string.reverse, s) call(string.byte, s)
end
call(string.rep, "", 7, "") call(string.rep, "x") call(string.rep, "x", 1.5) call(string.rep, {}, 1)
call(string.char) call(string.char, 65, 66) call(string.char, 256) call(string.char, -1) call(string.char, "65")
call(string.sub) call(string.sub, "x") call(string.upper, nil) call(string.byte, "x", {}) call(string.len)
for _, a in ipairs { "", "a", "b", "ab", "a\0", "a\0b", "B", "\200" } do
  for _, b in ipairs { "", "a", "b", "ab", "a\0", "a\0b", "B", "\200" } do print(a < b, a <= b, a == b, #(a .. b)) end
end

for _, s in ipairs { "", "abc", "äöü", "日本語", "a\u{10FFFF}b", "\xff", "\xe4\xb8", "a\u{7FFFFFFF}" } do
  call(utf8.len, s) call(utf8.len, s, 2) call(utf8.len, s, -1) call(utf8.len, s, 1, -1, true)
  for n = -3, 4 do call(utf8.offset, s, n) end
  call(utf8.codepoint, s, 1, -1)
  print(pcall(function() for p, c in utf8.codes(s) do print(p, c) end end))
  for c in s:gmatch(utf8.charpattern) do print(#c) end
end
call(utf8.char) call(utf8.char, 72, 228, 0x65E5, 0x10FFFF) call(utf8.char, -1)
call(math.ult, 1, -1) call(math.fmod, 1, 0) call(math.fmod, 5.5, 2) call(math.abs) call(math.floor, "3.7") call(math.max) call(math.tointeger, "8")
print(math.pi, math.huge, math.maxinteger, math.mininteger, 7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, 2^10, 10 / 2)
