---@meta
-- Types of the scenario language, for editors (lua-language-server). Not a scenario.
-- What each does is in docs/SCENARIOS.md.

---@alias Time number|string seconds, or "20ms", "10s", "5m", "2h", "3d", "1h30m"
---@alias Version "8.0"|"8.6"|"9.1"|"10.0"|"10.5(1)"|"10.5(2)"|"11.0"|"11.5"|"12.0"|"12.5"|"14"|"14SU1"|"14SU3"|"15"|string
---@alias Model "7940"|"7960"|"7942"|"7965"|"7975"|"7821"|"8845"|"8861"|"8945"|"9971"|"Jabber"|string
---@alias Lost "registration"|"configuration"|"trust list"|"secure services"|"802.1X"|"phone VPN"
---@alias ListBy "none"|"first trust"|"CTL"|"ITL"|"TVS cache"|"TVS"
---@alias ListStatus "Match"|"Mismatch"|"Not Installed"
---@alias ConfigBy "none"|"plain"|"signed"|"encrypted"
---@alias PhoneCertificate "LSC"|"MIC"|"none"
---@alias CertificateOperation "None"|"Operation Pending"|"Upgrade Success"|"Upgrade Failed"|"Delete Success"|"Delete Failed"|"Troubleshoot Success"|"Troubleshoot Failed"
---@alias AuthenticationMode "By Null String"|"By Authentication String"|"By Existing Certificate (Precedence to LSC)"|"By Existing Certificate (Precedence to MIC)"

---@class ClusterSpec
---@field name string
---@field version Version
---@field nodes string[]|string the first is the publisher
---@field domain? string

---@class PoolSpec
---@field name string
---@field group string|Node|(string|Node)[] name of a CallManager group, or one to three nodes
---@field cluster? Cluster

---@class PhonesSpec
---@field count? integer
---@field names? string[] in place of count
---@field model? Model needed, but for file
---@field file? string of phones as they were found, beside the scenario; nothing else with it
---@field pool? string
---@field security? "non-secure"|"authenticated"|"encrypted"
---@field encrypted? boolean TFTP Encrypted Config
---@field lsc? boolean
---@field load? string
---@field database? boolean false: they are in no database
---@field inventory? string|false device pool whose phones come in place of these; false: none do

---@alias Sha256 string 64 hexadecimal digits: of a file in cluster.certs
---@alias ServiceState "started"|"stopped"|"out of service"|"not activated"

---@class FoundNode
---@field address? string outside
---@field domain? string
---@field own? table<string, Sha256> its certificates by their kind
---@field runs? table<string, Sha256|"unknown"> what a service works with where that is another
---@field services? table<string, ServiceState>
---@field since? table<string, string> dates
---@field itl? Sha256 what its TFTP serves
---@field ctl? Sha256
---@field replication? integer 0 to 4, 2 is good
---@field fips? boolean
---@field tls? "1.0"|"1.1"|"1.2"|"1.3"

---@class FoundSpec
---@field cluster? Cluster
---@field files? string "cluster": cluster.certs beside the scenario
---@field mixed_mode? boolean
---@field parameters? table<Parameter, any>
---@field backup? string a date, or "none"
---@field itlrecovery_saved? boolean
---@field backup_restores? boolean
---@field nodes? table<string, FoundNode>
---@field trust? table<TrustStore, (Sha256|table)[]> a table: { sha256, on = { "pub" } }
---@field tvs? table[] { sha256, ttl = 86400, roles = { "SAST" } }

---@class ListSpec
---@field cluster? Cluster
---@field name string
---@field file "ITL"|"CTL"
---@field sha1? string
---@field records string[] "TVS cucm1.example.com"

---@class Filters
---@field registered? boolean
---@field state? string
---@field lost? Lost|boolean
---@field ever_lost? Lost|boolean
---@field needs_hands? boolean
---@field security? "non-secure"|"authenticated"|"encrypted"
---@field web_access? "disabled"|"enabled"
---@field settings_access? "enabled"|"restricted"|"disabled"
---@field urls? "http"|"https"
---@field load? string
---@field dot1x? "disabled"|"enabled"
---@field vpn? "disabled"|"enabled"
---@field remedy? string "none", "boot", "hands", "unknown", or names of acts with "+" between them
---@field pool? string
---@field model? Model
---@field itl_by? ListBy
---@field ctl_by? ListBy
---@field itl_status? ListStatus
---@field config? ConfigBy
---@field certificate? PhoneCertificate
---@field certificate_operation? CertificateOperation
---@field server? Node|string

---@class Cluster
---@field name string
---@field version string
---@field nodes Node[]
---@field [string] Node
local Cluster = {}

---@param spec PhonesSpec
---@return Fleet
function Cluster:phones(spec) end

---@param name string
---@return Node
function Cluster:node(name) end

---@param name string
---@param nodes string|Node|(string|Node)[]
function Cluster:group(name, nodes) end

---@param name string
---@param group string|Node|(string|Node)[]
function Cluster:pool(name, group) end

---@class Node
---@field name string
---@field cluster Cluster
local Node = {}

---@param name CertificateName
---@return Certificate
function Node:certificate(name) end
---Types a command at the node's command line (docs/SHELL.md), and its answers where it asks back; gives what it printed.
---@param command string
---@param ... string
---@return string
function Node:cli(command, ...) end

---@class Certificate
---@field subject string
---@field issuer string
---@field from string
---@field to string
---@field key string
---@field names string
local Certificate = {}

---@param spec { node: Node, certificate: CertificateName, years?: integer }
---@return Certificate
function Certificate:sign(spec) end

---@param action function
---@return string
function refused(action) end

---@param spec { name: string, issuer?: Certificate, years?: integer }
---@return Certificate
function authority(spec) end

---@param spec { name: string }
---@return Certificate
function token(spec) end

---@class Fleet
---@field [integer] Phone
---@operator len: integer
local Fleet = {}

---@param filters? Filters
---@return integer
function Fleet:count(filters) end

---@param filters Filters
---@return Fleet
function Fleet:where(filters) end

---@param share number
---@return Fleet
function Fleet:part(share) end

---@param share number
---@return Fleet
function Fleet:first(share) end

---@param other Fleet
---@return Fleet
function Fleet:except(other) end

---@param lost Lost
---@return number
function Fleet:lost_minutes(lost) end

---@class Phone: Fleet
---@field name string
---@field model string
---@field pool string
---@field state string
---@field registered boolean
---@field server string name of the node where it is registered; "": none
---@field lost string
---@field itl_by ListBy
---@field ctl_by ListBy
---@field itl_status ListStatus
---@field config ConfigBy
---@field security "non-secure"|"authenticated"|"encrypted"
---@field web_access "disabled"|"enabled"
---@field settings_access "enabled"|"restricted"|"disabled"
---@field urls "http"|"https"
---@field load string
---@field dot1x "disabled"|"enabled"
---@field vpn "disabled"|"enabled"
---@field certificate PhoneCertificate
---@field certificate_operation CertificateOperation

---@class Expectation
local Expectation = {}

---@param other any
---@return Expectation
function Expectation:equals(other) end

---@param other any
---@return Expectation
function Expectation:differs(other) end

---@param number number
---@return Expectation
function Expectation:at_least(number) end

---@param number number
---@return Expectation
function Expectation:at_most(number) end

---@param text string
---@return Expectation
function Expectation:contains(text) end

---@param number number
---@param distance number
---@return Expectation
function Expectation:is_near(number, distance) end

---@return Expectation
function Expectation:is_true() end

---@return Expectation
function Expectation:is_false() end

---@param spec ClusterSpec|string the name of one that is there
---@return Cluster
function cluster(spec) end

---@param filters Filters and cluster, where there are several
---@return Fleet
function phones(filters) end

---@param spec FoundSpec
function found(spec) end

---@param spec ListSpec
function list(spec) end

---@param spec PoolSpec
function pool(spec) end

---@generic T: number|string|boolean
---@param name string
---@param standard T
---@return T
function param(name, standard) end

---@param name string
---@param value boolean|integer|string
function knob(name, value) end

---@param name string
---@param act? fun()
function step(name, act) end

---@param date string "2026-03-14 06:00"
---@param offset? string from UTC, "+01:00"
function start(date, offset) end

---@param time Time|string a time, or a date where start() says when the run begins
---@param act fun()
function at(time, act) end

---@param time Time
function wait(time) end

---@param limit? Time
---@return boolean quiet
---@return integer asleep
function settle(limit) end

---@return number seconds
function now() end

---@param value any
---@param text? string
---@return Expectation
function expect(value, text) end

function print(...) end

---@param value any
---@return string
function tostring(value) end

---@param f function
---@return boolean, ...
function pcall(f, ...) end

---@param t table
function pairs(t) end

---@param m? integer
---@param n? integer
---@return number
function math.random(m, n) end

-- Acts: made by scripts/gen-scenarios-doc.sh from the table in nodes/acts.h: edit that.

---@alias CertificateName "CallManager"|"CallManager-ECDSA"|"TVS"|"CAPF"|"tomcat"|"tomcat-ECDSA"|"ITLRecovery"|"ipsec"
---@alias Service "Cisco Tftp"|"Cisco Trust Verification Service"|"Cisco CallManager"|"Cisco Tomcat"|"Cisco Certificate Authority Proxy Function"|"Cisco CTIManager"|"Cisco HAProxy"|"Cisco CTL Provider"|"Cisco Certificate Change Notification"|string
---@alias TrustStore "CallManager-trust"|"Phone-SAST-trust"|"CAPF-trust"|"tomcat-trust"|"TVS-trust"|"ipsec-trust"
---@alias Parameter "rollback"|"phone_interaction"|"sha512"|"signer_version_1_1"|"max_serving"|"tvs_ttl_s"|"tvs_db_on_restart"|"tvs_ctl_cache"|"replication_us"|"service_start_us"|"node_boot_us"|"accept_capf_trust_lsc"|"https_services"|"ccm_role_by_mode"|"ctl_served_at_once"|"localkey_renews_sast"|"localkey_each_node"|"localkey_from_disk"|"capf_trust_keeps_old"|"capf_trust_stays_local"|"tls_min"|"one_per_name"|"newer_start_wins"|"deletes_on_one_node"|"modulus_code_3072"|"register_outside_group"|"directory_host"|"rename_renews_itlrecovery"|"cscTn50405"|"cscTo60209"|"refresh_upgrade_us"|"fn70613"|"itlrecovery_1024"|"itlrecovery_years"|"tls_certificate_years"|"proxy_asks_common"|"sast_trust_signs_files"|"remote_timeout_us"|"lsc_days"|"cert_notify_days"|"cert_notify_every_days"|"dates_of_phones"|"dates_of_capf"|"gates_take_mic"|"tvs_vouches_expired"|"auto_registration"|"auto_registration_first"|"auto_registration_last"|"itl_all_tftp"|"groups_lose_nodes"|"ctl_non_secure"|"export_controlled"|"bulk_itlrecovery"|"bulk_capf_to_capf_trust"|"cscUy43181"|"accept_callmanager_trust_lsc"|"ctl_holds_sast_trust"|"third_party_keys"|"server_names"|"reuse_follows_tomcat"|string
---@alias PowerState "off"|"on"
---@alias Key "Directories"|"Services"
---@alias Distribution "self"|"multi-server"
---@alias KeyType "standard"|"RSA-1024"|"RSA-2048"|"RSA-3072"|"RSA-4096"|"EC-256"|"EC-384"|"EC-521"
---@alias Setting "pool"|"security"|"encrypted"|"web_access"|"urls"|"load"|"dot1x"|"vpn"|"settings_access"
---@alias AuthenticationMode "By Null String"|"By Authentication String"|"By Existing Certificate (Precedence to LSC)"|"By Existing Certificate (Precedence to MIC)"
---@alias MicCa "Cisco_Manufacturing_CA"|"Cisco_Manufacturing_CA_SHA2"|"CAP-RTP-001"|"CAP-RTP-002"
---@alias ClientTask "mixed-mode"|"non-secure-mode"|"update"
---@alias BulkUnit "all"|"tomcat"|"tftp"|"capf"|"ITLRecovery"
---@alias "non-secure"|"authenticated"|"encrypted" "non-secure"|"authenticated"|"encrypted"
---@alias Port "TFTP"|"HTTP-files"|"TVS"|"SCCP"|"SCCP-TLS"|"SIP"|"SIP-TLS"|"Tomcat"|"Tomcat-HTTP"|"CAPF"|string

---Regenerates an own certificate, self-signed, with a new key of the same length. Services go on with the old one until they are restarted, where the version does not do that by itself.
---@param ... CertificateName
function Node:regenerate(...) end

---Generates an own certificate, self-signed, with a new key of this type that is valid so long; what is left out is as the version does it. From 14 on also one for all nodes, with the name `host-ms.domain` (the name inferred); `regenerate` on a node gives that node one of its own again (assumed). Otherwise like `regenerate`.
---@param certificate CertificateName
---@param key? KeyType
---@param validity? integer
---@param distribution? Distribution
function Node:generate(certificate, key, validity, distribution) end

---Makes a new key and a CSR for an own certificate, in place of the CSR before. An authority signs it (`authority`), `install` takes what it signed. A multi-server certificate is one for all nodes, with the name `host-ms.domain`.
---@param certificate CertificateName
---@param distribution? Distribution
---@param key? KeyType
function Node:csr(certificate, distribution, key) end

---Takes the certificate that an authority signed for the node's CSR, in place of its own; a multi-server certificate on every node. Those who signed it must lie in the trust store of its kind. Services go on with the old one as after `regenerate`. From 14SU2 on a multi-server certificate is uploaded on the page, not by the command.
---@param certificate CertificateName
---@param signed Certificate
function Node:install(certificate, signed) end

---utils fips enable
---@param act "enable"|"disable"
function Node:fips(act) end

---Unit, name, locality, state and country of the organisation, as `"OU=Voice;O=Example;L=Delft;ST=ZH;C=NL"`, for the subjects of the node's certificates: tomcat is regenerated at once, any other has them when it is made next.
---@param ... string
function Node:web_security(...) end

---Gives the node another hostname: all its certificates are regenerated and it reboots. The CTL file has to be updated afterwards.
---@param ... string
function Node:hostname(...) end

---Puts the node into another domain: all its certificates are regenerated and it reboots.
---@param ... string
function Node:domain(...) end

---Gives the node another IP address: all its certificates are regenerated and it reboots. Phones find its TFTP by DHCP option 150 (`move`).
---@param ... string
function Node:address(...) end

---Restores the node from the newest backup, or from the one before that (2), and so on, and reboots it. With the publisher comes the database. The node must have the name and address that it had.
---@param ...? integer
function Node:restore(...) end

---Installs the node anew under its name: all its certificates are new, and what was uploaded to its CAPF-trust is gone (inferred). A publisher has an empty database, into which groups, pools and phones are entered again; the cluster is not in mixed mode then, and trust stores are empty.
function Node:rebuild() end

---The node's TFTP serves the ITL again that it served before the one of now, until it builds it anew. What it signs is signed with the key of now. Only Cisco TAC can do that: no remedy that is tried.
function Node:previous_itl() end

---Installs a later version on the inactive partition of the node, the publisher's first. A standard upgrade does so while everything runs. A refresh upgrade (from which version on it is none stands in the table of versions) takes the node out of service for so long as the parameter "refresh_upgrade_us" says; then it goes on with the version that it had. `upgrade` is the switch of all nodes behind it.
---@param ... Version
function Node:install_upgrade(...) end

---Removes a subscriber: its services stop and its certificates leave the database. It is refused while a CallManager group names it (the parameter "groups_lose_nodes").
function Node:remove() end

---Restarts the node: all its services stop, and start when it has booted (the parameter "node_boot_us"). They take up what they would at a restart of each.
function Node:reboot() end

---Shuts the node down: its services stop in order, and nothing there answers any more, not even that a port is closed. Meanwhile acts on it are refused; without the publisher also whatever writes its database or a backup: acts on the cluster, on settings of phones, services activated, names, nodes added, removed, installed or restored (inferred: it alone writes), and phones are not auto-registered; without any node an upgrade, a switch of the version and multi-server certificates (assumed). Certificates of another node may be made and uploaded without the publisher, a backup leaves nodes out that are shut down, and a CTL or a copy of ITLRecovery made meanwhile is theirs when they are back (assumed).
function Node:shut_down() end

---Switches a node on that was shut down: its services start when it has booted.
function Node:switch_on() end

---utils dbreplication stop
---@param act "stop"|"reset"
function Node:dbreplication(act) end

---Starts a service.
---@param ... Service
function Node:start(...) end

---Stops a service.
---@param ... Service
function Node:stop(...) end

---Restarts a service, or starts it where it is stopped. It takes a while until it answers (the parameter "service_start_us").
---@param ... Service
function Node:restart(...) end

---Activates a feature service, which starts. A CallManager has to be put into the CallManager groups afterwards.
---@param ... Service
function Node:activate(...) end

---Deactivates a feature service, which stops. CallManager groups lose a node whose Cisco CallManager is deactivated.
---@param ... Service
function Node:deactivate(...) end

---Uploads a certificate to a trust store, in place of one that has its common name and kind of key. The other nodes see it after the database's replication; what is uploaded to CAPF-trust lies on this node alone (the parameter "capf_trust_stays_local"). Version 15 takes none whose subject is that of a node's own certificate.
---@param store TrustStore
---@param certificate Certificate
function Node:upload(store, certificate) end

---Deletes a certificate from a trust store: from 11.0 on on all nodes, before on this one alone, and there it comes back while Cisco Certificate Change Notification runs on a node that still has it.
---@param store TrustStore
---@param certificate Certificate
function Node:delete(store, certificate) end

---Saves ITLRecovery of this node with its key outside the cluster, in place of the one saved before, for `utils itl reset remotekey`.
function Node:save_itlrecovery() end

---Deletes the CTL file of this node; the next one that is made lies on all of them again. Phones keep theirs. Restarts nothing.
function Node:delete_ctl() end

---Bulk Certificate Management: SFTP server and directory; set cert bulk sftp
---@param act "sftp"|"export"|"consolidate"|"import"
---@param ... any
function Cluster:bulk(act, ...) end

---The node's link to the network. Delay one way, uniform jitter on top of it, loss of a packet (0 to 1), bytes a second (0: no limit), or nothing passes at all; larger IP packets than `mtu` (0: no limit) are lost without a word. What is left out is as at the start: `link {}` mends everything.
---@param spec { delay?: Time, jitter?: Time, loss?: number, rate?: number, down?: boolean, mtu?: number }
function Node:link(spec) end

---A firewall lets nothing through to this port of the node, from phones of the site, or from everybody. It drops what comes, so that a phone waits for an answer until its time is over; with `rejects` it answers that nobody listens there. Connections that are open go on (assumed).
---@param spec { port: Port, rejects?: boolean, site?: string }
function Node:block(spec) end

---Takes the rule of `block` with this port and site away. It is refused where there is none.
---@param spec { port: Port, site?: string }
function Node:open(spec) end

---The link of a site to all nodes of this cluster, or of everybody: as those of nodes and phones, and added to them. Larger IP packets than `mtu` are lost without a word (path MTU discovery fails): blocks of TFTP are 544 bytes, a full segment of TCP is 1500. What is left out is as if there were no such link: `link { site = ... }` mends everything.
---@param spec { delay?: Time, jitter?: Time, loss?: number, rate?: number, down?: boolean, mtu?: number, site?: string }
function Cluster:link(spec) end

---The name of this node is missing in the DNS of a site, or of everybody; `dns {}` puts it there. Phones look up names where the parameter `server_names` says so, and get no answer then until their time is over (assumed). DHCP option 150 has addresses.
---@param spec { missing?: boolean, site?: string }
function Node:dns(spec) end

---DNS does not answer at a site, or anywhere: no name of the cluster is found there; `dns {}` mends it. Phones look up names where the parameter `server_names` says so, and get no answer then until their time is over (assumed). DHCP option 150 has addresses.
---@param spec { down?: boolean, site?: string }
function Cluster:dns(spec) end

---Sets an enterprise or service parameter. From 12.5 on the rollback parameter makes new ITLs and resets the phones by itself.
---@param parameter Parameter
---@param value boolean|integer|string
function Cluster:set(parameter, value) end

---For how long a phone may keep what TVS says of this certificate. Where nothing was said the parameter "tvs_ttl_s" counts.
---@param certificate Certificate
---@param time integer|string
function Cluster:tvs_ttl(certificate, time) end

---CallManager has the multi-server certificate of tomcat from now on, on every node. The page no longer shows a certificate CallManager then; a multi-server certificate that tomcat gets later is CallManager's too (the parameter "reuse_follows_tomcat").
function Cluster:reuse_certificate() end

---Makes a backup of all nodes that are not shut down: database, certificates and their keys.
function Cluster:backup() end

---Upgrades all nodes to a later version, all at the same time: installed before or not (`install_upgrade`), they switch to it now. They keep their certificates, make those that they lack, and reboot. What an upgrade to a version does besides (expired trust certificates, ITLRecovery) stands in the table of versions; another release is read as its newest row that is not after it.
---@param version Version
function Cluster:upgrade(version) end

---All nodes reboot into the version on their inactive partition, which an upgrade left there: its database, certificates and keys as they were then; what was changed since is on the other partition, and there to be gone back to. Phones keep the lists that they have. Before going back to a version before 8.0 the rollback parameter is set, and phones are reset.
function Cluster:switch_version() end

---The URLs of Services name this server from now on, which may be somebody else's: phones ask TVS about its certificate. They learn it with their next configuration.
---@param spec { server: Node|string|(Node|string)[] }
function Cluster:services_url(spec) end

---Adds a subscriber. Its certificates are in the database and in the next ITLs; feature services are activated by hand (`activate`), CallManager groups name it when somebody says so (`change_group`), and in mixed mode the CTL file has to be updated.
---@param name string
function Cluster:add_node(name) end

---Gives a CallManager group these servers in this order. Phones learn it with their next configuration, at a reset.
---@param spec { members: Node|string|(Node|string)[], group?: string }
function Cluster:change_group(spec) end

---Gives a device pool another CallManager group. Its phones learn it with their next configuration, at a reset.
---@param spec { group?: string, pool?: string }
function Cluster:change_pool(spec) end

---utils ctl set-cluster mixed-mode
---@param act "mixed-mode"|"non-secure-mode"|"update"|"reset localkey"
function Cluster:ctl(act) end

---utils itl reset localkey
---@param act "reset localkey"|"reset remotekey"
function Cluster:itl(act) end

---Runs the CTL client with the tokens that are plugged in one after the other: the first signs, the others are added. The CTL file lists all tokens that were ever added. The first run needs two; later the first must be one of the CTL file. Restarts nothing.
---@param task ClientTask
---@param token? Certificate
---@param second? Certificate
---@param third? Certificate
---@param fourth? Certificate
function Cluster:ctl_client(task, token, second, third, fourth) end

---Adds a TFTP server of another cluster (a central TFTP) to the CTL file, by its CallManager certificate, and signs the file with this token, which must be one of it: phones take what that TFTP signs. It stays there when the client is run again (a CTL file that `utils ctl` makes has it no more: assumed). Restarts nothing.
---@param token? Certificate
---@param certificate Certificate
function Cluster:add_ctl_tftp(token, certificate) end

---A security token is lost: nobody can run the CTL client with it any more, and phones go on trusting it.
---@param token? Certificate
function Cluster:lose_token(token) end

---Central (proxy) TFTP: whatever a TFTP here has not, in its database or from an answer of the last 30 minutes, it asks that cluster for; one to three of its TFTP addresses, the next where one does not answer (the parameter "remote_timeout_us"). Remote clusters are asked in the order in which they were added, a single level deep. Common files are its own. A restart of Cisco Tftp forgets what it was given.
---@param spec { tftp: Node|string|(Node|string)[] }
function Cluster:add_remote_tftp(spec) end

---The remote cluster of this number, the first of them where it is left out, is asked no more. What it gave is kept until its time is over.
---@param number? integer
function Cluster:delete_remote_tftp(number) end

---Resets all phones registered at the cluster, one after the other (200 a second).
function Cluster:reset() end

---Resets the phones of a device pool that are registered at the cluster, one after the other (200 a second): by the pool that they have in the database now.
---@param spec { pool?: string }
function Cluster:reset_pool(spec) end

---Resets the phones of all device pools that have this CallManager group and that are registered at the cluster, at whichever server, one after the other (200 a second).
---@param spec { group?: string }
function Cluster:reset_group(spec) end

---Switches the phones on or off.
---@param state PowerState
---@param over? Time
function Fleet:power(state, over) end

---Resets the phones one after the other (200 a second). It reaches those that are registered. Nobody is in a call here (not simulated).
function Fleet:reset() end

---Restarts the phones without shutting them down, one after the other (200 a second). Each asks for its lists (the knob "restart_asks_lists") and its configuration, and registers again. It keeps what TVS said, and asks no DHCP server: another option 150 takes a reset. It reaches those that are registered.
function Fleet:restart() end

---CallManager tells the phones, one after the other (200 a second), which configuration it has for them. One that has it already does nothing at all: it asks for no list either. Any other goes on as after `restart` (assumed: what CUCM has a phone take in service, without leaving its CallManager, is not told apart). It reaches those that are registered.
function Fleet:apply_config() end

---Somebody presses a key on each phone.
---@param key Key
---@param over? Time
function Fleet:press(key, over) end

---Puts a symmetric key on record for phones without certificate, 32 hex digits: TFTP encrypts their configuration with it where their profile says TFTP Encrypted Config.
---@param key string
function Fleet:symmetric_key(key) end

---Somebody types a symmetric key in at each phone. Hands on the phone.
---@param key string
function Fleet:type_key(key) end

---Keys of the model that erase CTL and ITL are sent to each phone over the network. A phone takes them where its model does, its web server is on (Web Access), its settings are not restricted, and its authentication URL says that it may: where that is HTTPS the phone must trust the server, through TVS.
---@param over? Time
function Fleet:send_keys(over) end

---Keys of the model that erase CTL and ITL are sent to each phone over the network by a tool that needs neither web server nor authentication URL, but a phone that is registered (assumed). Where the parameter `third_party_keys` says that somebody has one.
---@param over? Time
function Fleet:third_party_keys(over) end

---Somebody deletes CTL and ITL with the keys of the model. Hands on the phone. Where its settings are restricted the keys do nothing.
---@param over? Time
function Fleet:delete_trust_list(over) end

---Somebody resets each phone to its factory settings: CTL, ITL, LSC and configuration are gone. Hands on the phone, whatever its settings allow.
---@param over? Time
function Fleet:factory_reset(over) end

---Each phone loses power and has it again after ten seconds: it boots, whether CUCM reaches it or not.
---@param over? Time
function Fleet:unplug(over) end

---DHCP option 150 names these TFTP servers from now on. A phone uses them at its next boot.
---@param spec { tftp: Node|string|(Node|string)[] }
function Fleet:move(spec) end

---Changes a setting of the phones in the database of their cluster. A phone takes it with its next configuration, at a reset (Apply Config, Reset), and one that trusts the configuration no more never does.
---@param setting Setting
---@param value string|boolean
function Fleet:set(setting, value) end

---Puts the phones into the database of another cluster as well, not secure where nothing else is said, so that they may move there (as an export and import does). An LSC stays on the phone; that cluster has none on record.
---@param spec { cluster: Cluster, security?: "non-secure"|"authenticated"|"encrypted", pool?: string }
function Fleet:insert(spec) end

---Extension Mobility of the phone: login of a user of another cluster
---@param act "login"|"logout"
---@param ... any
function Fleet:emcc(act, ...) end

---Takes the phones out of the database of a cluster. Those that are registered there are reset and not taken again.
---@param spec { cluster: Cluster }
function Fleet:delete(spec) end

---The access link of each phone. Delay one way, uniform jitter on top of it, loss of a packet (0 to 1), bytes a second (0: no limit), or nothing passes at all; larger IP packets than `mtu` (0: no limit) are lost without a word. What is left out is as at the start: `link {}` mends everything. The knobs "link_delay_us" and "link_jitter_us" say how that is.
---@param spec { delay?: Time, jitter?: Time, loss?: number, rate?: number, down?: boolean, mtu?: number }
function Fleet:link(spec) end

---The phones stand at this site from now on: what is said of it holds for them, that is the link of a site, a port that a firewall blocks, names that DNS does not know there. "": at none. A site of which something is said, and where no phone ever stands, is an error when the scenario ends.
---@param name string
function Fleet:site(name) end

---The node's clock is so much ahead or behind; `clock {}` sets it right. Certificates made there, and what CallManager and TVS take for expired, go by it, and so does the clock of each phone that registers there from now on.
---@param spec { ahead?: Time, behind?: Time }
function Node:clock(spec) end

---The clock of each phone is so much ahead or behind, whatever its CallManager says (a wrong NTP reference); `clock {}` leaves it to CallManager again.
---@param spec { ahead?: Time, behind?: Time }
function Fleet:clock(spec) end

---CAPF issues a new LSC to the phones, in place of the one that they have. The phone learns of it with its next configuration (reset it), and goes to CAPF by itself: a secure phone before it registers, any other once it is registered. By Authentication String somebody must enter the string on the phone (`enter_string`). `days` until Operation Completes By (10 where it is left out), `key_size` in bits (2048); `cluster`: whose page, where it is not that of the phones.
---@param spec { cluster?: Cluster, key_size?: number, days?: number, string?: string, by?: AuthenticationMode }
function Fleet:install_lsc(spec) end

---CAPF deletes the phones' LSC. The phone learns of it with its next configuration (reset it), and goes to CAPF by itself: a secure phone before it registers, any other once it is registered. By Authentication String somebody must enter the string on the phone (`enter_string`). `days` until Operation Completes By (10 where it is left out), `key_size` in bits (2048); `cluster`: whose page, where it is not that of the phones.
---@param spec { cluster?: Cluster, key_size?: number, days?: number, string?: string, by?: AuthenticationMode }
function Fleet:delete_lsc(spec) end

---CAPF has the phones show their LSC or MIC. The phone learns of it with its next configuration (reset it), and goes to CAPF by itself: a secure phone before it registers, any other once it is registered. By Authentication String somebody must enter the string on the phone (`enter_string`). `days` until Operation Completes By (10 where it is left out), `key_size` in bits (2048); `cluster`: whose page, where it is not that of the phones.
---@param spec { cluster?: Cluster, key_size?: number, days?: number, string?: string, by?: AuthenticationMode }
function Fleet:troubleshoot_lsc(spec) end

---Somebody enters this authentication string on each phone, which goes to CAPF with it. Hands on the phone; one that is busy takes none.
---@param string string
---@param over? Time
function Fleet:enter_string(string, over) end

---The RADIUS server behind the switches trusts this CAPF (or other CA) too: 802.1X of phones with its LSCs succeeds. It trusts the publisher's CAPF from the beginning on, and hears of no other by itself.
---@param certificate Certificate
function Cluster:radius_add(certificate) end

---The RADIUS server does not trust it any more.
---@param certificate Certificate
function Cluster:radius_remove(certificate) end

---the switches: authentication open
---@param act "open"|"closed"
function Cluster:dot1x(act) end

---The gateway of phone VPN trusts this CAPF (or other CA) too. It trusts the publisher's CAPF from the beginning on, and hears of no other by itself.
---@param certificate Certificate
function Cluster:gateway_add(certificate) end

---The gateway of phone VPN does not trust it any more.
---@param certificate Certificate
function Cluster:gateway_remove(certificate) end

---Deletes a CA that signed MICs from CallManager-trust or CAPF-trust, where all of them lie from the beginning on. CallManager, or CAPF, does not take its MICs any more.
---@param store TrustStore
---@param ca MicCa
function Cluster:delete_mic_ca(store, ca) end

---Uploads one that was deleted there.
---@param store TrustStore
---@param ca MicCa
function Cluster:upload_mic_ca(store, ca) end
