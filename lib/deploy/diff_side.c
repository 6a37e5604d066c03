/* One side of a comparison: its parameters as they are, and what can be evaluated of it. */
#include "cfn/evaluate.h"
#include "diff.h"

#include <string.h>

static json_t *or_empty(struct cfn__side *side, const json_t *value) {
    if (json_is_object(value))
        return cfn__open(value);
    json_t *empty = json_object();
    json_array_append_new(side->owned, empty);
    return empty;
}

static json_t *text_of(const json_t *value) {
    char room[32];
    const char *text = cfn__scalar_text(cfn__open(value), room);
    return text ? json_string(text) : NULL;
}

/* Given, by default, or as it was. */
static void take_parameters(struct cfn__side *side, const json_t *given,
                            const struct cfn__side *earlier) {
    const char *name;
    json_t *declaration;
    json_object_foreach(json_object_get(side->body, "Parameters"), name, declaration) {
        json_t *text = text_of(json_object_get(given, name));
        if (!text)
            text = text_of(json_object_get(declaration, "Default"));
        if (!text && earlier)
            text = json_incref(json_object_get(earlier->texts, name));
        if (text)
            json_object_set_new(side->texts, name, text);
    }
}

void cfn__side_init(struct cfn__side *side, const struct cfn_side *given,
                    const struct cfn__side *earlier) {
    side->owned = json_array();
    side->texts = json_object();
    side->diags = cfn_diags_new();
    side->body = or_empty(side, given->body);
    side->tags = or_empty(side, given->tags);
    take_parameters(side, given->parameters, earlier);
    if (given->world)
        side->world = *given->world;
}

void cfn__side_done(struct cfn__side *side) {
    cfn_evaluation_free(side->evaluation);
    json_decref(side->owned);
    json_decref(side->texts);
    cfn_diags_free(side->diags);
}

/* What is not known yet stands for itself, as in Fn::Sub. */
static cfn_value unknown_ref(void *self, const char *id) {
    (void)self;
    return cfn_fmt("${%s}", id);
}

static cfn_value unknown_attribute(void *self, const char *id, const char *attribute) {
    (void)self;
    return cfn_fmt("${%s.%s}", id, attribute);
}

static cfn_value unknown_import(void *self, const char *name) {
    (void)self;
    return cfn_fmt("${Import:%s}", name);
}

static cfn_value unknown_output(void *self, const json_t *arguments) {
    (void)self;
    return cfn_json_text(json_deep_copy(arguments));
}

/* A pseudo parameter that the world does not give: a condition cannot be told then. */
struct search {
    const struct cfn_world *world;
    bool found;
};

static void look_at_name(void *self, const char *name, size_t size) {
    struct search *search = self;
    char room[CFN__ID_ROOM];
    const char *text = cfn__id_text(name, size, room);
    const struct cfn_world *world = search->world;
    if (strcmp(text, "AWS::Region") == 0)
        search->found |= !world->region;
    else if (strcmp(text, "AWS::AccountId") == 0)
        search->found |= !world->account;
    else if (strcmp(text, "AWS::Partition") == 0)
        search->found |= !world->partition;
    else if (strcmp(text, "AWS::StackName") == 0)
        search->found |= !world->stack_name;
    else if (cfn_starts_with(text, "AWS::") && strcmp(text, "AWS::NoValue") != 0)
        search->found = true;
}

static bool can_tell_conditions(const struct cfn__side *side) {
    struct search search = {.world = &side->world};
    struct cfn__names names = {.found = look_at_name, .self = &search};
    cfn__names_in(&names, json_object_get(side->body, "Conditions"));
    return !search.found;
}

static void set_unknown(struct cfn_world *world) {
    const char **const known[] = {&world->account,    &world->region,     &world->partition,
                                  &world->url_suffix, &world->stack_name, &world->stack_id};
    static const char *const unknown[] = {"${AWS::AccountId}", "${AWS::Region}",
                                          "${AWS::Partition}", "${AWS::URLSuffix}",
                                          "${AWS::StackName}", "${AWS::StackId}"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!*known[i])
            *known[i] = unknown[i];
    world->ref = unknown_ref;
    world->attribute = unknown_attribute;
    world->import = unknown_import;
    world->output = unknown_output;
    world->parameter = NULL;
}

/* What is deployed has met its constraints, and "****" would not: only the kind of a parameter
 * matters here. */
static json_t *plain_declaration(const json_t *declaration) {
    const char *type = json_string_value(json_object_get(declaration, "Type"));
    bool list = type && (cfn_starts_with(type, "List<") || strcmp(type, "CommaDelimitedList") == 0);
    bool stored = type && cfn_starts_with(type, "AWS::SSM::Parameter::Value");
    return cfn_map({"Type", cfn_str(stored ? type : list ? "CommaDelimitedList" : "String")});
}

static void evaluate(struct cfn__side *side) {
    json_t *body = json_copy(side->body), *declarations = json_object(), *declaration;
    const char *name;
    json_object_foreach(json_object_get(side->body, "Parameters"), name, declaration)
        json_object_set_new(declarations, name, plain_declaration(declaration));
    json_object_set_new(body, "Parameters", declarations);
    json_array_append_new(side->owned, body);
    if (!can_tell_conditions(side))
        return;
    set_unknown(&side->world);
    side->evaluation = cfn_evaluation_new(body, side->texts, &side->world, side->diags);
}

void cfn__sides_evaluate(struct cfn__side *before, struct cfn__side *after) {
    evaluate(before);
    evaluate(after);
    if (before->evaluation && after->evaluation)
        return;
    cfn_evaluation_free(before->evaluation);
    cfn_evaluation_free(after->evaluation);
    before->evaluation = after->evaluation = NULL;
}

/* A condition that is not declared cannot be false. */
bool cfn__side_has(const struct cfn__side *side, json_t *item) {
    const char *name = json_string_value(json_object_get(item, "Condition"));
    bool declared = name && json_object_get(json_object_get(side->body, "Conditions"), name);
    return item && (!declared || !side->evaluation || cfn_evaluation_has(side->evaluation, item));
}

json_t *cfn__side_value(struct cfn__side *side, json_t *value, bool *evaluated) {
    json_t *result = side->evaluation && value
                         ? cfn_evaluate(side->evaluation, value, "Resources", side->diags)
                         : NULL;
    if (evaluated)
        *evaluated = result != NULL;
    if (!result)
        return value;
    json_array_append_new(side->owned, result);
    return result;
}
