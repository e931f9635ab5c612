-- Tables, sorting, errors, varargs.
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do
    if type(t[i]) == "table" then
      local fields = {}
      for k = 1, 12 do fields[k] = tostring(t[i][k]) end
      t[i] = "{" .. table.concat(fields, ",") .. "}"
    else
      t[i] = tostring(t[i])
    end
  end
  return table.concat(t, "|", 1, t.n)
end
local function call(f, ...) print(show(pcall(f, ...))) end

local state = 7
local function draw(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return state // 65536 % n + 1
end

local function sorted(t, less)
  table.sort(t, less)
  return table.concat(t, " ")
end
for n = 0, 60 do
  local numbers, words, floats, keyed = {}, {}, {}, {}
  for i = 1, n do
    numbers[i] = draw(20) - 10
    words[i] = ("x"):rep(draw(3)) .. draw(30)
    floats[i] = draw(1000) / 8
    keyed[i] = { key = draw(5), name = i }
  end
  print(sorted(numbers), sorted(words), sorted(floats))
  print(sorted(numbers, function(a, b) return a > b end))
  print(sorted(words, function(a, b) return #a < #b or #a == #b and a < b end))
  table.sort(keyed, function(a, b) return a.key < b.key end)
  local names, sum = {}, 0
  for i, k in ipairs(keyed) do names[i] = k.key sum = sum + k.name end
  print(table.concat(names, " "), sum, #keyed)
end
for _, n in ipairs { 300, 1000, 5000 } do -- a mountain
  local t = {}
  for i = 1, n do t[i] = i <= n // 2 and i or n - i end
  print(sorted(t))
end
for n = 5, 12 do
  local t = {}
  for i = 1, n do t[i] = i end
  call(table.sort, t, function() return true end)
  local u = {}
  for i = 1, n do u[i] = i end
  call(table.sort, u, function() return false end)
end
for _, t in ipairs { { 1, "x" }, { {}, {} }, { true, false }, { "a", "b" }, { 1 }, {} } do
  local ok, e = pcall(table.sort, t)
  print(ok, ok or e:match("attempt to compare"))
end
call(table.sort) call(table.sort, 1) call(table.sort, { 2, 1 }, 1) call(table.sort, { 1 }, 1) call(table.sort, {}, 1)
call(table.sort, { 2, 1 }, nil) call(table.sort, { 3, 1, 2 }, function() error("no", 0) end) call(table.sort, { 1, 2, 3 }, function(a) return a.x end)

local lists = { {}, { 1 }, { 1, 2, 3 }, { "a", "b", "c", "d" }, { 1.5, 2 } }
for _, t in ipairs(lists) do
  call(table.concat, t) call(table.concat, t, ", ") call(table.concat, t, "-", 2) call(table.concat, t, "-", 2, 3) call(table.concat, t, "-", 0)
  call(table.concat, t, "-", 3, 1) call(table.concat, t, 7) call(table.concat, t, "", 1, #t + 1)
  call(table.unpack, t) call(table.unpack, t, 2) call(table.unpack, t, 2, 3) call(table.unpack, t, -1, 1) call(table.unpack, t, 3, 1)
  for _, p in ipairs { -1, 0, 1, 2, 4, 5, 9 } do
    local u = table.move(t, 1, #t, 1, {})
    call(table.insert, u, p, "new")
    print(show(u))
    u = table.move(t, 1, #t, 1, {})
    call(table.remove, u, p)
    print(show(u))
    call(table.move, t, p, 3, 2)
    print(show(t))
  end
end
call(table.insert, {}) call(table.insert, {}, 1, 2, 3) call(table.insert, nil, 1) call(table.insert, {}, "x", 1) call(table.concat, { {} })
call(table.concat, { 1, true }) call(table.concat, nil) call(table.pack().n) call(table.unpack, nil) call(table.move, {}, 1, 2) call(table.remove)
print(show(table.pack(1, nil, 3).n, select("#"), select("#", nil, nil), select(2, "a", "b", "c")))
call(select, 0) call(select, -1, 1, 2) call(select, -3, 1, 2) call(select, "x") call(select)

print(show(pcall(error)), show(pcall(error, "plain", 0)), show(pcall(error, nil)), show(pcall(error, 12, 0)), show(pcall(assert, false)))
print(show(pcall(assert, nil, "told")), show(pcall(assert, 1, 2, 3)), show(pcall(assert)), show(pcall(pcall)), show(pcall(type)))
print(show(type(nil), type(1), type("x"), type({}), type(print), type(true)), show(tostring(nil), tostring(true), tostring("x"), tostring(12)))
print(select("#", pairs({})), show(select(2, pairs({ 5 }))), select("#", ipairs({})))
for i, v in ipairs { 1, 2, nil, 4 } do print(i, v) end
local keys = {}
for k, v in pairs { 10, 20, 30 } do keys[#keys + 1] = k .. "=" .. v end
print(table.concat(keys, " "))
call(ipairs) call(pairs) call(math.random, 2, 1) call(math.random, 1, 2, 3) call(math.random, "x") call(math.random, -5) call(math.random, 1.5)
print(math.type(math.random(0)), math.type(math.random()), math.random(3, 3), math.random(1))
local function f(...) local a, b = ... return b, a, select("#", ...) end
print(show(f()), show(f(1)), show(f(1, 2, 3)))
goto over
print("never")
::over::
for i = 3, 1, -1 do print(i) end
for x = 1.0, 2.0, 0.5 do print(x) end
call(function() for i = 1, 10, 0 do end end)
local closed = {}
for i = 1, 3 do closed[i] = function() i = i + 1 return i end end
print(closed[1](), closed[1](), closed[2]())
