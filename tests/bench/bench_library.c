/*
 * What the library does inside one process:
 *
 *     bench_library environments COUNT   loads and synthesizes that many environments of the
 * default platform bench_library growth               builds, checks and writes templates of 50 to
 * 500 resources
 */
#define _POSIX_C_SOURCE 200809L
#include <cfngen/aws/s3.h>
#include <cfngen/aws/sqs.h>
#include <cfngen/cfngen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const struct cfn_diags *diags) {
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *text = cfn_diag_text(cfn_diags_at(diags, i));
        fprintf(stderr, "%s\n", text);
        free(text);
    }
    exit(1);
}

static size_t resources_of(const struct cfn_assembly *assembly) {
    size_t count = 0;
    for (size_t i = 0; i < cfn_assembly_count(assembly); i++)
        count += json_object_size(json_object_get(cfn_assembly_at(assembly, i)->body, "Resources"));
    return count;
}

static size_t synthesize(struct cfn_stack_set *set, long number) {
    static const char file[] = "project: shop\nregion: eu-west-1\n";
    char flag[64];
    snprintf(flag, sizeof flag, "environment=env-%ld", number);
    const char *flags[] = {flag, NULL};
    struct cfn_config_source source = {
        .name = "platform.yaml", .text = file, .size = sizeof file - 1, .flags = flags};
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_platform *platform = cfn_platform_load(set, &source, NULL, diags);
    struct cfn_assembly *assembly = platform ? cfn_platform_synth(platform, diags) : NULL;
    if (!assembly)
        fail(diags);
    size_t count = resources_of(assembly);
    cfn_assembly_free(assembly);
    cfn_platform_free(platform);
    cfn_diags_free(diags);
    return count;
}

static void environments(long count) {
    struct cfn_stack_set *set = cfn_stack_set_new();
    size_t resources = 0;
    double begin = now();
    for (long i = 1; i <= count; i++)
        resources += synthesize(set, i);
    printf("%ld %zu %.6f\n", count, resources, now() - begin);
    cfn_stack_set_free(set);
}

static void fill(struct cfn_template *t, int resources) {
    char id[32], target[32];
    for (int i = 0; i < resources; i += 2) {
        snprintf(id, sizeof id, "Bucket%d", i);
        snprintf(target, sizeof target, "Queue%d", i);
        cfn_add(
            t, id,
            AWS_S3_Bucket(.BucketName = cfn_sub("${AWS::StackName}-${AWS::AccountId}"),
                          .VersioningConfiguration =
                              AWS_S3_Bucket_VersioningConfiguration(.Status = cfn_str("Enabled"))),
            .DeletionPolicy = "Retain");
        cfn_add(t, target,
                AWS_SQS_Queue(.MessageRetentionPeriod = cfn_int(3600), .QueueName = cfn_ref(id)));
    }
}

/* One template of that size: seconds per stage, the best of several. */
static void grow(int resources) {
    double best[3] = {1e9, 1e9, 1e9};
    for (int times = 0; times < 20; times++) {
        struct cfn_diags *diags = cfn_diags_new();
        double begin = now();
        struct cfn_template *t = cfn_template_new("growth", "Buckets and queues");
        fill(t, resources);
        double built = now();
        if (cfn_template_check(t, diags) != 0)
            fail(diags);
        double checked = now();
        char *text = cfn_render(cfn_template_json(t), CFN_FORMAT_JSON);
        double written = now();
        double took[3] = {built - begin, checked - built, written - checked};
        for (int i = 0; i < 3; i++)
            best[i] = took[i] < best[i] ? took[i] : best[i];
        free(text);
        cfn_template_free(t);
        cfn_diags_free(diags);
    }
    printf("%d %.9f %.9f %.9f\n", resources, best[0], best[1], best[2]);
}

int main(int count, char **words) {
    if (count == 3 && strcmp(words[1], "environments") == 0)
        environments(strtol(words[2], NULL, 10));
    else if (count == 2 && strcmp(words[1], "growth") == 0)
        for (int resources = 50; resources <= 500; resources += 50)
            grow(resources);
    else
        return 2;
    return 0;
}
