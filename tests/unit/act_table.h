/* The table of acts a second time, written from the documents: for test_acts.c. */
#ifndef CUCMLAB_TESTS_ACT_TABLE_H
#define CUCMLAB_TESTS_ACT_TABLE_H

#include "nodes/acts.h"

/* What stands in each row beside its words and its functions, as a second table has it: where it is
 * done (n a node, c a cluster, p phones, s phones one after the other), what it touches, how narrow
 * it is as a remedy, what that needs, and its words. */
static const char *const second_table[ACTS] = {
    "regenerate: n cl, 6 0 regenerate, regenerate, regenerate {0} on {node}; -",
    ("generate: n cl, 7 0 generate, shorter keys, generate {0} with a key of the standard length "
     "on "
     "{node}; generate every certificate of the lists with a key of the standard length, on "
     "{node}"),
    "csr: n c",
    "install: n cl",
    "fips enable: n cls",
    "fips disable: n cls",
    "web_security: n c",
    "hostname: n clfs",
    "domain: n clfs",
    "address: n clfs",
    ("restore: n clfs, 9 3 restore, restore a backup, restore {node} from backup {0} (Disaster "
     "Recovery System; 1 is the newest); -"),
    "rebuild: n clfs",
    "previous_itl: n l",
    "install_upgrade: n s",
    "remove: n clfs",
    "reboot: n s",
    "shut_down: n sn",
    "switch_on: n sn, 1 0 switch-on, switch a node on, switch on {node}; -",
    "dbreplication stop: n c",
    "dbreplication reset: n c, 3 0 reset-replication, reset replication, reset database "
    "replication to {node} (utils dbreplication reset); -",
    ("start: n s, 2 0 start-services, start services, `utils service start {0}` on {node}; start "
     "every service that is stopped, on {node}"),
    "stop: n s",
    ("restart: n ls, 3 0 restart-services, restart services, `utils service restart {0}` on "
     "{node}; restart Cisco Tftp, Cisco Trust Verification Service and every service that works "
     "with an old certificate, on {node}"),
    ("activate: n lfs, 4 0 activate-services, activate services, activate {0} on {node} (Service "
     "Activation); -"),
    "deactivate: n lfs",
    ("upload: n c, 8 4 upload, upload, upload {1} to {0} on {node}; upload the CallManager, "
     "ITLRecovery, CAPF and tomcat certificates of {peer}, each to its trust store in {cluster} "
     "(CAPF-trust: on every node)"),
    "delete: n c",
    "save_itlrecovery: n b",
    ("delete_ctl: n l, 6 0 delete-ctl, delete the CTL file, `file delete tftp CTLFile.tlv` on "
     "{node}; `file delete tftp CTLFile.tlv` on {node}"),
    "bulk sftp: c c",
    "bulk export: c c",
    "bulk consolidate: c c",
    ("bulk import: c c, 7 4 bulk-exchange, bulk exchange, import on {cluster}; exchange "
     "certificates between {cluster} and {peer} (Bulk Certificate Management: export on both, "
     "consolidate on one, import on both)"),
    ("link: n n, 1 0 mend-network, mend the network, mend the network of {node}; mend the network "
     "of every node of {cluster} that is cut off"),
    "block: n n",
    ("open: n n, 1 0 open-port, open a port, open {0} from {1} to {node} in the firewall; open "
     "every port that is closed in the firewall, to {node}"),
    ("link: c n, 1 0 mend-site-network, mend the network, mend the network between {6} and "
     "{cluster}: packets of every size pass, none is lost; -"),
    ("dns: n n, 1 0 dns-record, mend DNS, put {node} into the DNS of {1}; put {node} into DNS "
     "where "
     "it is missing"),
    "dns: c n, 1 0 mend-dns, mend DNS, mend the DNS of {1}; -",
    "set: c lf, 8 0 set-parameter, set a parameter, set {0} to {1}; -",
    "tvs_ttl: c c",
    "reuse_certificate: c cl",
    "backup: c b",
    "upgrade: c clfs",
    "switch_version: c clfs, 10 3 switch-version, switch the version, switch all nodes to the "
    "version "
    "on their inactive partition (utils system switch-version); -",
    ("services_url: c f, 8 0 services-url, URL of Services, have the URLs of Services name {0} "
     "(Enterprise Parameters); -"),
    "add_node: c clfs",
    ("change_group: c f, 5 0 change-group, change a group, put {0} first into the CallManager "
     "group "
     "\"{3}\"; -"),
    "change_pool: c f",
    "ctl mixed-mode: c lf",
    "ctl non-secure-mode: c lf",
    "ctl update: c l, 5 0 ctl-update, ctl update, `utils ctl update CTLFile` on {node}; -",
    ("ctl reset localkey: c l, 5 0 ctl-reset-localkey, ctl reset localkey, `utils ctl reset "
     "localkey` on {node}; -"),
    ("itl reset localkey: c l, 4 0 reset-localkey, itl reset localkey, `utils itl reset localkey` "
     "on {node}; -"),
    ("itl reset remotekey: c l, 4 0 reset-remotekey, itl reset remotekey, `utils itl reset "
     "remotekey` on {node}, with the ITLRecovery.p12 that was saved; -"),
    ("ctl_client: c lf, 4 0 ctl-client, CTL client, run the CTL client ({0}) with "
     "token {1}; -"),
    ("add_ctl_tftp: c l, 8 4 add-ctl-tftp, CTL client, add the TFTP server with the certificate "
     "{1} to the CTL file (CTL client, with token {0}); add the TFTP servers of {peer} to the CTL "
     "file of {cluster} (CTL client: Add TFTP Server)"),
    "lose_token: c l",
    ("add_remote_tftp: c r, 5 4 add-remote-cluster, remote cluster, add a remote cluster "
     "with TFTP {servers} to Cluster View of {cluster}; -"),
    ("delete_remote_tftp: c r, 5 0 delete-remote-cluster, remote cluster, delete "
     "remote cluster {0} from Cluster View of {cluster}; -"),
    "reset: c p",
    "reset_pool: c p",
    "reset_group: c p",
    "power: s p",
    "reset: p p",
    "restart: p p",
    "apply_config: p p",
    "press: s p",
    ("symmetric_key: p f, 5 0 symmetric-key, symmetric key, put the symmetric key on record that "
     "was typed in at the phone; put the symmetric key on record that was typed in at the phone"),
    ("type_key: p p, 102 1 type-key, needs hands, somebody must type in the symmetric key of its "
     "page on the phone itself; -"),
    ("send_keys: s p, 40 0 send-keys, keys sent, send the keys that erase the trust lists to the "
     "phone over the network (CiscoIPPhoneExecute); send the keys that erase the trust lists to "
     "the phone over the network (CiscoIPPhoneExecute)"),
    ("third_party_keys: s p, 41 0 third-party-keys, keys sent, press the keys that erase the trust "
     "lists with a tool of somebody else; press the keys that erase the trust lists with a tool of "
     "somebody else"),
    ("delete_trust_list: s p, 100 1 hands, needs hands, somebody must delete the trust lists on "
     "the phone itself; -"),
    ("factory_reset: s p, 101 1 factory-reset, needs hands, somebody must reset the phone to its "
     "factory settings; -"),
    "unplug: s p",
    "move: p p, 6 0 option-150, option 150, point DHCP option 150 to {servers}; -",
    ("set: p f, 7 0 set-phones, set phones, set {0} of the phone to {1} (Phone Configuration, or "
     "Bulk Administration: Update Phones); set {0} of the phone to {1} (Phone Configuration, or "
     "Bulk Administration: Update Phones)"),
    ("insert: p f, 5 0 insert-phones, insert phones, put the phone into the database of {cluster} "
     "(Bulk Administration: Insert Phones); put the phone into the database of {cluster} (Bulk "
     "Administration: Insert Phones)"),
    "emcc login: p fp",
    ("emcc logout: p fp, 2 0 emcc-logout, emcc logout, log the user of the other cluster out at "
     "the phone; log the user of the other cluster out at the phone"),
    "delete: p f",
    ("link: p n, 1 0 mend-phone-network, mend the network, mend the phone's network; mend the "
     "phone's network"),
    "site: p n",
    "clock: n s, 2 0 node-clock, set a clock, set the clock of {node} (NTP); -",
    ("clock: p p, 1 0 phone-clock, set a clock, set the phone's clock right (NTP reference); set "
     "the phone's clock right (NTP reference)"),
    ("install_lsc: p f, 7 0 install-lsc, install an LSC, have CAPF of {cluster} install the LSC "
     "anew (Phone Configuration: Install/Upgrade, By Null String); -"),
    "delete_lsc: p f",
    "troubleshoot_lsc: p f",
    "enter_string: s p",
    ("radius_add: c s, 5 0 radius-add, RADIUS server, add the certificate {0} to the trusted "
     "CAs of the RADIUS server; -"),
    "radius_remove: c s",
    ("dot1x open: c s, 4 0 dot1x-open, open switch ports, let phones through at the switches where "
     "802.1X fails (authentication open), until they have an LSC that the RADIUS server takes; -"),
    "dot1x closed: c s",
    ("gateway_add: c s, 5 0 gateway-add, VPN gateway, add the certificate {0} to the CA "
     "certificates of the VPN gateway; -"),
    "gateway_remove: c s",
    "delete_mic_ca: c c",
    "upload_mic_ca: c c, 6 0 upload-mic-ca, upload a CA, upload {1} to {0}; -",
};

#endif
