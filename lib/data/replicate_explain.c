/* What DMS's own words for a failure mean on this platform, and what to do about it. */
#include "replicate.h"

#include <ctype.h>
#include <string.h>

/* Each of the words stands in the message, in any case of letters. The first row that fits counts.
 */
static const struct {
    const char *words[2];
    const char *advice;
} rows[] = {
    {{"password authentication failed", ""},
     "the database does not know the password of the secret: rotate it, or put the right one into "
     "the secret that 'cfngen outputs rds' names"},
    {{"replication slot", "in use"},
     "max_replication_slots of the database are used up: drop the slots of replications that are "
     "gone (pg_drop_replication_slot)"},
    {{"replication slot", ""},
     "the replication's slot in the database is lost or in its way: look at pg_replication_slots; "
     "after a lost slot only 'cfngen replicate reload' makes the lake whole again"},
    {{"wal_level", ""},
     "set rds.logical_replication to true, deploy, and restart the database once: it is read at "
     "its start"},
    {{"logical decoding", ""},
     "set rds.logical_replication to true, deploy, and restart the database once: it is read at "
     "its start"},
    {{"pg_hba.conf", ""}, "the database refuses connections without TLS, or from this network"},
    {{"secret", ""},
     "the replication cannot read the database's secret: it needs a way to Secrets Manager "
     "(common.network.interface_endpoints), and its role the permission and the key"},
    {{"could not connect", ""},
     "the replication does not reach the database: security groups, subnets, and whether the "
     "database is available"},
    {{"timed out", ""},
     "the replication does not reach the other end: security groups, routes, VPC endpoints"},
    {{"timeout", ""},
     "the replication does not reach the other end: security groups, routes, VPC endpoints"},
    {{"access denied", ""},
     "the endpoint's role may not do that: bucket policy, key policy, or the role itself was "
     "changed by hand ('cfngen drift dms')"},
    {{"assume", "role"}, "DMS may not take on the endpoint's role: its trust was changed by hand"},
    {{"bucket", ""}, "the lake's bucket is not there, or not in this region"},
    {{"permission denied", ""},
     "the database's user may not read the tables, or not replicate: grant it rds_replication and "
     "SELECT"},
    {{"out of memory", ""}, "a larger dms.instance_class is needed"},
    {{"low_memory", ""}, "a larger dms.instance_class is needed"},
    {{"low_disk", ""}, "more dms.storage_gb is needed"},
    {{"no tables", ""}, "no table of the database fits dms.tables: is it filled?"},
};

static bool holds(const char *text, const char *word) {
    size_t size = strlen(word);
    for (; *text; text++) {
        size_t i = 0;
        while (i < size && tolower((unsigned char)text[i]) == word[i])
            i++;
        if (i == size)
            return true;
    }
    return size == 0;
}

const char *cfn__replication_advice(const char *message) {
    for (size_t i = 0; *message && i < sizeof rows / sizeof *rows; i++)
        if (holds(message, rows[i].words[0]) && holds(message, rows[i].words[1]))
            return rows[i].advice;
    return "";
}
