/* The comparison of two templates as a whole. */
#include "danger.h"

#include <stdlib.h>
#include <string.h>

json_t *cfn__diff_own(struct cfn_diff *diff, json_t *value) {
    json_array_append_new(diff->owned, value);
    return value;
}

struct cfn__edit *cfn__edit_new(struct cfn_diff *diff, const char *section, const char *name,
                                json_t *before, json_t *after) {
    struct cfn__edit *edit = cfn__alloc(sizeof *edit);
    edit->before = before;
    edit->after = after;
    edit->change = (struct cfn_change){
        .action = !before  ? CFN_CHANGE_ADD
                  : !after ? CFN_CHANGE_REMOVE
                           : CFN_CHANGE_MODIFY,
        .section = section,
        .logical_id = cfn_arena_copy(&diff->arena, name, strlen(name)),
        .type = "",
        .why = "",
    };
    *CFN_PUSH(&diff->edits) = edit;
    return edit;
}

void cfn__edit_say(struct cfn__edit *edit, const char *format, ...) {
    struct cfn_text sentence = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&sentence, format, arguments);
    va_end(arguments);
    if (!edit->why.data || !strstr(edit->why.data, sentence.data))
        cfn_text_printf(&edit->why, "%s%s", edit->why.size ? "; " : "", sentence.data);
    cfn_text_done(&sentence);
}

/* What did not change after all is no change. */
static void publish(struct cfn_diff *diff) {
    for (size_t i = 0; i < diff->edits.count; i++) {
        struct cfn__edit *edit = diff->edits.items[i];
        if (edit->change.action == CFN_CHANGE_MODIFY && edit->properties.count == 0)
            continue;
        edit->change.properties = edit->properties.items;
        edit->change.property_count = edit->properties.count;
        edit->change.why = edit->why.data ? edit->why.data : "";
        *CFN_PUSH(&diff->changes) = edit->change;
    }
}

struct cfn_diff *cfn_diff_new(const struct cfn_side *before, const struct cfn_side *after) {
    struct cfn_diff *diff = cfn__alloc(sizeof *diff);
    diff->owned = json_array();
    diff->refs = json_object();
    diff->conditions = json_object();
    diff->mappings = json_object();
    diff->replaced = json_object();
    cfn__side_init(&diff->before, before, NULL);
    cfn__side_init(&diff->after, after, &diff->before);
    cfn__sides_evaluate(&diff->before, &diff->after);
    cfn__compare_resources(diff);
    cfn__compare_sections(diff);
    cfn__follow(diff);
    cfn__tell_exports(diff);
    for (size_t i = 0; i < diff->edits.count; i++)
        cfn__dangers_of(diff, diff->edits.items[i], !before->body);
    publish(diff);
    return diff;
}

void cfn_diff_free(struct cfn_diff *diff) {
    if (!diff)
        return;
    for (size_t i = 0; i < diff->edits.count; i++) {
        free(diff->edits.items[i]->properties.items);
        cfn_text_done(&diff->edits.items[i]->why);
        free(diff->edits.items[i]);
    }
    free(diff->edits.items);
    free(diff->changes.items);
    cfn__side_done(&diff->before);
    cfn__side_done(&diff->after);
    json_decref(diff->owned);
    json_decref(diff->refs);
    json_decref(diff->conditions);
    json_decref(diff->mappings);
    json_decref(diff->replaced);
    cfn_arena_done(&diff->arena);
    free(diff);
}

size_t cfn_diff_count(const struct cfn_diff *diff) {
    return diff->changes.count;
}

const struct cfn_change *cfn_diff_at(const struct cfn_diff *diff, size_t index) {
    return index < diff->changes.count ? &diff->changes.items[index] : NULL;
}

unsigned cfn_diff_dangers(const struct cfn_diff *diff) {
    unsigned dangers = 0;
    for (size_t i = 0; i < diff->changes.count; i++)
        dangers |= diff->changes.items[i].dangers;
    return dangers;
}
