/* Policies that allow more than before, or deny less. */
#include "danger.h"

#include <string.h>

static bool is_for_everybody(const struct cfn__statement *statement) {
    return !statement->condition && cfn__words_have(&statement->principals, "*");
}

static bool is_for_everything(const struct cfn__statement *statement) {
    return cfn__words_have(&statement->actions, "*") && cfn__words_have(&statement->resources, "*");
}

static const char *to_whom(struct cfn_diff *diff, const struct cfn__statement *statement) {
    if (!statement->principals.present)
        return "";
    if (cfn__words_have(&statement->principals, "*"))
        return statement->condition ? " to everybody who meets a condition" : " to everybody";
    return cfn_arena_text(&diff->arena, " to %s", cfn__words_said(diff, &statement->principals));
}

static const char *on_what(struct cfn_diff *diff, const struct cfn__statement *statement) {
    if (!statement->resources.present || is_for_everything(statement))
        return "";
    return cfn_arena_text(&diff->arena, " on %s", cfn__words_said(diff, &statement->resources));
}

static void tell_allowed(struct cfn_diff *diff, struct cfn__edit *edit,
                         const struct cfn__statement *statement, const struct cfn__words *actions) {
    const char *thing = cfn__thing(diff, edit);
    if (statement->opaque)
        cfn__danger(edit, CFN_WIDENS_ACCESS, statement->path,
                    "%s may allow more: a statement is a function now", thing);
    else if (statement->trust && is_for_everybody(statement))
        cfn__danger(edit, CFN_WIDENS_ACCESS, statement->path, "lets everybody take %s", thing);
    else if (statement->trust)
        cfn__danger(edit, CFN_WIDENS_ACCESS, statement->path, "lets %s take %s",
                    cfn__words_said(diff, &statement->principals), thing);
    else
        cfn__danger(edit, CFN_WIDENS_ACCESS, statement->path, "%s allows %s%s%s", thing,
                    cfn__words_have(actions, "*") ? "everything" : cfn__words_said(diff, actions),
                    on_what(diff, statement), to_whom(diff, statement));
}

static bool is_tls_only(const struct cfn__statement *statement) {
    const json_t *test = json_object_get(statement->condition, "Bool");
    return json_object_get(test, "aws:SecureTransport") != NULL;
}

static void tell_denied(struct cfn_diff *diff, struct cfn__edit *edit,
                        const struct cfn__statement *statement, const struct cfn__words *actions) {
    const char *thing = cfn__thing(diff, edit);
    if (is_tls_only(statement))
        cfn__danger(edit, CFN_WIDENS_ACCESS, statement->path,
                    "%s no longer denies access without TLS", thing);
    else
        cfn__danger(edit, CFN_WIDENS_ACCESS, statement->path, "%s no longer denies %s%s%s", thing,
                    cfn__words_said(diff, actions), on_what(diff, statement),
                    to_whom(diff, statement));
}

/* Statements of one side that the other does not cover. */
static void look(struct cfn_diff *diff, struct cfn__edit *edit,
                 const struct cfn__statements *statements, const struct cfn__statements *by,
                 bool allow) {
    struct cfn__words beyond;
    for (size_t i = 0; i < statements->all.count; i++) {
        const struct cfn__statement *one = &statements->all.items[i];
        bool loud = is_for_everybody(one) || is_for_everything(one);
        if (one->allow != allow || (edit->fresh && !loud))
            continue;
        if (cfn__statement_beyond(one, by, &beyond))
            (allow ? tell_allowed : tell_denied)(diff, edit, one, &beyond);
        cfn__words_done(&beyond);
    }
}

/* What a policy that is removed denied does not matter when what it stood for goes, too. */
static bool protects_what_stays(struct cfn_diff *diff, const struct cfn__edit *edit) {
    json_t *names = cfn_references(diff->before.body, edit->before), *value;
    json_t *resources = json_object_get(diff->after.body, "Resources");
    const char *name;
    bool any = json_object_size(names) == 0;
    json_object_foreach(names, name, value) {
        any |= cfn__side_has(&diff->after, json_object_get(resources, name));
    }
    json_decref(names);
    return any;
}

/* An endpoint without a policy lets everything through. */
static bool is_open_without(const struct cfn__edit *edit, const json_t *properties) {
    return strcmp(edit->change.type, "AWS::EC2::VPCEndpoint") == 0 &&
           !json_object_get(properties, "PolicyDocument");
}

void cfn__danger_policies(struct cfn_diff *diff, struct cfn__edit *edit) {
    struct cfn__statements was = {.all = {0}}, is = {.all = {0}};
    bool gone = edit->change.action == CFN_CHANGE_REMOVE;
    cfn__statements_find(diff, &was, edit->was, "Properties", false);
    cfn__statements_find(diff, &is, edit->is, "Properties", false);
    if (edit->before && edit->after && is_open_without(edit, edit->is) &&
        !is_open_without(edit, edit->was))
        cfn__danger(edit, CFN_WIDENS_ACCESS, "Properties.PolicyDocument",
                    "%s lets everything through", cfn__thing(diff, edit));
    if (!gone && !(edit->before && is_open_without(edit, edit->was)))
        look(diff, edit, &is, &was, true);
    if (edit->before && (!gone || protects_what_stays(diff, edit)))
        look(diff, edit, &was, &is, false);
    cfn__statements_done(&was);
    cfn__statements_done(&is);
}
