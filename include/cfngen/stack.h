/*
 * A stack: one part of the platform, described by one struct cfn_stack.
 *
 * A stack's file holds, in this order: a paragraph that says what it creates, needs and exports;
 * its settings struct; its rows; small builders; its build, which reads as a list of them; its
 * descriptor. A stack never includes another: it imports by name, and the order of deployment
 * follows from the imports.
 */
#ifndef CFNGEN_STACK_H
#define CFNGEN_STACK_H

#include <cfngen/config.h>
#include <cfngen/template.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a stack's build and check see. Everything is borrowed. */
struct cfn_scope {
    struct cfn_template *t; /* to be filled; NULL in check */
    const void *settings;   /* the stack's own struct, loaded */
    const char *stack;      /* "rds" */
    const char *project, *environment, *region;
    const char *prefix;    /* "shop-dev": begins the name of everything that has a name */
    const char *partition; /* "aws", "aws-cn", "aws-us-gov": only for facts that differ, ARNs use
                              ${AWS::Partition} */
    const char *today;     /* "2026-11-23", or NULL when dates are not to be judged */
    bool may_delete_data;  /* both keys agree: the platform's and the stack's allow_data_deletion */
    struct cfn_assembling *assembling; /* private */
    struct cfn_diags *diags;
};

struct cfn_stack {
    const char *name;    /* snake_case: the section of the file and the end of the stack's name */
    const char *summary; /* one sentence, without a full stop */
    size_t size; /* of the settings struct, whose first member is struct cfn_stack_settings */
    const struct cfn_row *rows; /* begin with CFN_STACK_ROWS(struct ...), end with CFN_ROWS_END */
    void (*check)(
        const struct cfn_scope *scope); /* combinations that rows cannot say; may be NULL */
    void (*build)(const struct cfn_scope *scope);
};

/* The settings that every stack has. */
struct cfn_stack_settings {
    bool enabled;
    bool allow_data_deletion;
};
#define CFN_STACK_ROWS(S)                                                                          \
    {.name = "enabled",                                                                            \
     .kind = CFN_ROW_BOOL,                                                                         \
     .offset = offsetof(S, stack.enabled),                                                         \
     .fallback = "true",                                                                           \
     .help = "whether this stack is part of the platform"},                                        \
    {                                                                                              \
        .name = "allow_data_deletion", .kind = CFN_ROW_BOOL,                                       \
        .offset = offsetof(S, stack.allow_data_deletion), .fallback = "false",                     \
        .help = "second key: data of this stack may be deleted, if the platform's "                \
                "allow_data_deletion agrees"                                                       \
    }

/* "shop-dev-<suffix>", for physical names; fails the build when longer than max. Lives as long as
 * the assembly. */
CFN_API const char *cfn_scoped(const struct cfn_scope *scope, const char *suffix, size_t max);

/* As cfn_scoped, with printf. Any text that lives as long as the assembly. */
CFN_API const char *cfn_text_of(const struct cfn_scope *scope, const char *format, ...)
    CFN_PRINTF(2, 3);

/* Output `name` of this stack, exported as "<prefix>-<stack>-<name>". */
#define cfn_export(scope, name, value, description)                                                \
    cfn_export_at((scope), (name), (value), (description), CFN_HERE)
CFN_API void cfn_export_at(const struct cfn_scope *scope, const char *name, cfn_value value,
                           const char *description, struct cfn_place place);

/* The value that another stack exports. Told as an error when that stack is switched off or exports
 * no such thing; makes this stack deploy after it. */
#define cfn_import_from(scope, stack, name) cfn_import_at((scope), (stack), (name), CFN_HERE)
CFN_API cfn_value cfn_import_at(const struct cfn_scope *scope, const char *stack, const char *name,
                                struct cfn_place place);

/* Whether that stack is there and switched on: for what is done only when it is. */
CFN_API bool cfn_enabled(const struct cfn_scope *scope, const char *stack);

/* A setting of any stack by path: a text or a choice as it is, a list as its items, any other as
 * YAML text ("true", "20"); NULL: absent. */
CFN_API const char *cfn_setting_of(const struct cfn_scope *scope, const char *path);
CFN_API struct cfn_texts cfn_setting_list(const struct cfn_scope *scope, const char *path);

/* Mistakes of settings; name is a path inside this stack's section ("storage_gb") or, from the
 * root, begins with a dot (".region"). */
CFN_API int cfn_refuse(const struct cfn_scope *scope, const char *name, const char *format, ...)
    CFN_PRINTF(3, 4);
CFN_API int cfn_caution(const struct cfn_scope *scope, const char *name, const char *format, ...)
    CFN_PRINTF(3, 4);

/* Judges a version against the table of end dates: refuses what can no longer be created, warns of
 * what ends within 180 days. product: "rds.postgres", "emr", "mwaa", "dms", "glue", "athena",
 * "redshift.node". */
CFN_API void cfn_judge_version(const struct cfn_scope *scope, const char *name, const char *product,
                               const char *version);

/* Whether the platform's region has that resource type, as far as is known. */
CFN_API bool cfn_offered(const struct cfn_scope *scope, const char *type);

/* "Delete" when both keys agree, else protective: "Retain", or "Snapshot" where the type can. */
CFN_API const char *cfn_retain(const struct cfn_scope *scope);
CFN_API const char *cfn_snapshot(const struct cfn_scope *scope);

/* The platform's tags with Name, as a list of {Key, Value}; name NULL: without Name. Stacks are
 * tagged as a whole by the driver; these are for resources whose Name a person looks for, or that
 * are tagged in another way. */
CFN_API cfn_value cfn_tags(const struct cfn_scope *scope, const char *name);
/* The same as a map. */
CFN_API cfn_value cfn_tag_map(const struct cfn_scope *scope);

/* IAM. Statements of policies: actions and resources are lists or one string. sid and condition may
 * be absent. */
struct cfn_statement {
    const char *Sid;
    const char *Effect; /* "Allow" where NULL */
    cfn_value Principal, Action, NotAction, Resource, NotResource, Condition;
};
#define cfn_statement(...) cfn_statement_of(&(const struct cfn_statement){__VA_ARGS__})
CFN_API cfn_value cfn_statement_of(const struct cfn_statement *statement);
CFN_API cfn_value cfn_policy(cfn_value statements); /* {Version, Statement} */
/* A trust policy for one service ("glue.amazonaws.com"), only for this account (aws:SourceAccount)
 * where confined. */
CFN_API cfn_value cfn_trust(const char *service, bool confined);

#ifdef __cplusplus
}
#endif

#endif
