/* Checks of the ways back: backup, the recovery key outside, what is switched off for a while. */
#include "sim/preflight/say.h"

#include "nodes/backup.h"
#include "sim/base/count.h"

/* The newest that files tell, or that was made since. */
static uint8_t newest_backup(const struct preflight_see *s, int64_t *at_s)
{
    uint8_t how = s->told == NULL ? LAB_UNTOLD : s->told->backup;
    const struct backup *made = s->cl->backup;
    *at_s = how == LAB_YES ? s->told->backup_s : 0;
    if (made == NULL || (how == LAB_YES && made->made_s <= *at_s))
        return how;
    *at_s = made->made_s;
    return LAB_YES;
}

static void look_backup(struct preflight_see *s)
{
    int64_t at_s;
    uint8_t how = newest_backup(s, &at_s);
    uint32_t node = 0;
    enum own own = OWN_CALLMANAGER;
    int64_t newest_s = found_youngest(s->cl, s->told == NULL ? NULL : &s->told->model, &node, &own);
    struct preflight_who who = { .phones = 0 };
    who_node(&who, node);
    if (how == LAB_UNTOLD)
        say(s, PREFLIGHT_UNKNOWN, NULL, "No file says when the last backup succeeded");
    else if (how == LAB_NO)
        say(s, PREFLIGHT_FAIL, NULL, "There is no backup");
    else if (newest_s == 0)
        say(s, PREFLIGHT_UNKNOWN, NULL,
            "The newest backup is of %s, and no file says when a certificate was renewed last",
            say_day(s, at_s));
    else if (at_s < newest_s)
        say(s, PREFLIGHT_FAIL, &who, "The newest backup is of %s; %s of %s is younger, of %s",
            say_day(s, at_s), own_name(own), s->cl->nodes[node].disk.name, say_day(s, newest_s));
    else
        say(s, PREFLIGHT_PASS, NULL, "The newest backup, of %s, has every certificate of now",
            say_day(s, at_s));
}

static void look_backup_restores(struct preflight_see *s)
{
    uint8_t how = s->told == NULL ? LAB_UNTOLD : s->told->backup_restores;
    if (how == LAB_UNTOLD)
        say(s, PREFLIGHT_UNKNOWN, NULL, "No file says whether the backup can be restored");
    else if (how == LAB_NO)
        say(s, PREFLIGHT_FAIL, NULL, "The backup cannot be restored");
}

static void look_p12(struct preflight_see *s)
{
    uint8_t how = s->told == NULL ? LAB_UNTOLD : s->told->itlrecovery_saved;
    if (s->cl->version->key[OWN_ITLRECOVERY] == KEY_NONE)
        return;
    if (how == LAB_UNTOLD && s->cl->p12 != 0)
        how = LAB_YES;
    if (how == LAB_UNTOLD)
        say(s, PREFLIGHT_UNKNOWN, NULL, "No file says whether ITLRecovery.p12 was saved outside");
    else if (how == LAB_NO)
        say(s, PREFLIGHT_WARN, NULL, "ITLRecovery.p12 was not saved outside of the cluster");
}

static void look_rollback(struct preflight_see *s)
{
    bool told = s->told != NULL &&
                (s->told->params_told[PARAM_ROLLBACK / 64] >> PARAM_ROLLBACK % 64 & 1) != 0;
    if (s->cl->db.params[PARAM_ROLLBACK] != 0)
        say(s, PREFLIGHT_FAIL, NULL,
            "Prepare Cluster for Rollback to pre 8.0 is True: each ITL is empty once Cisco Tftp of "
            "its node has restarted");
    else if (s->told != NULL && !told)
        say(s, PREFLIGHT_UNKNOWN, NULL,
            "No file says whether Prepare Cluster for Rollback to pre 8.0 is True (assumed: "
            "False)");
}

const struct preflight_check preflight_checks_recovery[] = {
    { .name = "backup",
      .title = "a backup that is younger than the last renewal",
      .good = "The newest backup has every certificate of now",
      .source = "utils disaster_recovery history backup; dates of the own certificates",
      .why = "A restore from an older one brings back keys that no phone knows any more; it may "
             "mean hands at every phone (Security Guide 14).",
      .what = "Make one now: Disaster Recovery System > Backup > Manual Backup.",
      .collect = "`utils disaster_recovery history backup` of the publisher (\"none\" in "
                 "cluster.lua where there is none), and the own certificates of each node",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_NODES | PREFLIGHT_STOPS_MOVE |
               PREFLIGHT_STOPS_MODE,
      .look = look_backup },
    { .name = "backup-restores",
      .title = "a backup that can be restored",
      .good = "The backup can be restored",
      .source = "backup_restores in cluster.lua: no file says it",
      .why = "The way back of most changes is a restore; one that was never tried is a hope.",
      .what = "Find out why, and make one that can.",
      .collect = "whether somebody restored it on a test machine, and the security password: "
                 "backup_restores = true or false in cluster.lua",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RESTORE,
      .look = look_backup_restores },
    { .name = "p12",
      .title = "ITLRecovery.p12 outside of the cluster",
      .good = "ITLRecovery.p12 was saved outside, or this version has none",
      .source = "itlrecovery_saved in cluster.lua: no file says it",
      .why = "With it a rebuilt cluster is known to its phones: `utils itl reset remotekey`. "
             "Without it and without a backup every phone needs hands.",
      .what = "Save it: file get tftp ITLRecovery.p12 on the publisher.",
      .collect = "whether the file was saved since ITLRecovery was last renewed: itlrecovery_saved "
                 "= true or false in cluster.lua",
      .worst = PREFLIGHT_WARN,
      .look = look_p12 },
    { .name = "rollback",
      .title = "the rollback parameter",
      .good = "Prepare Cluster for Rollback to pre 8.0 is False",
      .source = "RollBackToPreGrayback in processconfig",
      .why = "Phones hold an empty ITL and take any file from anybody; HTTPS services and "
             "Extension Mobility fail (Security Guide 14).",
      .what = "Set it to False, restart TVS and Cisco Tftp on every node, reset the phones, unless "
              "a move is under way that needs it.",
      .collect = "run sql select paramname, paramvalue from processconfig where paramname = "
                 "'RollBackToPreGrayback'",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_RESTORE | PREFLIGHT_STOPS_MOVE |
               PREFLIGHT_STOPS_MODE,
      .by_end = true,
      .look = look_rollback },
    { .name = NULL },
};
