#include "checker.h"

void cfn__check_conditions(struct cfn__checker *c) {
    struct cfn_path section = {.key = "Conditions"};
    const char *name;
    json_t *expression;
    c->where = CFN__IN_CONDITIONS;
    json_object_foreach(c->conditions, name, expression) {
        if (cfn_starts_with(name, "Fn::"))
            continue;
        struct cfn_path path = {&section, name, 0}; /* the name may be any text */
        c->condition = name;
        cfn__check_truth(c, expression, &path);
    }
    c->where = CFN__IN_VALUES;
    c->condition = NULL;
    cfn__check_cycles(c, section.key, &c->edges);
    c->edges.count = 0;
}
