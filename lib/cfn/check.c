#include "checker.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PARAMETERS = 200, MOST_MAPPINGS = 200, MOST_RESOURCES = 500, MOST_OUTPUTS = 200 };

/* jansson iterates only over what it could change; nothing here changes the body. */
static json_t *walkable(const json_t *body) {
    json_t *value;
    memcpy(&value, &body, sizeof value);
    return value;
}

static void check_limits(struct cfn__checker *c) {
    cfn__check_limit(c, "Parameters", c->parameters, MOST_PARAMETERS);
    cfn__check_limit(c, "Mappings", c->mappings, MOST_MAPPINGS);
    cfn__check_limit(c, "Resources", c->resources, MOST_RESOURCES);
    cfn__check_limit(c, "Outputs", c->outputs, MOST_OUTPUTS);
}

static void check_body(struct cfn__checker *c) {
    if (!cfn__check_whole(c))
        return;
    cfn__check_sections(c);
    check_limits(c);
    if (c->macro)
        return;
    cfn__check_parameters(c);
    cfn__check_mappings(c);
    cfn__check_conditions(c);
    cfn__check_resources(c);
    cfn__check_outputs(c);
}

int cfn_check_template(const json_t *body, const struct cfn_check *check, struct cfn_diags *diags) {
    size_t errors = cfn_diags_errors(diags);
    struct cfn__checker c = {.check = check,
                             .diags = diags,
                             .patterns = cfn__patterns_new(),
                             .body = walkable(body),
                             .where = CFN__IN_VALUES};
    check_body(&c);
    cfn__patterns_free(c.patterns);
    free(c.edges.items);
    cfn_arena_done(&c.arena);
    return cfn_diags_errors(diags) > errors ? -1 : 0;
}
