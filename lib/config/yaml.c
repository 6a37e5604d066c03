/*
 * YAML text into nodes: the only file that knows libyaml.
 *
 * It reads events, not libyaml's documents: a document is built before anything can be counted, so
 * that a small text of aliases or brackets would cost much memory and time before it is refused. By
 * recursion over events the limits hold while reading, and an alias cannot name what is not
 * complete.
 */
#include "node.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { MOST_NODES = 100000, MOST_ANCHORS = 1000, DEEPEST = 32 };

struct anchor {
    const char *name;
    const struct cfn__node *node; /* NULL as long as it is being read */
    size_t weight;                /* how many nodes it has */
};

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one to be read next; none after a failure */
    bool failed;
    const struct cfn__text_source *source;
    struct cfn_arena *arena;
    struct cfn_diags *diags;
    CFN_ARRAY(struct anchor) anchors;
    size_t nodes;
    int depth;
};

static struct cfn_place place_of(const struct reader *r, yaml_mark_t mark) {
    if (r->source->origin)
        return (struct cfn_place){0};
    return (struct cfn_place){r->source->file, (int)mark.line + 1, (int)mark.column + 1};
}

/* Gives up reading: what is told is the last thing of this text. */
static void stop(struct reader *r) {
    if (!r->failed)
        yaml_event_delete(&r->event);
    r->failed = true;
}

/* libyaml says what it met; what its writer meant is often this. */
static const char *advice(const char *problem) {
    static const struct {
        const char *problem, *advice;
    } known[] = {
        {"cannot start any token",
         "indent with spaces, not with tabs; quote texts that begin with @ or `"},
        {"mapping values are not allowed", "quote texts that contain a colon and a blank"},
    };
    for (size_t i = 0; problem && i < sizeof known / sizeof *known; i++)
        if (strstr(problem, known[i].problem))
            return known[i].advice;
    return NULL;
}

static void tell_syntax(struct reader *r) {
    const yaml_parser_t *p = &r->parser;
    bool marked = p->error == YAML_SCANNER_ERROR || p->error == YAML_PARSER_ERROR;
    const char *hint = advice(p->problem);
    cfn_fail(r->diags, "config.syntax", place_of(r, marked ? p->problem_mark : p->mark), NULL,
             "must be YAML: %s", p->problem ? p->problem : "it cannot be read");
    if (hint)
        cfn_hint(r->diags, "%s", hint);
    else if (marked && p->context)
        cfn_hint(r->diags, "%s that begins in line %zu", p->context, p->context_mark.line + 1);
}

static void advance(struct reader *r) {
    if (r->failed)
        return;
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(&r->parser, &r->event))
        return;
    r->failed = true;
    tell_syntax(r);
}

static bool at_end(const struct reader *r, yaml_event_type_t end) {
    return r->failed || r->event.type == end;
}

static const char *kept(struct reader *r, const yaml_char_t *text, size_t size) {
    return cfn_arena_copy(r->arena, (const char *)text, size);
}

static const char *kept_name(struct reader *r, const yaml_char_t *text) {
    return text ? kept(r, text, strlen((const char *)text)) : NULL;
}

static bool count_nodes(struct reader *r, size_t more) {
    r->nodes += more;
    if (r->nodes <= MOST_NODES)
        return true;
    cfn_fail(r->diags, "config.limit", place_of(r, r->event.start_mark), NULL,
             "must have at most %d values, counting each use of an alias", MOST_NODES);
    stop(r);
    return false;
}

static struct cfn__node *new_node(struct reader *r, enum cfn__node_kind kind) {
    struct cfn__node *node = cfn_arena_take(r->arena, sizeof *node);
    node->kind = kind;
    node->place = place_of(r, r->event.start_mark);
    node->origin = r->source->origin;
    count_nodes(r, 1);
    return node;
}

static void refuse_tag(struct reader *r, const yaml_char_t *tag) {
    static const char core[] = "tag:yaml.org,2002:"; /* which is written !! */
    struct cfn__quote quote;
    const char *text = (const char *)tag;
    if (!tag)
        return;
    bool is_core = cfn_starts_with(text, core);
    cfn_fail(r->diags, "config.syntax", place_of(r, r->event.start_mark), NULL,
             "must be written without a tag, not '%s%s", is_core ? "!!" : "",
             cfn__quoted_text(is_core ? text + strlen(core) : text, &quote) + 1);
}

/* The index of a fresh anchor, or SIZE_MAX where the node has none. */
static size_t open_anchor(struct reader *r, const yaml_char_t *name) {
    if (!name || r->failed)
        return SIZE_MAX;
    if (r->anchors.count == MOST_ANCHORS) {
        cfn_fail(r->diags, "config.limit", place_of(r, r->event.start_mark), NULL,
                 "must have at most %d anchors", MOST_ANCHORS);
        stop(r);
        return SIZE_MAX;
    }
    *CFN_PUSH(&r->anchors) = (struct anchor){.name = kept_name(r, name), .weight = r->nodes};
    return r->anchors.count - 1;
}

static void close_anchor(struct reader *r, size_t index, const struct cfn__node *node) {
    if (index == SIZE_MAX)
        return;
    struct anchor *anchor = &r->anchors.items[index];
    anchor->node = node;
    anchor->weight = r->nodes - anchor->weight + 1;
}

static bool is_null(const char *text) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        if (strcmp(text, nulls[i]) == 0)
            return true;
    return false;
}

static const struct cfn__node *read_scalar(struct reader *r) {
    struct cfn__node *node = new_node(r, CFN__SCALAR);
    if (r->failed)
        return NULL;
    size_t length = r->event.data.scalar.length;
    node->text = kept(r, r->event.data.scalar.value, length);
    node->plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->nothing = node->plain && is_null(node->text);
    if (strlen(node->text) != length)
        cfn_fail(r->diags, "config.syntax", node->place, NULL,
                 "must not contain the character U+0000");
    refuse_tag(r, r->event.data.scalar.tag);
    close_anchor(r, open_anchor(r, r->event.data.scalar.anchor), node);
    advance(r);
    return node;
}

static const struct cfn__node *read_alias(struct reader *r) {
    const char *name = (const char *)r->event.data.alias.anchor;
    struct cfn_place place = place_of(r, r->event.start_mark);
    size_t i = r->anchors.count;
    while (i > 0 && strcmp(r->anchors.items[i - 1].name, name) != 0)
        i--;
    const struct anchor *anchor = i > 0 ? &r->anchors.items[i - 1] : NULL;
    if (!anchor || !anchor->node) {
        cfn_fail(r->diags, "config.syntax", place, NULL,
                 anchor ? "must not stand inside what it names: the alias '*%s'"
                        : "must name an anchor that stands before it, not '*%s'",
                 name);
        stop(r);
        return NULL;
    }
    const struct cfn__node *node = anchor->node;
    if (count_nodes(r, anchor->weight))
        advance(r);
    return node;
}

static const struct cfn__node *read_node(struct reader *r);

/* Members grow outside the arena, which could not take back what they outgrow. */
typedef CFN_ARRAY(struct cfn__member) member_array;

static void keep_members(struct reader *r, struct cfn__node *node, member_array *members) {
    if (members->count) {
        size_t size = members->count * sizeof *members->items;
        node->members = memcpy(cfn_arena_take(r->arena, size), members->items, size);
        node->count = members->count;
    }
    free(members->items);
}

static const struct cfn__node *read_sequence(struct reader *r) {
    struct cfn__node *node = new_node(r, CFN__SEQUENCE);
    if (r->failed)
        return NULL;
    refuse_tag(r, r->event.data.sequence_start.tag);
    size_t anchor = open_anchor(r, r->event.data.sequence_start.anchor);
    member_array items = {0};
    for (advance(r); !at_end(r, YAML_SEQUENCE_END_EVENT);)
        *CFN_PUSH(&items) = (struct cfn__member){NULL, read_node(r)};
    keep_members(r, node, &items);
    close_anchor(r, anchor, node);
    advance(r);
    return node;
}

static const struct cfn__node *read_mapping(struct reader *r) {
    struct cfn__node *node = new_node(r, CFN__MAPPING);
    if (r->failed)
        return NULL;
    refuse_tag(r, r->event.data.mapping_start.tag);
    size_t anchor = open_anchor(r, r->event.data.mapping_start.anchor);
    member_array members = {0};
    for (advance(r); !at_end(r, YAML_MAPPING_END_EVENT);) {
        const struct cfn__node *key = read_node(r);
        const struct cfn__node *value = r->failed ? NULL : read_node(r);
        if (value && cfn__key_is_usable(key, r->diags))
            *CFN_PUSH(&members) = (struct cfn__member){key, value};
    }
    cfn__refuse_duplicates(members.items, members.count, r->diags);
    keep_members(r, node, &members);
    close_anchor(r, anchor, node);
    advance(r);
    return node;
}

static const struct cfn__node *read_collection(struct reader *r) {
    if (r->depth == DEEPEST) {
        cfn_fail(r->diags, "config.limit", place_of(r, r->event.start_mark), NULL,
                 "must be nested at most %d deep", DEEPEST);
        stop(r);
        return NULL;
    }
    r->depth++;
    const struct cfn__node *node =
        r->event.type == YAML_SEQUENCE_START_EVENT ? read_sequence(r) : read_mapping(r);
    r->depth--;
    return node;
}

static const struct cfn__node *read_node(struct reader *r) {
    switch (r->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r);
    case YAML_ALIAS_EVENT:
        return read_alias(r);
    default:
        return read_collection(r);
    }
}

/* The events of a text are: stream start, {document start, node, document end}, stream end. */
static const struct cfn__node *read_document(struct reader *r) {
    advance(r);
    advance(r);
    if (at_end(r, YAML_STREAM_END_EVENT))
        return r->failed ? NULL : new_node(r, CFN__MAPPING);
    advance(r);
    const struct cfn__node *root = r->failed ? NULL : read_node(r);
    advance(r);
    if (!at_end(r, YAML_STREAM_END_EVENT))
        cfn_fail(r->diags, "config.syntax", place_of(r, r->event.start_mark), NULL,
                 "must be one YAML document: a second one begins here");
    return r->failed ? NULL : root;
}

const struct cfn__node *cfn__yaml_read(struct cfn_arena *arena,
                                       const struct cfn__text_source *source,
                                       struct cfn_diags *diags) {
    struct cfn__text_source rest = *source;
    if (!cfn__text_begin(&rest, diags))
        return NULL;
    struct reader r = {.source = &rest, .arena = arena, .diags = diags};
    if (!yaml_parser_initialize(&r.parser))
        free(cfn__alloc((size_t)-1)); /* reports through the hook, and aborts */
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)rest.text, rest.size);
    const struct cfn__node *root = read_document(&r);
    stop(&r);
    yaml_parser_delete(&r.parser);
    free(r.anchors.items);
    return root;
}
