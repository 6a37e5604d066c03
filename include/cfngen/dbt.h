/*
 * dbt's way to the warehouse: a profiles.yml, in which no secret stands.
 */
#ifndef CFNGEN_DBT_H
#define CFNGEN_DBT_H

#include <cfngen/export.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything is borrowed. */
struct cfn_dbt_profile {
    const char *host, *port, *database, *region;
    const char *workgroup; /* of Redshift Serverless; or NULL */
    const char *cluster;   /* else its identifier */
    const char *schema;    /* that dbt builds in */
    const char *profile;   /* of AWS's config files, or NULL */
    bool password; /* user and password from DBT_USER and DBT_PASSWORD; else the caller of AWS asks
                      for a login of his own */
};
/* The file's text, for the project cfngen. The caller frees it with free(). */
CFN_API char *cfn_dbt_profile_text(const struct cfn_dbt_profile *profile);

#ifdef __cplusplus
}
#endif

#endif
