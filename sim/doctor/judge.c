#include "sim/doctor/judge.h"

#include <stddef.h>

#define IS(name, value)                                                                            \
    {                                                                                              \
        FIND_##name, 1u << (value)                                                                 \
    }

/* Ways through the pages of CUCM that several rows name (documented). */
#define RESTART_TFTP                                                                               \
    "Restart Cisco Tftp on every node that runs it: Cisco Unified Serviceability > Tools > "       \
    "Control Center - Feature Services (CLI: utils service restart Cisco Tftp)."
#define RESTART_TVS                                                                                \
    "Restart Cisco Trust Verification Service on every node: Cisco Unified Serviceability > "      \
    "Tools > Control Center - Network Services (CLI: utils service restart Cisco Trust "           \
    "Verification Service)."
#define RESET_PHONE                                                                                \
    "Reset the phone: Cisco Unified CM Administration > Device > Phone, Reset. One phone first, "  \
    "the others when it is well."
/* For a phone that came from another cluster (215539, 213407, Security Guide 14). */
#define EXCHANGE                                                                                   \
    "It was moved, and its old cluster runs: exchange certificates. Cisco Unified OS "             \
    "Administration > Security > Bulk Certificate Management: Export on both, "                    \
    "Consolidate on one, Import on both. Then restart Cisco Trust Verification "                   \
    "Service "                                                                                     \
    "on every node of the old cluster, and reset the phone."
#define BRING_BACK                                                                                 \
    "Or back to its old cluster (option 150), where it still takes files: set Prepare "            \
    "Cluster for Rollback to pre 8.0 to True there, wait until its ITL is empty, and "             \
    "move it again. Not where the old cluster is in mixed mode."
#define AGAIN "Run this check again."
/* Without it a restore brings back keys that no phone knows any more (Security Guide 14). */
#define BACK_UP                                                                                    \
    "Then make a DRS backup: Disaster Recovery System > Backup > Manual Backup. From 10.0 on "     \
    "also: file get tftp ITLRecovery.p12."

const struct diagnosis judge_rows[] = {
    /* ---- what is between here and the servers ---- */
    { .key = "files-silent",
      .title = "no answer on HTTP 6970 or TFTP 69: a port is blocked, or the node is down",
      .why =
          "Nothing can be said of the ITL: no file came. Phones that cannot fetch keep the lists "
          "and the configuration that they have.",
      .steps = { "Check that the address is that of the TFTP server (DHCP option 150) and that it "
                 "is up: utils network ping from another node.",
                 "Open 69/udp and the ports of its answers, 6970/tcp and 2445/tcp from here and "
                 "from "
                 "the phones to the node.",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(FILES, FILES_SILENT) } },
    { .key = "tftp-down",
      .title = "Cisco Tftp does not run: the file ports refuse connections",
      .why = "Phones boot with what they have. No list and no configuration reaches them.",
      .steps = { "Look whether the service is activated and started: utils service list.",
                 "Start Cisco Tftp: Cisco Unified Serviceability > Tools > Control Center - "
                 "Feature "
                 "Services (CLI: utils service start Cisco Tftp).",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(FILES, FILES_REFUSED) } },
    { .key = "files-strange",
      .title = "what answers there is no Cisco Tftp",
      .why = "The answers are neither files nor \"no such file\".",
      .steps = { "Check the address (DHCP option 150), and what stands between here and it.",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(FILES, FILES_STRANGE) } },
    { .key = "wrong-time",
      .title = "the clocks differ: what the cluster serves is from the future",
      .why =
          "A certificate or a list that has not begun yet by this clock: either this machine or a "
          "node has the wrong time. Dates of certificates mean nothing until that is mended.",
      .steps = { "On the publisher: utils ntp status, show status. Here: date.",
                 "Mend NTP on the publisher, which the other nodes follow: Cisco Unified OS "
                 "Administration > Settings > NTP Servers (CLI: utils ntp server add, utils ntp "
                 "restart).",
                 "Certificates that were made under the wrong time stay wrong: regenerate those in "
                 "Cisco Unified OS Administration > Security > Certificate Management, one kind at "
                 "a "
                 "time.",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(CLOCK, CLOCK_WRONG) } },
    /* ---- the lists as served ---- */
    { .key = "itl-corrupt",
      .title = "the ITL file is corrupt: it does not verify",
      .why =
          "No phone takes it; phones keep the ITL that they have. After a restore this is defect "
          "CSCtn50405: the backup had another CallManager certificate than the node.",
      .steps = { "On that node: show itl. \"Verification of the ITL file failed\" or \"This etoken "
                 "was not used to sign the ITL file\" confirms it.",
                 "Restart Cisco Tftp on that node, and run this check again: the file is made "
                 "anew.",
                 "Still corrupt: regenerate CallManager on that node: Cisco Unified OS "
                 "Administration "
                 "> Security > Certificate Management (CLI: set cert regen CallManager). Do not "
                 "touch "
                 "TVS.",
                 "Restart Cisco Tftp and Cisco CallManager there. " RESET_PHONE, BACK_UP },
      .outcome = OUTCOME_SICK,
      .when = { IS(ITL, ITL_BAD) } },
    { .key = "ctl-corrupt",
      .title = "the CTL file is corrupt: it does not verify",
      .why = "No phone takes it; phones keep the CTL that they have.",
      .steps = { "On the publisher: show ctl.",
                 "Make it anew on the publisher: utils ctl update CTLFile (tokens: run the CTL "
                 "client again).",
                 "Restart Cisco Tftp and Cisco CallManager on every node that runs them, then "
                 "reset "
                 "the phones.",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(CTL, CTL_BAD) } },
    { .key = "ctl-not-updated",
      .title = "the CTL has not the CallManager certificate of this server: it was not updated",
      .why = "Phones with a secure profile trust CallManager by the CTL: they do not register at a "
             "server whose certificate was renewed. Those without one do not notice.",
      .steps = { "On the publisher: show ctl. The serial number of CallManager is another than in "
                 "show "
                 "itl.",
                 "utils ctl update CTLFile there (tokens: run the CTL client again).",
                 "Restart Cisco Tftp and Cisco CallManager on every node that runs them (14 and "
                 "later do without), then reset the phones.",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(CTL, CTL_STALE) } },
    { .key = "itl-absent",
      .title = "the TFTP server has no ITL file",
      .why = "A cluster of 8.0 or later always serves one. A phone that holds an ITL keeps it.",
      .steps = { "Check that this is a TFTP server of the phone's own cluster, of 8.0 or later.",
                 "On that node: show itl.", RESTART_TFTP, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(ITL, ITL_ABSENT) } },
    { .key = "itl-not-fetched",
      .title = "the ITL file did not come",
      .why = "The server answers, but not with this file: the check stopped there.",
      .steps = { AGAIN },
      .outcome = OUTCOME_UNTOLD,
      .when = { IS(ITL, ITL_UNKNOWN) } },
    { .key = "itl-too-large",
      .title = "the ITL file has more than 64 KB: phones do not load it",
      .why = "More than 39 certificates, or long keys. Phones fail to register, and Cisco names no "
             "other cure than fewer and shorter certificates.",
      .steps = { "Look which there are: show itl. Each node that runs CallManager has one of TVS.",
                 "14 and later: one multi-server certificate of tomcat, reused for CallManager, "
                 "and "
                 "one of TVS make it smaller: Cisco Unified OS Administration > Security > "
                 "Certificate Management.",
                 "Before 14: keys of 2048 bits where they are longer, one kind after the other, "
                 "and "
                 "no certificate of TVS together with CallManager.",
                 RESTART_TFTP, RESET_PHONE, BACK_UP, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(ITL, ITL_LARGE) } },
    { .key = "rollback-on",
      .title = "\"Prepare Cluster for Rollback to pre 8.0\" is True: the ITL is empty",
      .why =
          "Phones that took it accept any configuration, and have no HTTPS services. A phone that "
          "had lost trust before does not take this list either: it is signed like any other.",
      .steps = { "Unless a move or a rename is under way: Cisco Unified CM Administration > System "
                 "> "
                 "Enterprise Parameters > Prepare Cluster for Rollback to pre 8.0: False, Save. "
                 "From 12.5 on phones reset by themselves then: wait ten minutes.",
                 "Before 12.5: " RESTART_TVS, "Before 12.5: " RESTART_TFTP, RESET_PHONE },
      .outcome = OUTCOME_SICK,
      .when = { IS(ITL, ITL_EMPTY) } },
    /* ---- certificates of the cluster ---- */
    { .key = "tvs-expired",
      .title = "the TVS certificate has expired",
      .why = "Phones authenticate neither files nor HTTPS services by TVS. A phone whose own ITL "
             "knows "
             "the signer still takes lists.",
      .steps = { "Regenerate TVS alone, one node at a time, while CallManager stays: Cisco Unified "
                 "OS "
                 "Administration > Security > Certificate Management (CLI: set cert regen TVS).",
                 RESTART_TVS, RESTART_TFTP,
                 RESET_PHONE
                 " Wait until all phones have the new ITL before any other certificate is "
                 "regenerated.",
                 BACK_UP, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS_DATE, DATE_EXPIRED) } },
    { .key = "signer-expired",
      .title = "a certificate that signs has expired",
      .why =
          "Cisco documents that phones take no signed file then (214231); traces show phones that "
          "do not look at the date. It must be renewed in any case, with care.",
      .steps = { "See below which one it is. Check first that TVS is good: phones need it, or "
                 "their second SAST, to know the new signer.",
                 "Regenerate that one alone: Cisco Unified OS Administration > Security > "
                 "Certificate Management. Never together with TVS.",
                 "ITLRecovery (12.0 and later), on the publisher: utils itl reset localkey, in "
                 "mixed "
                 "mode utils ctl reset localkey. " RESET_PHONE " All must register before the next "
                 "step.",
                 "CallManager in mixed mode, and ITLRecovery in mixed mode when all have "
                 "registered: "
                 "utils ctl update CTLFile.",
                 RESTART_TVS " " RESTART_TFTP, RESET_PHONE " " BACK_UP, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(SIGNER, DATE_EXPIRED) } },
    /* ---- TVS ---- */
    { .key = "tvs-blocked",
      .title = "no answer on 2445: the port of TVS is blocked, or the node is down",
      .why =
          "A phone whose ITL does not know the signer cannot ask. HTTPS services end in \"Host Not "
          "Found\". Erasing the ITL would hide it until the next change.",
      .steps = { "Open 2445/tcp from the phones (and from here) to every node of their CallManager "
                 "group.",
                 "From the phone's network: openssl s_client -connect NODE:2445.", AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS, TVS_SILENT) } },
    { .key = "tvs-down",
      .title = "TVS is down: port 2445 refuses connections",
      .why =
          "A phone whose ITL does not know the signer cannot ask. HTTPS services end in \"Host Not "
          "Found\". Erasing the ITL would hide it until the next change.",
      .steps = { "Look whether it runs: utils service list.",
                 "Start Cisco Trust Verification Service: Cisco Unified Serviceability > Tools > "
                 "Control Center - Network Services (CLI: utils service start Cisco Trust "
                 "Verification Service).",
                 RESET_PHONE, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS, TVS_REFUSES) } },
    { .key = "tvs-strange",
      .title = "TVS does not finish a handshake or does not answer",
      .why = "A phone gets no further than this check did.",
      .steps = { "See below what failed. Check that nothing stands between here and 2445 that "
                 "opens "
                 "TLS.",
                 RESTART_TVS, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS, TVS_STRANGE) } },
    { .key = "not-exchanged",
      .title = "the TVS of the phone's old cluster does not know the signer of the new one's ITL",
      .why =
          "The phone believes this TVS and asks it; the certificates of the two clusters were not "
          "exchanged, or its TVS was not restarted since.",
      .steps = { EXCHANGE, BRING_BACK, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(PHONE_ITL, SAME_NO), IS(NAMES, NAMES_OTHER), IS(TVS_PHONE, SAME_YES),
                IS(VOUCHES, ANSWER_NO) } },
    { .key = "nothing-fits",
      .title =
          "TVS and ITL do not belong together: another cluster's TVS, or Tftp was not restarted",
      .why =
          "The ITL does not list the certificate that TVS shows, and TVS does not know the signer "
          "of the ITL.",
      .steps = { "Check that TVS was asked on a node of the TFTP server's own cluster.",
                 RESTART_TFTP, RESTART_TVS, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS_SERVED, SAME_NO), IS(VOUCHES, ANSWER_NO) } },
    { .key = "tvs-differs-itl-same",
      .title = "TVS shows another certificate than the ITL lists; the phone has this very ITL",
      .why =
          "The phone breaks off its handshake with TVS, but its ITL is the cluster's: nothing is "
          "to be erased. The next ITL is signed by a key that it knows.",
      .steps = { RESTART_TVS, RESTART_TFTP, RESET_PHONE, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS_SERVED, SAME_NO), IS(PHONE_ITL, SAME_YES) } },
    { .key = "tftp-not-restarted",
      .title = "Cisco Tftp was not restarted: its ITL lists the TVS certificate before",
      .why = "TVS was regenerated and shows the new certificate; phones know the old one from the "
             "ITL and break the handshake off.",
      .steps = { RESTART_TFTP, RESET_PHONE, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS_SERVED, SAME_NO), IS(KNOWS, KNOWS_SHOWN) } },
    { .key = "tvs-not-restarted",
      .title = "TVS was not restarted: it shows the certificate before the one that the ITL lists",
      .why = "TVS was regenerated and the ITL was made anew; the service still has what it started "
             "with. Phones that have this ITL break the handshake off.",
      .steps = { RESTART_TVS, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS_SERVED, SAME_NO), IS(KNOWS, KNOWS_LISTED) } },
    { .key = "signer-not-known",
      .title = "TVS does not know the signer: Cisco Tftp or TVS was not restarted",
      .why =
          "What the TFTP server signs with is none of the cluster's certificates as TVS has them: "
          "a certificate was regenerated and one of the two still has what it started with.",
      .steps = { RESTART_TVS, RESTART_TFTP, AGAIN,
                 "The same again: check replication (utils dbreplication runtimestate), and in "
                 "Cisco "
                 "Unified OS Administration > Security > Certificate Management whether that node "
                 "has "
                 "the certificate named below." },
      .outcome = OUTCOME_SICK,
      .when = { IS(VOUCHES, ANSWER_NO) } },
    { .key = "tvs-differs",
      .title = "TVS shows another certificate than the ITL lists",
      .why =
          "Phones that have this ITL break off their handshake with TVS. That is of the servers: "
          "mend it there before any phone is touched.",
      .steps = { "Check that TVS was asked on a node of the same cluster.", RESTART_TVS,
                 RESTART_TFTP, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS_SERVED, SAME_NO) } },
    { .key = "configuration-not-the-itls",
      .title = "the configuration is not signed by the key that the ITL lists",
      .why = "A phone that has this ITL refuses it, or has to ask TVS for each file.",
      .steps = { RESTART_TFTP, RESET_PHONE, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(CONFIG, CONFIG_NOT_THE_ITLS) } },
    { .key = "configuration-absent",
      .title = "the TFTP server has no signed configuration for this phone",
      .why =
          "A phone with an ITL asks for the signed one, and keeps the old one where there is none.",
      .steps = { "Check the MAC address, and that the phone is in this cluster: Cisco Unified CM "
                 "Administration > Device > Phone.",
                 "Apply Config on its page, or " RESTART_TFTP, AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(CONFIG, CONFIG_ABSENT) } },
    { .key = "http-blocked",
      .title =
          "HTTP 6970 gives no file: the port is blocked, or another server has it; TFTP answers",
      .why = "Newer phones ask by HTTP first, and wait.",
      .steps = { "Open 6970/tcp from here and from the phones to the node.",
                 "An answer that is no file: check what stands between here and the node, and "
                 "restart "
                 "Cisco Tftp there (CLI: utils service restart Cisco Tftp).",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(FILES, FILES_BY_TFTP) } },
    { .key = "http-busy",
      .title = "HTTP 6970 answers 503 for a file that TFTP gives: it has no transfer free",
      .why =
          "As many transfers are under way as Cisco Tftp serves at once. Phones try TFTP then, and "
          "what waits too long keeps what it has.",
      .steps = { "Wait until the phones that boot now are through, and reset fewer at once.",
                 "Cisco Unified CM Administration > System > Service Parameters > Cisco Tftp > "
                 "Maximum Serving Count: 500 by default; more on a node that serves files alone.",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(FILES, FILES_BUSY) } },
    { .key = "tvs-some",
      .title = "some TVS of the phone's group do not answer",
      .why = "Phones ask the next one, up to three; the next change of certificates may be one too "
             "many.",
      .steps = { "See below which; start Cisco Trust Verification Service there, or open 2445/tcp.",
                 AGAIN },
      .outcome = OUTCOME_SICK,
      .when = { IS(TVS, TVS_SOME) } },
    { .key = "tvs-not-asked",
      .title = "TVS was not asked",
      .why = "Without TVS nobody can say whether the ITL must be erased.",
      .steps = { "Name a TVS: --tvs HOST.", AGAIN },
      .outcome = OUTCOME_UNTOLD,
      .when = { IS(TVS, TVS_IS_UNKNOWN) } },
    { .key = "tvs-did-not-say",
      .title = "TVS shows a certificate, but did not say whether it knows the signer",
      .why = "Its certificate was seen and its answer was not: a real TVS may want a phone's "
             "certificate before it answers.",
      .steps = { "On the node: the trace of Cisco Trust Verification Service by RTMT.", AGAIN },
      .outcome = OUTCOME_UNTOLD,
      .when = { IS(VOUCHES, ANSWER_UNKNOWN) } },
    { .key = "configuration-not-fetched",
      .title = "the configuration of the phone did not come",
      .why = "The server answers, but not with this file: the phone may get no further either.",
      .steps = { AGAIN, "The same again: see below what became of it; " RESTART_TFTP },
      .outcome = OUTCOME_UNTOLD,
      .when = { IS(CONFIG, CONFIG_DID_NOT_COME) } },
    { .key = "ctl-not-fetched",
      .title = "the CTL file did not come, nor the answer that there is none",
      .why =
          "A phone may know the signer by its CTL: without it nobody can say whether an ITL must "
          "be erased.",
      .steps = { AGAIN, "The same again: see below what became of it; " RESTART_TFTP },
      .outcome = OUTCOME_UNTOLD,
      .when = { IS(CTL, CTL_DID_NOT_COME) } },
    /* ---- the phone ---- */
    { .key = "itl-differs-not-refused",
      .title = "the phone has another ITL, and refuses nothing",
      .why = "It has not fetched the new one yet.",
      .steps = { RESET_PHONE,
                 "If \"Trust List Update Failed\" appears then, run this check again with "
                 "--phone-refuses yes." },
      .outcome = OUTCOME_SICK,
      .when = { IS(PHONE_ITL, SAME_NO), IS(REFUSES, ANSWER_NO) } },
    { .key = "itl-differs-signer-known",
      .title = "the phone has another ITL, whose SAST signed the new one: it takes it by itself",
      .why = "Its own ITL knows the signer. Nothing is to be erased.",
      .steps = { RESET_PHONE,
                 "Still the old ITL: check that the phone asks this TFTP server (DHCP option 150, "
                 "Alternate TFTP), and its Status Messages." },
      .outcome = OUTCOME_SICK,
      .when = { IS(PHONE_ITL, SAME_NO), IS(BY_ITSELF, BY_ITSELF_SIGNER) } },
    { .key = "itl-differs-tvs-good",
      .title = "the ITL differs, and TVS is good: the phone can ask",
      .why =
          "The phone knows this TVS, and TVS knows the signer: it vouches for the new ITL. Nothing "
          "is to be erased.",
      .steps = { RESET_PHONE, "Still the old ITL: check that the phone reaches 2445/tcp from its "
                              "own network, and "
                              "that the TVS of its configuration is this one." },
      .outcome = OUTCOME_SICK,
      .when = { IS(PHONE_ITL, SAME_NO), IS(TVS_PHONE, SAME_YES) } },
    { .key = "recovery-key",
      .title = "ITL and TVS differ, but the phone knows the recovery key: reset the ITL by that",
      .why =
          "The ITL of the phone lists a second SAST that the cluster still has. An ITL that this "
          "key signs is taken.",
      .steps = { "On the publisher: utils itl reset localkey (10.0 and later), then show itl. It "
                 "fails where ITLRecovery still has 1024 bits and the other certificates have "
                 "2048. "
                 "In mixed mode (12.0 and later) also: utils ctl reset localkey, then show ctl.",
                 RESET_PHONE " All phones must register.",
                 RESTART_TFTP
                 " The ITL has its usual signer again. In mixed mode before that: utils "
                 "ctl update CTLFile.",
                 RESET_PHONE, BACK_UP },
      .outcome = OUTCOME_SICK,
      .when = { IS(PHONE_ITL, SAME_NO), IS(TVS_PHONE, SAME_NO), IS(BY_ITSELF, BY_ITSELF_SPARE) } },
    { .key = "another-cluster",
      .title =
          "the phone's ITL names no server of this cluster: it is of another, or all were renamed",
      .why =
          "A phone that was moved asks the TVS of its old cluster, as its old configuration says, "
          "until it takes a new list. Those were not asked, and one of them may still vouch.",
      .steps = { EXCHANGE, BRING_BACK,
                 "Its old cluster is gone for good, or all servers were renamed at once, and no "
                 "backup has the keys: no TVS and no key is left that it knows, and its ITL must "
                 "be "
                 "erased at the phone." },
      .outcome = OUTCOME_UNTOLD,
      .when = { IS(PHONE_ITL, SAME_NO), IS(NAMES, NAMES_OTHER) } },
    { .key = "both-restore-the-key",
      .title = "ITL and TVS differ; the old key is in a backup: restore it",
      .why =
          "Three of the four conditions hold. With the old TFTP private key the cluster can sign "
          "what the phone still trusts.",
      .steps = { "Restore that node from the backup made before the change: Disaster Recovery "
                 "System "
                 "> Restore > Restore Wizard.",
                 "An ITLRecovery.p12 that was saved (10.0 and later): utils itl reset remotekey "
                 "HOST "
                 "USER PATH/ITLRecovery.p12 instead.",
                 RESTART_TVS, RESTART_TFTP, RESET_PHONE },
      .outcome = OUTCOME_SICK,
      .when = { IS(PHONE_ITL, SAME_NO), IS(TVS_PHONE, SAME_NO), IS(REFUSES, ANSWER_YES),
                IS(BACKUP, ANSWER_YES) } },
    { .key = "erase",
      .title = "the ITL of the phone must be erased: all four conditions hold",
      .why =
          "The phone knows neither the signer nor any TVS, and nobody has the key that it knows. "
          "There is no remote way that Cisco gives to an administrator.",
      .steps = { "Ask Cisco TAC first whether the ITL before is still on the server and can be put "
                 "back (CSCts01319): it helps in some cases, and spares the walk.",
                 "7900: Settings > Security Configuration > Trust List, **# to unlock it, Erase. "
                 "7800, 8800, 8900 and 9900: Admin settings > Reset settings > Security settings.",
                 "Where Settings Access is Restricted or Disabled: factory reset. Hold # at "
                 "power-up, then 123456789*0#.",
                 "One phone first: it must install the new ITL. Then mail the users of the others.",
                 BACK_UP },
      .outcome = OUTCOME_SICK,
      .erase = true,
      .when = { IS(PHONE_ITL, SAME_NO), IS(TVS_PHONE, SAME_NO), IS(BY_ITSELF, BY_ITSELF_NO),
                IS(REFUSES, ANSWER_YES), IS(BACKUP, ANSWER_NO) } },
    { .key = "differs-untold",
      .title = "the ITL differs; whether it must be erased cannot be told yet",
      .why = "Erase only where all four conditions hold. What is not known is named below.",
      .steps = { "Find out what is missing, and run this check again.",
                 "Meanwhile erase nothing. " RESET_PHONE " It may take the new ITL." },
      .outcome = OUTCOME_UNTOLD,
      .when = { IS(PHONE_ITL, SAME_NO) } },
    { .key = "same-refused",
      .title = "the phone has this very ITL: there is nothing to erase",
      .why =
          "What it refuses is something else: the CTL, a configuration from another TFTP server, "
          "or a file that it cannot fetch.",
      .steps = { "On the phone: Status Messages, and which TFTP server it asks (DHCP option 150, "
                 "Alternate TFTP).",
                 "Fetch what it refuses and look at its signer: cucmlab sgn show FILE.",
                 "In mixed mode compare the CTL: show ctl against Settings > Security "
                 "Configuration > "
                 "CTL File." },
      .outcome = OUTCOME_SICK,
      .when = { IS(PHONE_ITL, SAME_YES), IS(REFUSES, ANSWER_YES) } },
    { .key = "phone-untold",
      .title = "the servers are good; the ITL of the phone was not compared",
      .why = "The phone refuses something, so its own ITL decides.",
      .steps = { "Read the checksum on the phone (Settings > Security Configuration > Trust List > "
                 "ITL File) and run this check again with --phone-itl-checksum HEX.",
                 "Better: an older ITL file of this cluster with that checksum: --phone-itl "
                 "FILE." },
      .outcome = OUTCOME_UNTOLD,
      .when = { IS(PHONE_ITL, SAME_UNKNOWN), IS(REFUSES, ANSWER_YES) } },
    /* Nothing speaks against it: of the servers alone, or of a phone too. */
    { .key = "healthy-servers",
      .title = "the servers are good; no phone was compared",
      .why = "Lists, configuration and TVS belong together. A phone that refuses them all the same "
             "has another ITL: ask again with --phone-refuses yes and --phone-itl-checksum HEX.",
      .outcome = OUTCOME_HEALTHY,
      .when = { IS(PHONE_ITL, SAME_UNKNOWN) } },
    { .key = "healthy",
      .title = "nothing is wrong; no ITL is to be erased",
      .why = "Lists, configuration and TVS belong together.",
      .outcome = OUTCOME_HEALTHY },
};

const uint32_t judge_count = sizeof judge_rows / sizeof *judge_rows;

const struct judge_four judge_four[JUDGE_FOUR] = {
    { "the ITL of the phone is another than that of the TFTP server", FIND_PHONE_ITL, SAME_NO },
    { "TVS shows another certificate than the phone's ITL lists", FIND_TVS_PHONE, SAME_NO },
    { "the phone refuses the ITL or its configuration", FIND_REFUSES, ANSWER_YES },
    { "the old TFTP private key is in no backup", FIND_BACKUP, ANSWER_NO },
};

/* All four facts have "not known" at 0 and two answers. */
enum answer judge_holds(const struct findings *f, uint32_t condition)
{
    const struct judge_four *c = &judge_four[condition];
    return f->is[c->finding] == 0          ? ANSWER_UNKNOWN
           : f->is[c->finding] == c->holds ? ANSWER_YES
                                           : ANSWER_NO;
}

static bool holds(const struct diagnosis *d, const struct findings *f)
{
    for (uint32_t i = 0; i < JUDGE_CONDITIONS; i++) {
        const struct condition *c = &d->when[i];
        if (c->values != 0 && (c->values >> f->is[c->finding] & 1u) == 0)
            return false;
    }
    return true;
}

const struct diagnosis *judge(const struct findings *f)
{
    uint32_t i = 0;
    while (!holds(&judge_rows[i], f))
        i++; /* the last one has no condition */
    return &judge_rows[i];
}

/* ---- what is missing ---- */

/* Facts of which "not known" is a value, and how many they have; those of the phone, which may be
 * missing together. */
static const struct {
    uint8_t finding, values;
} open_findings[] = { { FIND_PHONE_ITL, 3 },
                      { FIND_BY_ITSELF, 4 },
                      { FIND_TVS_PHONE, 3 },
                      { FIND_REFUSES, 3 },
                      { FIND_BACKUP, 3 } };

enum { OPEN = sizeof open_findings / sizeof *open_findings };

/* Goes through every way in which what is not known from `at` on may turn out; the facts that ever
 * made a difference to the diagnosis. */
static uint32_t differ(struct findings f, uint32_t at)
{
    uint32_t found = 0;
    if (at == OPEN)
        return 0;
    uint8_t finding = open_findings[at].finding;
    if (f.is[finding] != 0)
        return differ(f, at + 1);
    const struct diagnosis *before = judge(&f);
    for (uint8_t v = 0; v < open_findings[at].values; v++) {
        f.is[finding] = v;
        found |= (judge(&f) != before ? 1u << finding : 0) | differ(f, at + 1);
    }
    return found;
}

uint32_t judge_missing(const struct findings *f)
{
    return judge(f)->outcome == OUTCOME_UNTOLD ? differ(*f, 0) : 0;
}
