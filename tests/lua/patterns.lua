-- Patterns on texts: fixed ones with their errors, then thousands of random ones.
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = tostring(t[i]):gsub("\0", "\\0") end
  return table.concat(t, "|", 1, t.n)
end

local patterns = {
  "", "a", "^a", "a$", "^$", "$", "^", "a*", "a+", "a-", "a?", "a*b", "a-b", "(a*)(b*)", "((a)b)", "()a()",
  "^(%d+)-(%d+)-(%d+) (%d+):(%d+):(%d+)$", "(%w+)%s*=%s*(%d+)", "(%w+)%s*=%s*(%w+)", "%b()", "%b(", "%b", "%f[%w]%w+",
  "%f", "%fa", "[a", "[]", "[]]", "[^]]", "[%a_][%w_]*", "[a-]", "[-a]", "[a-z]+", "[^a-z]+", "[%]]", "%", "%%", "(%a)%1",
  "%1", "(a", "a)", "(()", "%z", "[%z]", ".-", "(.-)$", "^%s*(.-)%s*$", "%S+", "%A", "%D", "[%D]", "\0", "a\0b", "[^\0]+",
  "%g+", "%c", "%p+", "%u%l*", "%x+", "%X", ".", "..", "(.)(.)(.)", "%a-%d", "-", "+", "*", "?", "^*", "^^", "a^", "$a",
  "%f[%s]", "%f[^%s]%S*", "(%w+) (%w+)", "[%w.]+@[%w.]+", "x?y?z?", "(a?)(b?)", "%.", "[.]", "[[]", "[a%-z]", "[%a-z]",
  "((((((((((((((((((((((((((((((((a))))))))))))))))))))))))))))))))", "(a)(b)(c)%3%2%1", "()()()",
  ("a?"):rep(30) .. ("a"):rep(10), ("(.)"):rep(32), ("(.)"):rep(33), ("()"):rep(33), ("a"):rep(300), ("a?"):rep(300), ("a*"):rep(199),
}
local texts = {
  "", "a", "b", "aaa", "ab", "aab", "abc", "hello world", "2025-01-06 06:00:00", "enterprise parameter = 10 min", "(a(b)c)d)",
  "key = value", "THE (quick) fox", "a\0b\0c", "  trim me  ", "[x]", "a]b", "x-y-z", "alpha_1 beta_2", "aabb", "abcabc", "^a$", "a.b.c",
  "user@example.org", "\t\n\r", "ÄÖ", ("ab"):rep(20), "%d", "12 34", "abccba", "a^b$",
}
for _, p in ipairs(patterns) do
  for _, s in ipairs(texts) do
    print(show(pcall(string.find, s, p)))
    print(show(pcall(string.match, s, p, 2)))
    print(show(pcall(string.gsub, s, p, "<%0>")))
    print(show(pcall(string.gsub, s, p, "%1-", 2)))
    print(show(pcall(string.gsub, s, p, { a = "A", ab = 7, b = false })))
    print(show(pcall(string.gsub, s, p, function(x, y) return y or x end)))
    local ok, next = pcall(string.gmatch, s, p)
    for _ = 1, 40 do
      local r = table.pack(pcall(next))
      print(show(table.unpack(r, 1, r.n)))
      if not r[1] or r[2] == nil then break end
    end
  end
end

for _, init in ipairs { -100, -5, -1, 0, 1, 2, 5, 6, 7, 100, math.maxinteger, math.mininteger } do
  for _, p in ipairs { "", "a", "o", "l+", "()", "%w+", "^l" } do
    print(init, show(string.find("hello", p, init)), show(string.match("hello", p, init)), show(string.find("hello", p, init, true)))
    local found = {}
    for x in string.gmatch("hello", p, init) do found[#found + 1] = tostring(x) end
    print(table.concat(found, ","))
  end
end

for _, arguments in ipairs {
  { "find" }, { "find", "a" }, { "find", {}, "a" }, { "find", "a", {} }, { "find", "a", "a", "x" }, { "find", 12, 2 }, { "find", "abc", "b", 1.0 },
  { "find", "abc", "b", 1.5 }, { "match" }, { "gmatch", "a" }, { "gsub", "a", "a" }, { "gsub", "a", "a", true }, { "gsub", "a", "a", "%" },
  { "gsub", "a", "a", "%x" }, { "gsub", "a", "a", "%2" }, { "gsub", "a", "(a)", "%2" }, { "gsub", "a", "()", "%1" }, { "gsub", "abc", "%w", 9 },
  { "gsub", "abc", "%w", "%%%0" }, { "gsub", "abc", "%w", "x", -1 }, { "gsub", "abc", "%w", "x", 0 }, { "gsub", "abc", "%w", "x", "2" },
  { "gsub", "abc", "%w", function() return {} end }, { "gsub", "abc", "%w", { a = {} } }, { "gsub", "abc", "%w", { a = true } },
  { "gsub", "abc", "", "-" }, { "gsub", "abc", "b*", "-" }, { "gsub", "hello world", "%w+", "%0 %0", 1 }, { "gsub", "abc", "^a", "x" },
  { "gsub", "aaa", "^a", "x" }, { "gsub", "abc", "(b)(c)", "%2%1" }, { "find", "a\0b", "\0" }, { "find", "a\0b", "\0", 1, true }, { "find", "", "" },
  { "find", "abc", "", 4 }, { "find", "abc", "", 5 }, { "find", "a+b", "+", 1, true }, { "find", "abc", "bc", 1, true }, { "find", "abcabc", "bc", 3, true },
} do
  local name = table.remove(arguments, 1)
  print(show(pcall(string[name], table.unpack(arguments))))
end

-- The same sequence of numbers on every machine, without math.random.
local state = 42
local function draw(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return state // 65536 % n + 1
end
local pieces = {
  "a", "b", "c", "1", " ", ".", "%a", "%d", "%s", "%w", "%A", "[ab]", "[^a]", "[a-c]", "[%d ]", "(", ")", "()", "%1", "%2", "%b()", "%b11",
  "%f[%w]", "%f[^%w]", "^", "$", "*", "+", "-", "?", "*", "+", "-", "?", "%(", "%)", "(a", "b)", "(.-)", "%", "[", "]",
}
local letters = { "a", "b", "c", "1", " ", "(", ")", "2", "]", "-" }
local function some(from, most)
  local t = {}
  for i = 1, draw(most + 1) - 1 do t[i] = from[draw(#from)] end
  return table.concat(t)
end
for _ = 1, 4000 do
  local p, s = some(pieces, 8), some(letters, 12)
  print(p, s, show(pcall(string.find, s, p)))
  print(show(pcall(string.gsub, s, p, "<%0%1>")))
  local ok, next = pcall(string.gmatch, s, p, draw(3) - 1)
  for _ = 1, 20 do
    local r = table.pack(pcall(next))
    print(show(table.unpack(r, 1, r.n)))
    if not r[1] or r[2] == nil then break end
  end
end
