-- Wireshark dissectors for what CUCM and its phones say: TVS (TCP 2445, TLS), CAPF (TCP 3804, TLS),
-- and trust lists and signed files (CTL, ITL, .sgn) inside TFTP and HTTP.
--
--   wireshark -X lua_script:cucmlab.lua FILE      or copy it into the folder of personal plugins
--
-- Filters: tvs, capf, trustlist and what is below them, as tvs.status == 1, trustlist.role == 21.
-- Of captures of real clusters TLS opens with a key log alone; trust lists by TFTP need none.
-- The formats are those of docs/FORMATS.md.

local OPAQUE = 0 -- bytes
local TEXT, U8, U16, U32, VERSION, ROLE, ROLES, CERT, LED, IPV4, NESTED, WRAPPED_CERT, PARTS, TIME =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14

local roles = {
  [0] = "System Administrator Security Token", [1] = "CCM", [2] = "CCM+TFTP", [3] = "TFTP",
  [4] = "CAPF", [7] = "APP-SERVER", [21] = "TVS",
}
local digests = { [1] = "SHA-1", [2] = "SHA-256", [3] = "SHA-512" }

-- ---- fields, by tables ----

-- A field for each element: abbreviation, name, how its value reads, names of its values.
local function fields_of(prefix, elements)
  local all = {}
  for tag, e in pairs(elements) do
    local how, abbreviation, name, names = e[1], prefix .. "." .. e[2], e[3], e[4]
    if how == TEXT or how == LED then
      e.field = ProtoField.string(abbreviation, name)
    elseif how == U8 or how == ROLES then
      e.field = ProtoField.uint8(abbreviation, name, base.DEC, names)
    elseif how == U16 or how == ROLE then
      e.field = ProtoField.uint16(abbreviation, name, base.DEC, names)
    elseif how == VERSION then
      e.field = ProtoField.uint16(abbreviation, name, base.HEX, names)
    elseif how == U32 then
      e.field = ProtoField.uint32(abbreviation, name, base.DEC)
    elseif how == TIME then
      e.field = ProtoField.absolute_time(abbreviation, name, base.UTC)
    elseif how == IPV4 then
      e.field = ProtoField.ipv4(abbreviation, name)
    else
      e.field = ProtoField.bytes(abbreviation, name)
    end
    e.tag = tag
    all[#all + 1] = e.field
  end
  return all
end

local function certificate_dissector()
  return DissectorTable.get("media_type"):get_dissector("application/pkix-cert")
end

-- A text without its NUL.
local function text_of(range)
  local n = range:len()
  if n > 0 and range(n - 1, 1):uint() == 0 then
    n = n - 1
  end
  return n == 0 and "" or range(0, n):string()
end

-- Wireshark takes so many dissectors one inside the other, and counts those beside each other too: a
-- list of a large cluster has its first certificates open, and the rest as bytes.
local CERTIFICATES_MAX = 24
local opened = { number = 0, count = 0 }

local function put_certificate(range, pinfo, tree)
  local dissector = certificate_dissector()
  if opened.number ~= pinfo.number then
    opened.number, opened.count = pinfo.number, 0
  end
  opened.count = opened.count + 1
  if dissector and opened.count <= CERTIFICATES_MAX then
    local protocol, info = tostring(pinfo.cols.protocol), tostring(pinfo.cols.info)
    if not pcall(dissector.call, dissector, range:tvb(), pinfo, tree) then
      tree:append_text(" (cannot be read)")
    end
    pinfo.cols.protocol, pinfo.cols.info = protocol, info
  end
end

-- One value into the tree; what it reads as, for the column, or nil.
local putters = {
  [TEXT] = function(e, range, _, tree)
    local text = text_of(range)
    tree:add(e.field, range, text)
    return text
  end,
  [LED] = function(e, range, _, tree) -- an octet 01, then the text
    local text = range:len() > 1 and range(1):string() or ""
    tree:add(e.field, range, text)
    return text
  end,
  [ROLES] = function(e, range, _, tree)
    local names = {}
    for i = 0, range:len() - 1 do
      tree:add(e.field, range(i, 1))
      names[#names + 1] = roles[range(i, 1):uint()] or tostring(range(i, 1):uint())
    end
    return table.concat(names, ", ")
  end,
  [CERT] = function(e, range, pinfo, tree)
    put_certificate(range, pinfo, tree:add(e.field, range))
  end,
  [WRAPPED_CERT] = function(e, range, pinfo, tree) -- 01, length, 00, kind, DER
    local item = tree:add(e.field, range)
    if range:len() > 5 then
      put_certificate(range(5), pinfo, item)
    end
  end,
  [PARTS] = function(e, range, _, tree)
    local item = tree:add(e.field, range)
    local at = 0
    while at + 3 <= range:len() do
      local n = math.min(range(at + 1, 2):uint(), range:len() - at - 3)
      item:add(range(at, 3 + n), string.format("Part %d, %d bytes", range(at, 1):uint(), n))
      at = at + 3 + n
    end
  end,
}

-- Sizes that a value must have.
local sizes = { [U8] = 1, [U16] = 2, [ROLE] = 2, [VERSION] = 2, [U32] = 4, [TIME] = 4, [IPV4] = 4 }

local function put(e, range, pinfo, tree)
  local putter, size = putters[e[1]], sizes[e[1]]
  if putter and range:len() > 0 then
    return putter(e, range, pinfo, tree)
  end
  if size and range:len() ~= size then
    tree:add(range, string.format("%s: %d bytes, %d expected", e[3], range:len(), size))
    return nil
  end
  tree:add(e.field, range)
  if not size or e[1] == IPV4 or e[1] == TIME then
    return nil
  end
  return e[4] and e[4][range:uint()] or tostring(range:uint())
end

-- ---- TVS and CAPF: a head, then elements of tag, length and value ----

local tvs = Proto("tvs", "Cisco Trust Verification Service")
local tvs_types = {
  [1] = "TVS_MSG_CERT_VERIFICATION_REQ", [2] = "TVS_MSG_CERT_VERIFICATION_RES",
  [3] = "TVS_MSG_QUERY_CERT_REQ", [4] = "TVS_MSG_QUERY_CERT_RES",
}
local tvs_elements = {
  [1] = { LED, "device", "Device Name" },
  [2] = { CERT, "certificate", "Certificate" },
  [3] = { TEXT, "subject", "Subject Name" },
  [4] = { TEXT, "issuer", "Issuer Name" },
  [5] = { OPAQUE, "serial", "Serial Number" },
  [7] = { U8, "status", "Status", { [0] = "trusted", [1] = "not trusted" } },
  [8] = { ROLES, "role", "Role", roles },
  [9] = { U32, "ttl", "Time to Live (seconds)" },
}

local capf = Proto("capf", "Cisco Certificate Authority Proxy Function")
local capf_commands = {
  [1] = "Auth Request", [2] = "Auth Response", [3] = "Key Generate Request",
  [4] = "Key Generate Response", [5] = "Encrypt Response", [6] = "Encrypt Request",
  [7] = "Decrypt Request", [8] = "Decrypt Response", [9] = "Store Certificate Request",
  [10] = "Store Certificate Response", [11] = "Fetch Certificate Request",
  [12] = "Fetch Certificate Response", [13] = "Delete Certificate Request",
  [14] = "Delete Certificate Response", [15] = "End Session", [16] = "Retry Later",
  [17] = "Request In Progress", [18] = "Status Request", [19] = "Status Response",
  [20] = "Abort Request", [21] = "Abort Response", [22] = "Sign Certificate Request",
  [23] = "Sign Certificate Response",
}
local capf_elements = {
  [1] = { U8, "reason", "Reason", { [0] = "no action", [1] = "update certificate",
                                    [7] = "invalid element", [9] = "unknown device" } },
  [2] = { OPAQUE, "reason_information", "Reason Information" },
  [3] = { U8, "certificate_type", "Certificate Type", { [1] = "LSC", [2] = "MIC" } },
  [4] = { WRAPPED_CERT, "certificate", "Certificate" },
  [5] = { OPAQUE, "certificate_id", "Certificate ID" },
  [6] = { OPAQUE, "signed_sha1", "Signed Data (SHA-1)" },
  [7] = { U8, "version", "Version" },
  [8] = { U8, "auth_type", "Authentication Mode",
          { [0] = "none", [1] = "by authentication string", [2] = "by null string",
            [3] = "by existing certificate (LSC)", [4] = "by existing certificate (MIC)" } },
  [9] = { OPAQUE, "public_key", "Public Key" },
  [10] = { U16, "key_size", "Key Size (bits)" },
  [11] = { TEXT, "authentication_string", "Authentication String" },
  [12] = { OPAQUE, "retry_delay", "Retry Delay" },
  [13] = { TEXT, "device", "Device Name" },
  [16] = { PARTS, "sudi", "SUDI Data" },
  [17] = { U8, "key_type", "Key Type", { [0] = "RSA", [1] = "EC" } },
  [18] = { U8, "curve", "Curve", { [0] = "P-256", [1] = "P-384", [2] = "P-521" } },
  [19] = { OPAQUE, "digest_type", "Digest Type" },
  [20] = { PARTS, "signed_sha512", "Signed Data (SHA-512)" },
}

-- first: the first octet of each message; kind_at, session_at: where those stand; head: its bytes.
local function message_protocol(proto, prefix, first, head, kind_at, session_at, kinds, elements,
                                telling)
  local f = {
    protocol = ProtoField.uint8(prefix .. ".protocol", "Protocol", base.HEX),
    kind = ProtoField.uint8(prefix .. ".type", "Type", base.DEC, kinds),
    session = ProtoField.uint32(prefix .. ".session", "Session", base.HEX),
    length = ProtoField.uint16(prefix .. ".length", "Length"),
    unknown = ProtoField.bytes(prefix .. ".unknown", "Unknown element"),
  }
  local wrong = ProtoExpert.new(prefix .. ".bad", "A message that ends before its length",
                                expert.group.MALFORMED, expert.severity.ERROR)
  local refused = ProtoExpert.new(prefix .. ".refused", "Refused", expert.group.RESPONSE_CODE,
                                  expert.severity.WARN)
  local all = fields_of(prefix, elements)
  for _, field in pairs(f) do
    all[#all + 1] = field
  end
  proto.fields = all
  proto.experts = { wrong, refused }

  local function one(tvb, pinfo, root)
    local tree = root:add(proto, tvb())
    local kind = tvb(kind_at, 1):uint()
    local name = kinds[kind] or ("type " .. kind)
    local said = {}
    tree:add(f.protocol, tvb(0, 1))
    tree:add(f.kind, tvb(kind_at, 1))
    tree:add(f.session, tvb(session_at, 4))
    tree:add(f.length, tvb(head - 2, 2))
    local at = head
    while at < tvb:len() do
      if at + 3 > tvb:len() or at + 3 + tvb(at + 1, 2):uint() > tvb:len() then
        tree:add_proto_expert_info(wrong)
        break
      end
      local tag, n = tvb(at, 1):uint(), tvb(at + 1, 2):uint()
      local e = elements[tag]
      if not e or n == 0 then
        tree:add(f.unknown, tvb(at, 3 + n)):append_text(string.format(" (tag %d)", tag))
      else
        local text = put(e, tvb(at + 3, n), pinfo, tree)
        if telling[tag] then
          said[#said + 1] = text or tostring(tvb(at + 3, n):bytes())
        end
        if telling.refused == tag and tvb(at + 3, 1):uint() ~= 0 then
          tree:add_proto_expert_info(refused, e[3] .. ": " .. (text or "refused"))
        end
      end
      at = at + 3 + n
    end
    local info = name .. (#said > 0 and ": " .. table.concat(said, ", ") or "")
    tree:append_text(", " .. info)
    if pinfo.cols.protocol then
      pinfo.cols.protocol = proto.name
    end
    pinfo.cols.info:append((tostring(pinfo.cols.info) == "" and "" or " ") .. info)
    pinfo.cols.info:fence()
  end

  function proto.dissector(tvb, pinfo, tree)
    if tvb:len() < 1 or tvb(0, 1):uint() ~= first then
      return 0
    end
    pinfo.cols.info:clear()
    return dissect_tcp_pdus(tvb, tree, head, function(t, _, offset)
      return head + t(offset + head - 2, 2):uint()
    end, function(t, p, root)
      one(t, p, root)
      return t:len()
    end)
  end
end

message_protocol(tvs, "tvs", 0x57, 10, 2, 4, tvs_types, tvs_elements,
                 { [1] = true, [5] = true, [7] = true, [8] = true, refused = 7 })
message_protocol(capf, "capf", 0x55, 8, 1, 2, capf_commands, capf_elements,
                 { [1] = true, [8] = true, [10] = true, [13] = true })

-- ---- trust lists and signed files ----

local list = Proto("trustlist", "Cisco Trust List or Signed File")
local versions = { [0x0102] = "trust list", [0x0100] = "signed file",
                   [0x0101] = "signed firmware", [0x0200] = "encrypted file" }
local header_elements = {
  [1] = { VERSION, "version", "Version", versions },
  [2] = { U16, "header_length", "Header Length" },
  [3] = { NESTED, "signer", "Signer Info" },
  [4] = { TEXT, "signer.name", "Signer Name" },
  [5] = { OPAQUE, "signer.serial", "Signer Serial Number" },
  [6] = { TEXT, "signer.issuer", "CANAME" },
  [7] = { NESTED, "signature_info", "Signature Info" },
  [8] = { U8, "digest", "Digest Algorithm", digests },
  [9] = { NESTED, "signature_algorithm_info", "Signature Algorithm Info" },
  [10] = { U8, "signature_algorithm", "Signature Algorithm", { [0] = "RSA" } },
  [11] = { U8, "modulus", "Signature Modulus",
           { [0] = "64 bytes", [1] = "128 bytes", [2] = "256 bytes", [3] = "512 bytes" } },
  [12] = { OPAQUE, "signature", "Signature" },
  [14] = { TEXT, "file", "File Name" },
  [15] = { TIME, "timestamp", "Timestamp" },
  [16] = { NESTED, "encryption", "Encryption Info" },
  [17] = { NESTED, "iv_info", "IV Info" },
  [18] = { OPAQUE, "tag18", "Tag 18" },
  [19] = { OPAQUE, "iv", "IV" },
  [20] = { U16, "padding_length", "Padding Length" },
  [21] = { NESTED, "key_info", "Key Info" },
  [22] = { OPAQUE, "tag22", "Tag 22" },
  [23] = { U16, "key_bits", "Encrypted Key Size (bits)" },
  [24] = { U8, "key_algorithm", "Key Algorithm", { [1] = "AES-128-CBC" } },
  [25] = { OPAQUE, "encrypted_key", "Encrypted Key" },
  [26] = { U8, "plain_digest_algorithm", "Digest Algorithm of the Plain File", digests },
  [27] = { OPAQUE, "plain_digest", "Digest of the Plain File" },
  [28] = { VERSION, "signer_version", "Signer Version" },
}
local record_elements = {
  [1] = { U16, "record_length", "Record Length" },
  [2] = { TEXT, "dns", "DNS Name" },
  [3] = { TEXT, "subject", "Subject Name" },
  [4] = { ROLE, "role", "Function", roles },
  [5] = { TEXT, "issuer", "Issuer Name" },
  [6] = { OPAQUE, "serial", "Serial Number" },
  [7] = { OPAQUE, "public_key", "Public Key" },
  [8] = { OPAQUE, "record_signature", "Signature" },
  [9] = { CERT, "certificate", "Certificate" },
  [10] = { IPV4, "ip", "IP Address" },
  [11] = { OPAQUE, "hash", "Certificate Hash" },
  [12] = { U8, "hash_algorithm", "Hash Algorithm", digests },
}
local more = ProtoField.string("trustlist.more", "Continues")
local unknown = ProtoField.bytes("trustlist.unknown", "Unknown TLV")
local record_field = ProtoField.none("trustlist.record", "Record")
local content = ProtoField.bytes("trustlist.content", "Content")
do
  local all = fields_of("trustlist", header_elements)
  for _, field in ipairs(fields_of("trustlist", record_elements)) do
    all[#all + 1] = field
  end
  all[#all + 1] = more
  all[#all + 1] = unknown
  all[#all + 1] = record_field
  all[#all + 1] = content
  list.fields = all
end

local PADDING = 13

-- TLVs from `at` to `stop`; false where the bytes end before.
local function put_tlvs(tvb, at, stop, elements, pinfo, tree, told)
  while at < stop do
    local tag = tvb(at, 1):uint()
    if elements == header_elements and tag == PADDING then
      at = at + 1
    elseif at + 3 > stop or at + 3 + tvb(at + 1, 2):uint() > stop then
      return false
    else
      local n = tvb(at + 1, 2):uint()
      local e = elements[tag]
      if not e or n == 0 then
        tree:add(unknown, tvb(at, 3 + n)):append_text(string.format(" (tag %d)", tag))
      elseif e[1] == NESTED then
        put_tlvs(tvb, at + 3, at + 3 + n, elements, pinfo,
                 tree:add(e.field, tvb(at + 3, n)), told)
      else
        local text = put(e, tvb(at + 3, n), pinfo, tree)
        told[tag] = text or tvb(at + 3, n):bytes():tohex()
      end
      at = at + 3 + n
    end
  end
  return true
end

local function put_records(tvb, at, pinfo, tree)
  local count, names = 0, {}
  while at + 5 <= tvb:len() and tvb(at, 3):uint() == 0x010002 do
    local n = tvb(at + 3, 2):uint()
    if n < 5 then
      break
    end
    local stop, told = math.min(at + n, tvb:len()), {}
    count = count + 1
    local branch = tree:add(record_field, tvb(at, stop - at))
    local whole = put_tlvs(tvb, at, stop, record_elements, pinfo, branch, told) and stop == at + n
    branch:append_text(string.format(" %d: %s, %s, serial %s", count, told[4] or "?",
                                     told[3] or "no name", told[6] or "none"))
    names[#names + 1] = told[4] or "?"
    if not whole then
      tree:add(more, tvb(at, stop - at), "in packets behind this one")
      break
    end
    at = stop
  end
  return count, names
end

local function is_list(tvb)
  if tvb:len() < 10 or tvb(0, 3):uint() ~= 0x010002 or tvb(5, 3):uint() ~= 0x020002 then
    return false
  end
  return versions[tvb(3, 2):uint()] ~= nil
end

function list.dissector(tvb, pinfo, root)
  if not is_list(tvb) then
    return 0
  end
  local tree, told = root:add(list, tvb()), {}
  local head = tvb(8, 2):uint()
  local stop = math.min(head, tvb:len())
  local whole = put_tlvs(tvb, 0, stop, header_elements, pinfo, tree, told) and stop == head
  if not whole then
    tree:add(more, tvb(0, stop), "in packets behind this one")
  elseif tvb(3, 2):uint() == 0x0102 then
    local count = put_records(tvb, head, pinfo, tree)
    tree:append_text(string.format(", %d records", count))
  elseif head < tvb:len() then
    tree:add(content, tvb(head))
  end
  local info = string.format("%s signed by %s, serial %s", told[14] or "a file", told[4] or "?",
                             told[5] or "?")
  tree:append_text(", " .. info)
  pinfo.cols.info:append(" | " .. info)
  return tvb:len()
end

local function heuristic(tvb, pinfo, root)
  return is_list(tvb) and list.dissector(tvb, pinfo, root) > 0
end

-- ---- where they are ----

local tcp, tls = DissectorTable.get("tcp.port"), DissectorTable.get("tls.port")
tcp:add(2445, Dissector.get("tls"))
tcp:add(3804, Dissector.get("tls"))
tls:add(2445, tvs)
tls:add(3804, capf)
tcp:add(2443, Dissector.get("tls")) -- SCCP over TLS
tls:add(2443, Dissector.get("skinny"))
tcp:add_for_decode_as(tvs) -- what was decrypted elsewhere
tcp:add_for_decode_as(capf)
list:register_heuristic("tftp", heuristic)
list:register_heuristic("http", heuristic)

-- Lists by TFTP are shown whole, with the last block.  Where this Wireshark lets no script set it:
-- Preferences, Protocols, TFTP, "Reassemble fragmented TFTP files".
if set_preference then
  pcall(set_preference, "tftp.defragment", true)
end
