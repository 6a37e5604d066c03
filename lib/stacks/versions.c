/*
 * End dates of versions, as far as AWS has published them (its release notes and API models,
 * November 2026). A schema accepts what a service no longer creates, so this table is ours. What it
 * does not know, it lets through.
 */
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lifetime {
    const char *product;
    const char *line;   /* a version, or the beginning of it up to a point: "17", "3.5.3", "dc2" */
    const char *below;  /* only the versions of that line before this one; NULL: all */
    const char *closed; /* the day from which it cannot be created; "" when that day is long past */
    const char *ends;   /* the day on which standard support ends */
    const char *instead;
};

static const struct lifetime lifetimes[] = {
    {"rds.postgres", "9", NULL, "", NULL, "17.10"},
    {"rds.postgres", "10", NULL, "", NULL, "17.10"},
    {"rds.postgres", "11", NULL, "", "2024-02-29", "17.10"},
    {"rds.postgres", "12", NULL, "", "2025-02-28", "17.10"},
    {"rds.postgres", "13", NULL, NULL, "2026-02-28", "17.10"},
    {"rds.postgres", "14", "14.18", "2026-05-01", NULL, "17.10"},
    {"rds.postgres", "14", NULL, NULL, "2027-02-28", "17.10"},
    {"rds.postgres", "15", "15.13", "2026-05-01", NULL, "15.18"},
    {"rds.postgres", "16", "16.9", "2026-05-01", NULL, "16.14"},
    {"rds.postgres", "17", "17.5", "2026-05-01", NULL, "17.10"},
    {"dms", "3.6.0", NULL, "2026-04-27", NULL, "3.6.1"},
    {"dms", "3.5.4", NULL, "2027-01-31", NULL, "3.6.1"},
    {"dms", "3.5", NULL, "2026-02-28", NULL, "3.6.1"},
    {"dms", "3.4", NULL, "", NULL, "3.6.1"},
    {"dms", "3", "3.4", "", NULL, "3.6.1"},
    {"emr", "5", NULL, NULL, "2024-12-31", "7.13.0"},
    {"emr", "6", NULL, NULL, "2025-12-31", "7.13.0"},
    {"emr", "7", "7.4.0", NULL, "2026-10-15", "7.13.0"},
    {"emr", "7.13", NULL, NULL, "2028-04-21", NULL},
    {"mwaa", "1", NULL, "", NULL, "3.0.6"},
    {"mwaa", "2", "2.7.2", "", NULL, "3.0.6"},
    {"redshift.node", "dc1", NULL, "", NULL, "ra3.large"},
    {"redshift.node", "ds2", NULL, "", NULL, "ra3.large"},
    {"redshift.node", "dc2", NULL, "", NULL, "ra3.large"},
    {"athena", "1", NULL, "", NULL, "3"},
    {"athena", "2", NULL, "", NULL, "3"},
};

enum { WARN_DAYS = 180 };

/* Numbers between points in order of size: 17.10 comes after 17.9. */
static int compare_versions(const char *a, const char *b) {
    while (*a || *b) {
        char *a_end, *b_end;
        long x = strtol(a, &a_end, 10), y = strtol(b, &b_end, 10);
        if (x != y)
            return x < y ? -1 : 1;
        if (a_end == a || b_end == b)
            break;
        a = *a_end == '.' ? a_end + 1 : a_end;
        b = *b_end == '.' ? b_end + 1 : b_end;
    }
    return 0;
}

static bool concerns(const struct lifetime *life, const char *product, const char *version) {
    size_t length = strlen(life->line);
    return strcmp(life->product, product) == 0 && strncmp(life->line, version, length) == 0 &&
           (version[length] == '\0' || version[length] == '.') &&
           (!life->below || compare_versions(version, life->below) < 0);
}

/* Days since an arbitrary day, by the calendar: for differences only. "2026-11-23". */
static long day_number(const char *date) {
    int year = atoi(date), month = atoi(date + 5), day = atoi(date + 8);
    if (month <= 2) {
        year--;
        month += 12;
    }
    return 365L * year + year / 4 - year / 100 + year / 400 + (153L * month - 457) / 5 + day;
}

static bool is_date(const char *text) {
    return text && strlen(text) == 10 && text[4] == '-' && text[7] == '-';
}

static void judge_end(const struct cfn_scope *scope, const char *name, const char *version,
                      const char *what, const char *date, const char *instead) {
    long days = day_number(date) - day_number(scope->today);
    const char *advice = instead ? cfn_text_of(scope, ", better '%s'", instead) : "";
    if (days < 0)
        cfn_caution(scope, name, "%s ended on %s%s: '%s'", what, date, advice, version);
    else if (days <= WARN_DAYS)
        cfn_caution(scope, name, "%s ends on %s, in %ld days%s: '%s'", what, date, days, advice,
                    version);
}

static void judge(const struct cfn_scope *scope, const char *name, const char *version,
                  const struct lifetime *life) {
    bool dated = is_date(life->closed), knows = is_date(scope->today);
    if (life->closed && !dated)
        cfn_refuse(scope, name,
                   "must be a version that can still be created, such as '%s', not '%s'",
                   life->instead, version);
    else if (dated && knows && day_number(life->closed) <= day_number(scope->today))
        cfn_refuse(scope, name,
                   "must be a version that can still be created (this one until %s), such as '%s', "
                   "not '%s'",
                   life->closed, life->instead, version);
    else if (dated && knows)
        judge_end(scope, name, version, "creation", life->closed, life->instead);
    else if (is_date(life->ends) && knows)
        judge_end(scope, name, version, "standard support", life->ends, life->instead);
}

void cfn_judge_version(const struct cfn_scope *scope, const char *name, const char *product,
                       const char *version) {
    for (size_t i = 0; version && i < sizeof lifetimes / sizeof *lifetimes; i++)
        if (concerns(&lifetimes[i], product, version)) {
            judge(scope, name, version, &lifetimes[i]);
            return;
        }
}
