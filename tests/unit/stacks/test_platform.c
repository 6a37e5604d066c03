/* The platform as a whole: keys, switches, imports, order, names, tags, versions. */
#include "platform_fixture.h"

#include <cfngen/aws/sqs.h>
#include <config/config.h>

static void three_lines_make_ten_stacks(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_int_equal(cfn_diags_count(f.diags), 0);
    assert_int_equal(cfn_assembly_count(f.assembly), 10);
    assert_string_equal(cfn_assembly_find(f.assembly, "data_lake")->stack_name,
                        "shop-dev-data-lake");
    fixture_done(&f);
}

static void producers_come_first(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    for (size_t i = 0; i < cfn_assembly_count(f.assembly); i++) {
        const struct cfn_assembled *stack = cfn_assembly_at(f.assembly, i);
        for (size_t n = 0; n < stack->needs.count; n++) {
            bool before = false;
            for (size_t j = 0; j < i; j++)
                before = before ||
                         strcmp(cfn_assembly_at(f.assembly, j)->name, stack->needs.items[n]) == 0;
            assert_true(before);
        }
    }
    assert_string_equal(cfn_assembly_at(f.assembly, 0)->name, "common");
    fixture_done(&f);
}

/* The least number of stacks after one another, each with those that it has to wait for. */
static size_t depth_of(const struct fixture *f, const char *name) {
    const struct cfn_assembled *stack = cfn_assembly_find(f->assembly, name);
    size_t deepest = 0;
    for (size_t i = 0; i < stack->needs.count; i++) {
        size_t depth = depth_of(f, stack->needs.items[i]);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

/* What takes longest to make, databases and Airflow, is begun as soon as there is a network. */
static void the_slowest_begin_first(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_int_equal(depth_of(&f, "common"), 1);
    assert_int_equal(depth_of(&f, "mwaa"), 2);
    assert_int_equal(depth_of(&f, "rds"), 2);
    assert_int_equal(depth_of(&f, "observability"), 5);
    fixture_done(&f);
}

static void a_switched_off_stack_is_told_once_for_each_that_needs_it(void **state) {
    (void)state;
    fixture_refused("rds: {enabled: false}\n",
                    "platform.yaml:4:16: error: rds.enabled: must be true while dms is enabled");
    struct fixture f = fixture_good("rds: {enabled: false}\ndms: {enabled: false}\n");
    assert_int_equal(cfn_assembly_count(f.assembly), 8);
    assert_null(stack_body(&f, "rds"));
    fixture_done(&f);
}

static void nothing_enabled_is_refused(void **state) {
    (void)state;
    struct cfn_stack_set *set = cfn_stack_set_new();
    char lines[2048] = "";
    for (size_t i = 0; i < cfn_stack_set_count(set); i++) {
        strcat(lines, cfn_stack_set_at(set, i)->name);
        strcat(lines, ": {enabled: false}\n");
    }
    cfn_stack_set_free(set);
    fixture_refused(lines, "must have at least one stack that is enabled");
}

static const char *deletion_policy(const struct fixture *f, const char *stack, const char *id) {
    json_t *resource = json_object_get(json_object_get(stack_body(f, stack), "Resources"), id);
    return json_string_value(json_object_get(resource, "DeletionPolicy"));
}

static void data_goes_only_when_both_keys_agree(void **state) {
    (void)state;
    static const struct {
        const char *lines, *policy, *told;
    } cases[] = {
        {"", "Retain", NULL},
        {"allow_data_deletion: true\n", "Retain", "until a stack's allow_data_deletion agrees"},
        {"common: {allow_data_deletion: true}\n", "Retain",
         "until the platform's allow_data_deletion agrees"},
        {"allow_data_deletion: true\ncommon: {allow_data_deletion: true}\n", "Delete",
         "the data of common can be deleted with its stack"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = fixture_good(cases[i].lines);
        assert_string_equal(deletion_policy(&f, "common", "Scripts"), cases[i].policy);
        assert_int_equal(cfn_diags_count(f.diags), cases[i].told ? 1 : 0);
        if (cases[i].told)
            assert_int_equal(fixture_told(&f, cases[i].told), 1);
        fixture_done(&f);
    }
}

static void tags_are_checked_and_reach_the_resources(void **state) {
    (void)state;
    struct fixture f = fixture_good("tags: {team: data, Project: own}\n");
    json_t *bucket = properties_of(&f, "common", "Scripts");
    assert_true(contains(json_object_get(bucket, "Tags"), "{\"Key\":\"team\",\"Value\":\"data\"}"));
    assert_true(
        contains(json_object_get(bucket, "Tags"), "{\"Key\":\"Project\",\"Value\":\"own\"}"));
    assert_false(contains(json_object_get(bucket, "Tags"), "\"shop\""));
    fixture_done(&f);
    fixture_refused("tags: {\"aws:x\": y}\n",
                    "must have no key that begins with aws:, not 'aws:x'");
}

static void a_long_tag_is_refused(void **state) {
    (void)state;
    char lines[512], text[300];
    memset(text, 'v', sizeof text);
    text[256] = '\0';
    snprintf(lines, sizeof lines, "tags: {team: %s}\n", text);
    struct fixture f = fixture_good(lines);
    assert_string_equal(cfn_platform_name(f.platform), "shop-dev");
    fixture_done(&f);
    snprintf(lines, sizeof lines, "tags: {team: %sv}\n", text);
    fixture_refused(lines, "keys of at most 128 characters and values of at most 256: 'team'");
}

static void a_long_project_is_refused_for_its_buckets(void **state) {
    (void)state;
    struct fixture f = fixture_of("project: abcdefghijklmnopqrstuvwx\nenvironment: production12\n"
                                  "region: ap-southeast-1\n");
    assert_null(f.assembly);
    assert_true(fixture_told(&f, "project: must be shorter: the name of the bucket access-logs "
                                 "would have") >= 1);
    fixture_done(&f);
}

/* What a developer can write wrong in rows: a bad default, two settings of one variable, no help.
 */
static void rows_are_in_order(void **state) {
    (void)state;
    struct cfn_stack_set *set = cfn_stack_set_new();
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn__rows_check(cfn_stack_set_rows(set), diags), 0);
    assert_int_equal(cfn_diags_count(diags), 0);
    cfn_diags_free(diags);
    cfn_stack_set_free(set);
}

struct queue {
    struct cfn_stack_settings stack;
    long delay;
};
static const struct cfn_row queue_rows[] = {
    CFN_STACK_ROWS(struct queue),
    CFN_INT(struct queue, delay, .fallback = "5", .max = 900, .help = "delay in seconds"),
    CFN_ROWS_END,
};
static void build_queue(const struct cfn_scope *scope) {
    const struct queue *q = scope->settings;
    cfn_add(scope->t, "Queue",
            AWS_SQS_Queue(.DelaySeconds = cfn_int(q->delay),
                          .KmsMasterKeyId = cfn_import_from(scope, "common", "KeyArn")));
}
static void build_wrong(const struct cfn_scope *scope) {
    cfn_add(scope->t, "Queue",
            AWS_SQS_Queue(.KmsMasterKeyId = cfn_import_from(scope, "common", "NoSuchThing")));
}
static void build_circle(const struct cfn_scope *scope) {
    cfn_add(scope->t, "Queue", AWS_SQS_Queue(.QueueName = cfn_import_from(scope, "queue", "Name")));
    cfn_export(scope, "Name", cfn_ref("Queue"), "itself");
}

static struct fixture with_stack(const struct cfn_stack *stack, const char *lines) {
    struct fixture f = {.set = cfn_stack_set_new(), .diags = cfn_diags_new()};
    cfn_stack_set_add(f.set, stack);
    char yaml[512];
    snprintf(yaml, sizeof yaml, "%s%s", MINIMAL, lines);
    struct cfn_config_source source = {.name = "p.yaml", .text = yaml, .size = strlen(yaml)};
    f.platform = cfn_platform_load(f.set, &source, "2026-11-23", f.diags);
    if (f.platform)
        f.assembly = cfn_platform_synth(f.platform, f.diags);
    return f;
}

static void a_stack_of_ones_own(void **state) {
    (void)state;
    static const struct cfn_stack stack = {"queue",    "a queue", sizeof(struct queue),
                                           queue_rows, NULL,      build_queue};
    struct fixture f = with_stack(&stack, "queue: {delay: 9}\n");
    assert_non_null(f.assembly);
    assert_int_equal(cfn_assembly_count(f.assembly), 11);
    assert_true(contains(properties_of(&f, "queue", "Queue"), "\"DelaySeconds\":9"));
    assert_true(contains(properties_of(&f, "queue", "Queue"), "shop-dev-common-KeyArn"));
    assert_string_equal(cfn_assembly_find(f.assembly, "queue")->needs.items[0], "common");
    json_t *manifest = cfn_assembly_manifest(f.assembly, "json");
    assert_true(contains(manifest, "\"stack_name\":\"shop-dev-queue\""));
    json_decref(manifest);
    fixture_done(&f);
}

static void an_import_that_nothing_exports_is_told_in_the_source(void **state) {
    (void)state;
    static const struct cfn_stack stack = {"queue",    "a queue", sizeof(struct queue),
                                           queue_rows, NULL,      build_wrong};
    struct fixture f = with_stack(&stack, "");
    assert_null(f.assembly);
    assert_int_equal(fixture_told(&f, "test_platform.c"), 1);
    assert_int_equal(fixture_told(&f, "error: queue: must import what a stack exports, not "
                                      "'NoSuchThing' of 'common' [stack.import]"),
                     1);
    fixture_done(&f);
}

static void a_circle_of_imports_is_told(void **state) {
    (void)state;
    static const struct cfn_stack stack = {"queue",    "a queue", sizeof(struct queue),
                                           queue_rows, NULL,      build_circle};
    struct fixture f = with_stack(&stack, "");
    assert_null(f.assembly);
    assert_int_equal(fixture_told(&f, "queue -> queue"), 1);
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_lines_make_ten_stacks),
        cmocka_unit_test(producers_come_first),
        cmocka_unit_test(the_slowest_begin_first),
        cmocka_unit_test(a_switched_off_stack_is_told_once_for_each_that_needs_it),
        cmocka_unit_test(nothing_enabled_is_refused),
        cmocka_unit_test(data_goes_only_when_both_keys_agree),
        cmocka_unit_test(tags_are_checked_and_reach_the_resources),
        cmocka_unit_test(a_long_tag_is_refused),
        cmocka_unit_test(a_long_project_is_refused_for_its_buckets),
        cmocka_unit_test(rows_are_in_order),
        cmocka_unit_test(a_stack_of_ones_own),
        cmocka_unit_test(an_import_that_nothing_exports_is_told_in_the_source),
        cmocka_unit_test(a_circle_of_imports_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
