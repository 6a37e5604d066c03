/*
 * Shared by the checks of the preflight. Each check looks through the resources that will be
 * created, asks AWS what it wants to know, and judges the answers when all are there, so that
 * findings come in the same order however the answers came.
 */
#ifndef CFN_DEPLOY_PREFLIGHT_H
#define CFN_DEPLOY_PREFLIGHT_H

#include "base/base.h"
#include "errand.h"

#define CFN__NOWHERE ((struct cfn_place){0})

/* A call, asked once however many checks want it. */
struct cfn__question {
    const char *service, *action;
    const char *key; /* what is the same for the same question */
    json_t *input;
    bool sent, answered;
    unsigned pages;
    enum cfn_outcome outcome;
    int status;
    const char *code, *message;
    json_t *output; /* lists of several pages are joined */
};

/* A resource that will be created. */
struct cfn__planned {
    size_t target;
    const char *id, *type, *path; /* path: "rds.Database" */
    const json_t *body;
    json_t *properties; /* evaluated; those that cannot be are left out */
};

struct cfn__preflight;
struct cfn__check {
    const struct cfn__planned *resource;
    const char *path;     /* the resource's, or another place's, or NULL */
    const char *subject;  /* a name, a version: what the check is about */
    const void *row;      /* of the check's own table */
    size_t first, second; /* questions */
    long number;
    void (*judge)(struct cfn__preflight *preflight, const struct cfn__check *check);
};

/* A target as the evaluator sees it. */
struct cfn__site {
    struct cfn__preflight *preflight;
    size_t target;
    struct cfn_world world;
    struct cfn_evaluation *evaluation; /* NULL: cannot be evaluated */
    bool there;
    json_t *advice; /* parameters to add, or NULL */
    bool import_existing;
    unsigned roles_wanted, roles_there; /* of DMS */
};

struct cfn__preflight {
    struct cfn__errand errand;
    const struct cfn_deployment *what;
    struct cfn_diags *findings;
    struct cfn_arena arena;
    const char *account, *partition, *url_suffix; /* NULL until it is known */
    struct cfn__site *sites;                      /* one for each target */
    json_t *exports;                              /* {name: [target, output]} */
    unsigned importing;                           /* depth of imports */
    CFN_ARRAY(struct cfn__planned) planned;
    CFN_ARRAY(struct cfn__question) questions;
    CFN_ARRAY(struct cfn__check) checks;
    size_t open; /* questions that are not answered */
    bool judged;
    json_t *unverified; /* services that were told of: a set */
};

/* preflight_world.c */
void cfn__preflight_look(struct cfn__preflight *preflight); /* fills sites, exports, planned */
void cfn__preflight_forget(struct cfn__preflight *preflight);
/* A part of evaluated properties by a path of names: a text, or "" where it is none or not known
 * before the deployment. */
const char *cfn__planned_text(const struct cfn__planned *resource, const char *path);
const json_t *cfn__planned_value(const struct cfn__planned *resource, const char *path);
/* The resource, of any target, that an evaluated Ref stands for; NULL: none. *site is its own. */
const json_t *cfn__preflight_referred(const struct cfn__preflight *preflight, const char *text,
                                      const struct cfn__site **site);
/* Evaluates in a site; NULL where it cannot be. */
json_t *cfn__site_value(const struct cfn__site *site, const json_t *value);

/* preflight.c: asks (input is given away) and gives the question's number; adds a check. */
size_t cfn__preflight_ask(struct cfn__preflight *preflight, const char *service, const char *action,
                          json_t *input);
void cfn__preflight_check(struct cfn__preflight *preflight, const struct cfn__check *check);

/* preflight_answers.c */
enum cfn__verdict { CFN__THERE, CFN__ABSENT, CFN__UNKNOWN };
/* What an answer says of the thing that was asked for. What says nothing is told once per service.
 */
enum cfn__verdict cfn__preflight_verdict(struct cfn__preflight *preflight, size_t question);
const json_t *cfn__preflight_output(const struct cfn__preflight *preflight, size_t question);
/* A number that is one, or (of XML) a text; -1: none. */
long cfn__output_number(const json_t *output, const char *path);
bool cfn__output_true(const json_t *output, const char *path);

/* The checks: each plans what it wants to ask. */
void cfn__preflight_names(struct cfn__preflight *preflight);
void cfn__preflight_dms_roles(struct cfn__preflight *preflight);
void cfn__preflight_quotas(struct cfn__preflight *preflight);
void cfn__preflight_network(struct cfn__preflight *preflight);
void cfn__preflight_versions(struct cfn__preflight *preflight);
void cfn__preflight_keys(struct cfn__preflight *preflight);
void cfn__preflight_airflow(struct cfn__preflight *preflight);
void cfn__preflight_secrets(struct cfn__preflight *preflight);

/* Of a role that DMS wants under its name: taken note of; true where it is one. */
bool cfn__preflight_dms_role(struct cfn__preflight *preflight, const struct cfn__check *check,
                             enum cfn__verdict verdict);
/* After all: advice about them. */
void cfn__preflight_dms_advice(struct cfn__preflight *preflight);

#endif
