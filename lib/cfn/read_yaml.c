/* YAML: the only file of this floor that knows libyaml. */
#include "checker.h"
#include "read.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { MOST_NODES = 500000, MOST_DUPLICATES = 20 };

struct cfn__yaml {
    const char *name;
    yaml_document_t document;
};

/* One conversion of a document to a value. parent chains lead from a node to the root, so that an
 * alias to what it stands in is told as such. */
struct reader {
    struct cfn__yaml *yaml;
    struct cfn_diags *diags;
    size_t nodes, duplicates;
    bool failed;
};

struct step {
    const struct step *parent;
    int node;
    unsigned depth;
};

static json_t *convert(struct reader *r, int node, const struct step *parent);

static struct cfn_place place_of(const struct cfn__yaml *yaml, yaml_mark_t mark) {
    return (struct cfn_place){yaml->name, (int)mark.line + 1, (int)mark.column + 1};
}

static yaml_node_t *node_of(const struct cfn__yaml *yaml, int index) {
    return &yaml->document.nodes.start[index - 1];
}

static json_t *fail(struct reader *r, const yaml_node_t *node, const char *code,
                    const char *message) {
    if (!r->failed)
        cfn_fail(r->diags, code, place_of(r->yaml, node->start_mark), NULL, "%s", message);
    r->failed = true;
    return NULL;
}

static const char *text_of(const yaml_node_t *node) {
    return (const char *)node->data.scalar.value;
}

static bool is_merge(const yaml_node_t *key) {
    return key->type == YAML_SCALAR_NODE && key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           strcmp(text_of(key), "<<") == 0;
}

static const char *function_of(const yaml_node_t *node, bool *unknown, const char **near) {
    return cfn__long_form((const char *)node->tag, unknown, near);
}

static json_t *convert_scalar(struct reader *r, const yaml_node_t *node, bool is_text) {
    size_t size = node->data.scalar.length;
    bool plain = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_text;
    if (memchr(text_of(node), '\0', size))
        return fail(r, node, "template.syntax", "must not have a NUL character in a string");
    return plain ? cfn__plain_scalar(text_of(node), size) : json_stringn(text_of(node), size);
}

static json_t *convert_list(struct reader *r, const yaml_node_t *node, const struct step *step) {
    json_t *list = json_array();
    for (yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top && !r->failed; item++) {
        json_t *value = convert(r, *item, step);
        if (value)
            json_array_append_new(list, value);
    }
    return list;
}

static const yaml_node_t *first_of(const struct cfn__yaml *yaml, const yaml_node_t *map,
                                   const char *name) {
    yaml_node_pair_t *pair = map->data.mapping.pairs.start;
    for (; pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = node_of(yaml, pair->key);
        if (key->type == YAML_SCALAR_NODE && strcmp(text_of(key), name) == 0)
            return key;
    }
    return NULL;
}

/* Told without stopping, but for the sake of large files not without end. */
static void tell_duplicate(struct reader *r, const yaml_node_t *map, const yaml_node_t *key) {
    const yaml_node_t *first = first_of(r->yaml, map, text_of(key));
    if (r->duplicates++ >= MOST_DUPLICATES || !first)
        return;
    cfn_fail(r->diags, "template.duplicate", place_of(r->yaml, key->start_mark), NULL,
             "must be given once, first on line %d: '%.80s'", (int)first->start_mark.line + 1,
             text_of(key));
}

static bool check_key(struct reader *r, const yaml_node_t *key) {
    const char *near;
    bool unknown;
    if (key->type != YAML_SCALAR_NODE || function_of(key, &unknown, &near) || unknown)
        fail(r, key, "template.syntax", "must have a string as key");
    else if (memchr(text_of(key), '\0', key->data.scalar.length))
        fail(r, key, "template.syntax", "must not have a NUL character in a key");
    return !r->failed;
}

/* What `<<` names: a map, or a list of maps of which an earlier one wins. What stands in the map
 * itself wins over both. */
static void merge(struct reader *r, json_t *map, const yaml_node_t *at, json_t *from) {
    size_t index;
    json_t *one;
    if (json_is_object(from))
        json_object_update_missing(map, from);
    else if (!json_is_array(from) && from)
        fail(r, at, "template.syntax", "must merge a map, or a list of maps");
    json_array_foreach(from, index, one) {
        if (json_is_object(one))
            json_object_update_missing(map, one);
        else
            fail(r, at, "template.syntax", "must merge a map, or a list of maps");
    }
    json_decref(from);
}

static void convert_pair(struct reader *r, json_t *map, const yaml_node_t *node,
                         const yaml_node_pair_t *pair, const struct step *step) {
    const yaml_node_t *key = node_of(r->yaml, pair->key);
    if (is_merge(key) || !check_key(r, key))
        return;
    if (json_object_get(map, text_of(key)))
        tell_duplicate(r, node, key);
    json_t *value = convert(r, pair->value, step);
    if (value)
        json_object_set_new(map, text_of(key), value);
}

static json_t *convert_map(struct reader *r, const yaml_node_t *node, const struct step *step) {
    json_t *map = json_object();
    yaml_node_pair_t *pairs = node->data.mapping.pairs.start;
    size_t count = (size_t)(node->data.mapping.pairs.top - pairs);
    for (size_t i = 0; i < count && !r->failed; i++)
        convert_pair(r, map, node, &pairs[i], step);
    for (size_t i = 0; i < count && !r->failed; i++)
        if (is_merge(node_of(r->yaml, pairs[i].key)))
            merge(r, map, node_of(r->yaml, pairs[i].value), convert(r, pairs[i].value, step));
    return map;
}

/* !GetAtt Resource.Attribute: what follows the first dot is the attribute. */
static json_t *split_attribute(json_t *text) {
    const char *whole = json_string_value(text), *dot = whole ? strchr(whole, '.') : NULL;
    if (!dot)
        return text;
    json_t *pair = json_array();
    json_array_append_new(pair, json_stringn(whole, (size_t)(dot - whole)));
    json_array_append_new(pair, json_string(dot + 1));
    json_decref(text);
    return pair;
}

static json_t *convert_bare(struct reader *r, const yaml_node_t *node, const struct step *step,
                            bool is_text) {
    if (node->type == YAML_SCALAR_NODE)
        return convert_scalar(r, node, is_text);
    return node->type == YAML_SEQUENCE_NODE ? convert_list(r, node, step)
                                            : convert_map(r, node, step);
}

static bool stands_in_itself(const struct step *step) {
    for (const struct step *above = step->parent; above; above = above->parent)
        if (above->node == step->node)
            return true;
    return false;
}

/* Aliases make a small text a large value: what comes out is counted, not what is written. */
static bool check_growth(struct reader *r, const yaml_node_t *node, const struct step *step) {
    if (step->depth > CFN__MOST_DEPTH && stands_in_itself(step))
        fail(r, node, "template.syntax", "must not have an alias to what it stands in");
    else if (step->depth > CFN__MOST_DEPTH)
        fail(r, node, "template.limit", "must not be nested deeper than 200");
    else if (++r->nodes > MOST_NODES)
        fail(r, node, "template.limit", "must not have more than 500000 values");
    return !r->failed;
}

static json_t *tell_tag(struct reader *r, const yaml_node_t *node, const char *near) {
    r->failed = true;
    cfn_fail(r->diags, "template.syntax", place_of(r->yaml, node->start_mark), NULL,
             "must be a function's short form, such as !Ref, not '%.80s'", (const char *)node->tag);
    if (near)
        cfn_hint(r->diags, "did you mean !%s?", near);
    return NULL;
}

static json_t *convert(struct reader *r, int index, const struct step *parent) {
    const yaml_node_t *node = node_of(r->yaml, index);
    struct step step = {parent, index, parent ? parent->depth + 1 : 0};
    bool unknown;
    const char *near, *function = function_of(node, &unknown, &near);
    if (!check_growth(r, node, &step))
        return NULL;
    if (unknown)
        return tell_tag(r, node, near);
    json_t *value = convert_bare(r, node, &step, function != NULL);
    if (!function || !value)
        return value;
    if (strcmp(function, "Fn::GetAtt") == 0)
        value = split_attribute(value);
    json_t *call = json_object();
    json_object_set_new(call, function, value);
    return call;
}

static void tell_syntax(const struct cfn__yaml *yaml, const yaml_parser_t *parser, const char *text,
                        size_t size, struct cfn_diags *diags) {
    cfn_fail(diags, "template.syntax", place_of(yaml, parser->problem_mark), NULL,
             "must be well-formed YAML: %s", parser->problem ? parser->problem : "it is not");
    if (cfn__is_indented_by_tab(text, size, parser->problem_mark.line))
        cfn_hint(diags, "indent with spaces, not with a tab");
}

/* Whether nothing follows the first document; what does is told. */
static bool ends_here(const struct cfn__yaml *yaml, yaml_parser_t *parser, const char *text,
                      size_t size, struct cfn_diags *diags) {
    yaml_document_t second;
    if (!yaml_parser_load(parser, &second)) {
        tell_syntax(yaml, parser, text, size, diags);
        return false;
    }
    const yaml_node_t *root = yaml_document_get_root_node(&second);
    if (root)
        cfn_fail(diags, "template.syntax", place_of(yaml, root->start_mark), NULL,
                 "must be one YAML document");
    yaml_document_delete(&second);
    return root == NULL;
}

static bool load(struct cfn__yaml *yaml, const char *text, size_t size, struct cfn_diags *diags) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        free(cfn__alloc((size_t)-1)); /* reports through the hook, and aborts */
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    bool loaded = yaml_parser_load(&parser, &yaml->document) != 0;
    if (!loaded)
        tell_syntax(yaml, &parser, text, size, diags);
    bool whole = loaded && ends_here(yaml, &parser, text, size, diags);
    if (loaded && !whole)
        yaml_document_delete(&yaml->document);
    yaml_parser_delete(&parser);
    return whole;
}

struct cfn__yaml *cfn__yaml_load(const char *name, const char *text, size_t size, json_t **value,
                                 struct cfn_diags *diags) {
    struct cfn__yaml *yaml = cfn__alloc(sizeof *yaml);
    struct reader r = {.yaml = yaml, .diags = diags};
    yaml->name = name;
    *value = NULL;
    if (!load(yaml, text, size, diags)) {
        free(yaml);
        return NULL;
    }
    if (yaml->document.nodes.start == yaml->document.nodes.top)
        cfn_fail(diags, "template.syntax", (struct cfn_place){name, 1, 1}, NULL,
                 "must not be empty");
    else
        *value = convert(&r, 1, NULL);
    if (*value && !r.failed && r.duplicates == 0)
        return yaml;
    json_decref(*value);
    *value = NULL;
    cfn__yaml_free(yaml);
    return NULL;
}

void cfn__yaml_free(struct cfn__yaml *yaml) {
    if (!yaml)
        return;
    yaml_document_delete(&yaml->document);
    free(yaml);
}

/* Where a walk along a path has come to. inside: past the node's own function. */
struct position {
    const yaml_node_t *node;
    yaml_mark_t mark;
    bool inside;
};

static bool enter_key(const struct cfn__yaml *yaml, struct position *p, const char *name);

static bool enter_merged(const struct cfn__yaml *yaml, struct position *p, const char *name) {
    const yaml_node_t *map = p->node;
    yaml_node_pair_t *pair = map->data.mapping.pairs.start;
    for (; pair < map->data.mapping.pairs.top; pair++) {
        struct position merged = {node_of(yaml, pair->value), p->mark, false};
        if (!is_merge(node_of(yaml, pair->key)) || merged.node->type != YAML_MAPPING_NODE)
            continue;
        if (enter_key(yaml, &merged, name)) {
            *p = merged;
            return true;
        }
    }
    return false;
}

static bool enter_key(const struct cfn__yaml *yaml, struct position *p, const char *name) {
    yaml_node_pair_t *pair = p->node->data.mapping.pairs.start;
    for (; pair < p->node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = node_of(yaml, pair->key);
        if (key->type != YAML_SCALAR_NODE || is_merge(key) || strcmp(text_of(key), name) != 0)
            continue;
        *p = (struct position){node_of(yaml, pair->value), key->start_mark, false};
        return true;
    }
    return enter_merged(yaml, p, name);
}

static bool enter_item(const struct cfn__yaml *yaml, struct position *p, size_t index) {
    yaml_node_item_t *items = p->node->data.sequence.items.start;
    if (index >= (size_t)(p->node->data.sequence.items.top - items))
        return false;
    const yaml_node_t *item = node_of(yaml, items[index]);
    *p = (struct position){item, item->start_mark, false};
    return true;
}

static bool enter(const struct cfn__yaml *yaml, struct position *p, const struct cfn_path *step) {
    const char *near, *function;
    bool unknown;
    if (!p->inside && (function = function_of(p->node, &unknown, &near))) {
        p->inside = true;
        p->mark = p->node->start_mark;
        return cfn_same(function, step->key);
    }
    if (step->key)
        return p->node->type == YAML_MAPPING_NODE && enter_key(yaml, p, step->key);
    return p->node->type == YAML_SEQUENCE_NODE && enter_item(yaml, p, step->index);
}

struct cfn_place cfn__yaml_place(const struct cfn__yaml *yaml, const struct cfn_path *path) {
    const struct cfn_path *steps[CFN__MOST_STEPS];
    size_t count = cfn__path_steps(path, steps, CFN__MOST_STEPS);
    const yaml_node_t *root = node_of(yaml, 1);
    struct position p = {root, root->start_mark, false};
    for (size_t i = 0; i < count && enter(yaml, &p, steps[i]); i++)
        continue;
    return place_of(yaml, p.mark);
}
