/*
 * A platform with a stack of one's own: a queue of jobs, encrypted with the platform's key.
 *
 *     custom_stack platform.yaml
 *
 * reads a platform file that may have a section `jobs:`, and prints the template of that stack. The
 * other stacks are there as ever: in the graph, `jobs` stands behind `common`, whose key it
 * imports.
 */
#include <cfngen/aws/sqs.h>
#include <cfngen/cfngen.h>
#include <stdio.h>
#include <stdlib.h>

/* --- the stack: settings, rows, builders, descriptor --- */

struct jobs {
    struct cfn_stack_settings stack;
    long retention_days;
    long visibility_seconds;
    long attempts;
};

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct jobs),
    CFN_INT(struct jobs, retention_days, .fallback = "7", .min = 1, .max = 14,
            .help = "how long a job waits before it is dropped"),
    CFN_INT(struct jobs, visibility_seconds, .fallback = "300", .min = 0, .max = 43200,
            .help = "how long a job that is being worked on is hidden from others"),
    CFN_INT(struct jobs, attempts, .fallback = "3", .min = 1, .max = 1000,
            .help = "how often a job is tried before it is put aside"),
    CFN_ROWS_END,
};

static const char key[] = "KeyArn";

static void add_failed_jobs(const struct cfn_scope *scope) {
    cfn_add(scope->t, "FailedJobs",
            AWS_SQS_Queue(.QueueName = cfn_str(cfn_scoped(scope, "failed-jobs", 80)),
                          .KmsMasterKeyId = cfn_import_from(scope, "common", key),
                          .MessageRetentionPeriod = cfn_int(14 * 24 * 3600)),
            .DeletionPolicy = cfn_retain(scope));
}

static void add_jobs(const struct cfn_scope *scope, const struct jobs *jobs) {
    cfn_add(scope->t, "Jobs",
            AWS_SQS_Queue(.QueueName = cfn_str(cfn_scoped(scope, "jobs", 80)),
                          .KmsMasterKeyId = cfn_import_from(scope, "common", key),
                          .MessageRetentionPeriod = cfn_int(jobs->retention_days * 24 * 3600),
                          .VisibilityTimeout = cfn_int(jobs->visibility_seconds),
                          .RedrivePolicy =
                              cfn_map({"deadLetterTargetArn", cfn_att("FailedJobs", "Arn")},
                                      {"maxReceiveCount", cfn_int(jobs->attempts)})),
            .DeletionPolicy = cfn_retain(scope));
    cfn_export(scope, "QueueArn", cfn_att("Jobs", "Arn"), "the queue of jobs");
}

static void build(const struct cfn_scope *scope) {
    add_failed_jobs(scope);
    add_jobs(scope, scope->settings);
}

static const struct cfn_stack stack = {
    .name = "jobs",
    .summary = "a queue of jobs, and one of those that failed",
    .size = sizeof(struct jobs),
    .rows = rows,
    .build = build,
};

/* --- the program --- */

static char *read_file(const char *name, size_t *size) {
    enum { MOST = 1 << 20 };
    char *text = malloc(MOST);
    FILE *file = fopen(name, "rb");
    *size = text && file ? fread(text, 1, MOST, file) : 0;
    if (file)
        fclose(file);
    return text;
}

static void print_diagnostics(const struct cfn_diags *diags) {
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *text = cfn_diag_text(cfn_diags_at(diags, i));
        fprintf(stderr, "%s\n", text);
        free(text);
    }
}

static int print_stack(const struct cfn_assembly *assembly) {
    const struct cfn_assembled *jobs = cfn_assembly_find(assembly, "jobs");
    if (!jobs)
        return 1;
    char *text = cfn_render(jobs->body, CFN_FORMAT_JSON);
    fputs(text, stdout);
    free(text);
    return 0;
}

static int synthesize(struct cfn_stack_set *set, const struct cfn_config_source *source,
                      struct cfn_diags *diags) {
    struct cfn_platform *platform = cfn_platform_load(set, source, NULL, diags);
    struct cfn_assembly *assembly = platform ? cfn_platform_synth(platform, diags) : NULL;
    int code = assembly ? print_stack(assembly) : 1;
    cfn_assembly_free(assembly);
    cfn_platform_free(platform);
    return code;
}

int main(int count, char **words) {
    if (count != 2) {
        fprintf(stderr, "usage: custom_stack PLATFORM.yaml\n");
        return 2;
    }
    struct cfn_config_source source = {.name = words[1]};
    char *text = read_file(words[1], &source.size);
    source.text = text;
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_stack_set *set = cfn_stack_set_new();
    cfn_stack_set_add(set, &stack);
    int code = synthesize(set, &source, diags);
    print_diagnostics(diags);
    cfn_stack_set_free(set);
    cfn_diags_free(diags);
    free(text);
    return code;
}
