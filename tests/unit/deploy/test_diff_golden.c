/* The templates of the default platform, changed in every place and at random. */
#include "diff_patch.h"

static const char *const stacks[] = {"athena", "common", "data_lake",     "dms", "emr",
                                     "glue",   "mwaa",   "observability", "rds", "redshift"};
enum { STACKS = sizeof stacks / sizeof *stacks };

static json_t *template_of(size_t stack) {
    char path[64];
    snprintf(path, sizeof path, "templates/%s.json", stacks[stack]);
    json_t *body = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(body);
    return body;
}

static struct cfn_diff *diff_of(const json_t *before, const json_t *after) {
    return cfn_diff_new(&(struct cfn_side){.body = before}, &(struct cfn_side){.body = after});
}

static void each_is_the_same_as_itself(void **state) {
    (void)state;
    for (size_t i = 0; i < STACKS; i++) {
        json_t *before = template_of(i), *after = json_deep_copy(before);
        struct cfn_diff *diff = diff_of(before, after);
        assert_int_equal(cfn_diff_count(diff), 0);
        assert_int_equal(cfn_diff_dangers(diff), 0);
        cfn_diff_free(diff);
        json_decref(before);
        json_decref(after);
    }
}

/* What the template itself says otherwise: one change, and where. */
static const struct cfn_property_change *only_change(const struct cfn_diff *diff, const char *id,
                                                     const struct cfn_change **of) {
    const struct cfn_property_change *only = NULL;
    for (size_t i = 0; i < cfn_diff_count(diff); i++) {
        const struct cfn_change *change = cfn_diff_at(diff, i);
        assert_int_equal(change->action, CFN_CHANGE_MODIFY);
        for (size_t j = 0; j < change->property_count; j++) {
            if (*change->properties[j].why)
                continue;
            assert_null(only);
            assert_string_equal(change->logical_id, id);
            only = &change->properties[j];
            *of = change;
        }
    }
    assert_non_null(only);
    return only;
}

static void change_property(const json_t *before, json_t *after, const char *id, const char *key) {
    json_t *resource = json_object_get(json_object_get(after, "Resources"), id);
    json_t *properties = json_object_get(resource, "Properties");
    json_t *value = json_incref(json_object_get(properties, key));
    const struct cfn_change *change = NULL;
    char path[256];
    snprintf(path, sizeof path, "Properties.%s", key);
    json_object_set_new(properties, key, json_string("changed"));
    struct cfn_diff *diff = diff_of(before, after);
    const struct cfn_property_change *only = only_change(diff, id, &change);
    assert_string_equal(only->path, path);
    assert_string_equal(change->type, json_string_value(json_object_get(resource, "Type")));
    struct cfn_property property;
    assert_true(cfn_type_find_property(cfn_schema_find(change->type), key, &property));
    if (property.kinds & CFN_NESTED)
        assert_true(only->replacement >= property.replacement);
    else
        assert_int_equal(only->replacement, property.replacement);
    assert_true(change->replacement >= only->replacement);
    cfn_diff_free(diff);
    json_object_set_new(properties, key, value);
}

static void each_property_is_told(void **state) {
    (void)state;
    size_t count = 0;
    for (size_t i = 0; i < STACKS; i++) {
        json_t *before = template_of(i), *after = json_deep_copy(before), *resource, *value;
        const char *id, *key;
        json_object_foreach(json_object_get(before, "Resources"), id, resource) {
            json_object_foreach(json_object_get(resource, "Properties"), key, value) {
                change_property(before, after, id, key);
                count++;
            }
        }
        json_decref(before);
        json_decref(after);
    }
    assert_true(count > 400);
}

static void each_resource_that_goes_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < STACKS; i++) {
        json_t *before = template_of(i), *resource;
        const char *id;
        json_object_foreach(json_object_get(before, "Resources"), id, resource) {
            json_t *after = json_deep_copy(before);
            json_object_del(json_object_get(after, "Resources"), id);
            struct cfn_diff *diff = diff_of(before, after);
            const struct cfn_change *change = cfn_diff_at(diff, 0);
            const char *policy = json_string_value(json_object_get(resource, "DeletionPolicy"));
            bool stays = policy && strcmp(policy, "Delete") != 0;
            assert_int_equal(cfn_diff_count(diff), 1);
            assert_int_equal(change->action, CFN_CHANGE_REMOVE);
            assert_string_equal(change->logical_id, id);
            assert_int_equal((change->dangers & CFN_LEAVES_BEHIND) != 0, stays);
            if (cfn_type_is_stateful(cfn_schema_find(change->type)) && !stays)
                assert_true(change->dangers & CFN_LOSES_DATA);
            cfn_diff_free(diff);
            /* And the reverse. */
            diff = diff_of(after, before);
            assert_int_equal(cfn_diff_at(diff, 0)->action, CFN_CHANGE_ADD);
            cfn_diff_free(diff);
            json_decref(after);
        }
        json_decref(before);
    }
}

/* Numbers that are the same in every run. */
static uint32_t roll(uint64_t *seed, size_t sides) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return sides ? (uint32_t)((*seed >> 33) % sides) : 0;
}

static const char *key_at(json_t *object, size_t index) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) if (index-- == 0) return key;
    return NULL;
}

static json_t *other_scalar(const json_t *value, uint64_t *seed) {
    if (json_is_boolean(value))
        return json_boolean(!json_is_true(value));
    if (json_is_integer(value))
        return json_integer(json_integer_value(value) + 1 + roll(seed, 9));
    return json_sprintf("%s%u", json_is_string(value) ? json_string_value(value) : "",
                        roll(seed, 100));
}

static void edit_list(json_t *list, uint64_t *seed) {
    size_t count = json_array_size(list), index = count ? roll(seed, count) : 0;
    switch (count ? roll(seed, 4) : 0) {
    case 0:
        json_array_insert_new(list, index, json_sprintf("new%u", roll(seed, 100)));
        break;
    case 1:
        json_array_remove(list, index);
        break;
    case 2: { /* to another place */
        json_t *item = json_incref(json_array_get(list, index));
        json_array_remove(list, index);
        json_array_insert_new(list, roll(seed, count), item);
        break;
    }
    default: /* one more that is much the same */
        json_array_insert_new(list, index, json_deep_copy(json_array_get(list, index)));
    }
}

/* One edit somewhere in a value. */
static void edit(json_t *value, uint64_t *seed) {
    while (json_is_object(value) || json_is_array(value)) {
        size_t count = json_is_array(value) ? json_array_size(value) : json_object_size(value);
        const char *key = json_is_object(value) && count ? key_at(value, roll(seed, count)) : NULL;
        size_t index = count ? roll(seed, count) : 0;
        json_t *next = key ? json_object_get(value, key) : json_array_get(value, index);
        bool deeper = json_is_object(next) || json_is_array(next);
        if (deeper && roll(seed, 4) != 0) {
            value = next;
        } else if (json_is_array(value)) {
            edit_list(value, seed);
            return;
        } else if (!key || roll(seed, 4) == 0) {
            json_object_set_new(value, "Added.Here", json_pack("{s:[i, s]}", "a", 1, "b"));
            return;
        } else if (roll(seed, 4) == 0) {
            json_object_del(value, key);
            return;
        } else {
            json_object_set_new(value, key, other_scalar(next, seed));
            return;
        }
    }
}

static void edit_body(json_t *body, uint64_t *seed) {
    json_t *resources = json_object_get(body, "Resources");
    const char *id = key_at(resources, roll(seed, json_object_size(resources)));
    json_t *resource = json_object_get(resources, id), *outputs = json_object_get(body, "Outputs");
    switch (roll(seed, 8)) {
    case 0: /* another logical id */
        json_object_set(resources, "Renamed", resource);
        json_object_del(resources, id);
        break;
    case 1:
        json_object_set_new(resource, "DependsOn", json_string("Renamed"));
        json_object_set_new(resource, "DeletionPolicy", json_string("Snapshot"));
        break;
    case 2:
        edit(json_object_get(outputs, key_at(outputs, roll(seed, json_object_size(outputs)))),
             seed);
        break;
    default:
        edit(json_object_get(resource, "Properties"), seed);
    }
}

static void without_metadata(json_t *body) {
    const char *section[] = {"Resources", "Outputs"}, *key;
    json_t *item;
    for (size_t i = 0; i < 2; i++)
        json_object_foreach(json_object_get(body, section[i]), key, item) {
            json_object_del(item, "Metadata");
            json_object_del(item, "Description");
        }
}

/* Whether the changes, applied to before, gave after; not when some of them are hidden. */
static bool apply(const json_t *before, const json_t *after) {
    struct cfn_diff *diff = diff_of(before, after);
    json_t *told = cfn_diff_json(diff);
    char *text = json_dumps(told, 0);
    bool hidden = strstr(text, "****") != NULL;
    if (!hidden) {
        json_t *result = patched(before, after, diff);
        char *is = plain_text(result), *shall = plain_text(after);
        if (strcmp(is, shall) != 0) {
            size_t same = 0;
            while (is[same] == shall[same])
                same++;
            size_t from = same > 300 ? same - 300 : 0;
            print_error("gives  %.600s\nnot    %.600s\nby\n", is + from, shall + from);
            char *lines = diff_text(diff);
            print_error("%s", lines);
            free(lines);
        }
        assert_string_equal(is, shall);
        struct cfn_diff *rest = diff_of(result, after);
        assert_int_equal(cfn_diff_count(rest), 0);
        cfn_diff_free(rest);
        free(is);
        free(shall);
        json_decref(result);
    }
    free(text);
    json_decref(told);
    cfn_diff_free(diff);
    return !hidden;
}

static void changes_applied_to_before_give_after(void **state) {
    (void)state;
    size_t applied = 0;
    for (uint64_t run = 0; run < 400; run++) {
        uint64_t seed = run * 7919 + 1;
        json_t *before = template_of(run % STACKS), *after;
        without_metadata(before);
        after = json_deep_copy(before);
        for (uint32_t edits = 1 + roll(&seed, 12); edits > 0; edits--)
            edit_body(after, &seed);
        without_metadata(after);
        applied += apply(before, after);
        applied += apply(after, before);
        json_decref(before);
        json_decref(after);
    }
    assert_true(applied > 600);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_the_same_as_itself),
        cmocka_unit_test(each_property_is_told),
        cmocka_unit_test(each_resource_that_goes_is_told),
        cmocka_unit_test(changes_applied_to_before_give_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
