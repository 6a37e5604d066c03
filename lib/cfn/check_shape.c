/* The frame of a template: how deep and large it is, which sections it has, which transforms. */
#include "checker.h"

#include <string.h>

enum {
    MOST_NODES = 2000000,
    MOST_BYTES = 1048576,
    WORST_ESCAPE = 6, /* \u0001 for one byte */
    LONGEST_DESCRIPTION = 1024,
    LONGEST_ID = 255
};

struct measure {
    struct cfn__checker *checker;
    size_t nodes, bytes;
    bool refused;
};

static void measure(struct measure *m, json_t *value, const struct cfn_path *path, unsigned depth);

static void measure_members(struct measure *m, json_t *value, const struct cfn_path *path,
                            unsigned depth) {
    const char *key;
    json_t *member;
    json_object_foreach(value, key, member) {
        m->bytes += strlen(key) + 4;
        measure(m, member, &(struct cfn_path){path, key, 0}, depth + 1);
    }
}

static void measure_items(struct measure *m, json_t *value, const struct cfn_path *path,
                          unsigned depth) {
    size_t index;
    json_t *item;
    json_array_foreach(value, index, item) {
        measure(m, item, &(struct cfn_path){path, NULL, index}, depth + 1);
    }
}

static void refuse(struct measure *m, const struct cfn_path *path, const char *why, int most) {
    if (!m->refused)
        cfn__tell(m->checker, "template.limit", path, "%s than %d", why, most);
    m->refused = true;
}

static void measure(struct measure *m, json_t *value, const struct cfn_path *path, unsigned depth) {
    if (depth > CFN__MOST_DEPTH)
        refuse(m, NULL, "must not be nested deeper", CFN__MOST_DEPTH);
    if (++m->nodes > MOST_NODES)
        refuse(m, NULL, "must not have more values", MOST_NODES);
    if (m->refused)
        return;
    m->bytes += 2 + (json_is_string(value) ? json_string_length(value) : 6);
    if (json_is_null(value))
        cfn__tell(m->checker, "template.shape", path,
                  "must not be null: leave it out, or write Ref: AWS::NoValue");
    else if (json_is_object(value))
        measure_members(m, value, path, depth);
    else if (json_is_array(value))
        measure_items(m, value, path, depth);
}

bool cfn__check_whole(struct cfn__checker *c) {
    if (!json_is_object(c->body)) {
        cfn__tell(c, "template.shape", NULL, "a template must be an object of sections");
        return false;
    }
    struct measure m = {.checker = c};
    measure(&m, c->body, NULL, 0);
    if (m.refused)
        return false;
    if (m.bytes > MOST_BYTES / WORST_ESCAPE &&
        json_dumpb(c->body, NULL, 0, JSON_COMPACT) > MOST_BYTES)
        cfn__tell(c, "template.limit", NULL,
                  "must be at most 1 MB: split it, or move data out of it");
    return true;
}

void cfn__check_limit(struct cfn__checker *c, const char *section, json_t *entries, size_t most) {
    struct cfn_path path = {.key = section};
    if (json_object_size(entries) > most)
        cfn__tell(c, "template.limit", &path, "must have at most %zu entries, not %zu", most,
                  json_object_size(entries));
}

void cfn__check_id(struct cfn__checker *c, const char *id, const struct cfn_path *path) {
    static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t size = strspn(id, legal);
    if (id[size] != '\0' || size == 0)
        cfn__tell(c, "template.shape", path, "must be named with letters and digits only, not '%s'",
                  cfn__shown(c, id));
    else if (size > LONGEST_ID)
        cfn__tell(c, "template.limit", path, "must have a name of at most %d characters, not %zu",
                  LONGEST_ID, size);
}

static bool listed(const char *const *names, const char *name) {
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

void cfn__check_keys(struct cfn__checker *c, json_t *object, const char *const *names,
                     const char *code, const char *noun, const struct cfn_path *path) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (listed(names, key) || cfn_starts_with(key, "Fn::ForEach") ||
            strcmp(key, "Fn::Transform") == 0)
            continue;
        cfn__tell(c, code, &(struct cfn_path){path, key, 0}, "there is no %s '%s'", noun,
                  cfn__shown(c, key));
        cfn__did_you_mean(c, cfn__near_of(key, names));
    }
}

/* These add resources and leave what is written as it is. */
static const char *const adding_transforms[] = {"AWS::CodeDeployBlueGreen",
                                                "AWS::SecretsManager-2020-07-23",
                                                "AWS::SecretsManager-2024-09-16", NULL};

static void note_transform(struct cfn__checker *c, json_t *transform) {
    if (json_is_object(transform))
        transform = json_object_get(transform, "Name");
    const char *name = json_string_value(transform);
    if (cfn_same(name, "AWS::LanguageExtensions"))
        c->extensions = true;
    else if (cfn_same(name, "AWS::Serverless-2016-10-31"))
        c->serverless = c->more_ids = c->more_conditions = true;
    else if (name && listed(adding_transforms, name))
        c->more_ids = true;
    else
        c->macro = true;
}

static void note_transforms(struct cfn__checker *c) {
    json_t *transform = json_object_get(c->body, "Transform"), *item;
    size_t index;
    if (json_is_array(transform)) {
        json_array_foreach(transform, index, item) note_transform(c, item);
    } else if (transform) {
        note_transform(c, transform);
    }
    if (json_object_get(c->body, "Fn::Transform"))
        c->macro = true;
}

/* An object, or NULL: told where it is something else. */
static json_t *section(struct cfn__checker *c, const char *name) {
    json_t *entries = json_object_get(c->body, name);
    struct cfn_path path = {.key = name};
    if (entries && !json_is_object(entries) && !json_is_null(entries) && !c->macro)
        cfn__tell(c, "template.shape", &path, "must be an object, not %s",
                  cfn__described(c, entries));
    return json_is_object(entries) ? entries : NULL;
}

/* Entries that a loop writes, which only one transform understands. */
static void check_loops(struct cfn__checker *c, json_t *entries, const char *name) {
    struct cfn_path path = {.key = name};
    const char *key;
    json_t *value;
    json_object_foreach(entries, key, value) {
        if (cfn_starts_with(key, "Fn::ForEach") && !c->extensions)
            cfn__tell(c, "function.unknown", &(struct cfn_path){&path, key, 0},
                      "needs 'Transform: AWS::LanguageExtensions'");
    }
}

static void find_sections(struct cfn__checker *c) {
    c->parameters = section(c, "Parameters");
    c->mappings = section(c, "Mappings");
    c->conditions = section(c, "Conditions");
    c->resources = section(c, "Resources");
    c->outputs = section(c, "Outputs");
    c->more_ids |= cfn__is_unfinished(c->resources);
    c->more_maps |= cfn__is_unfinished(c->mappings);
    c->more_conditions |= cfn__is_unfinished(c->conditions);
}

static void check_version(struct cfn__checker *c) {
    json_t *version = json_object_get(c->body, "AWSTemplateFormatVersion");
    struct cfn_path path = {.key = "AWSTemplateFormatVersion"};
    if (version && !json_is_null(version) && !cfn_same(json_string_value(version), "2010-09-09"))
        cfn__tell(c, "template.shape", &path, "must be '2010-09-09', not %s",
                  cfn__described(c, version));
}

static void check_description(struct cfn__checker *c) {
    json_t *description = json_object_get(c->body, "Description");
    struct cfn_path path = {.key = "Description"};
    if (!description || json_is_null(description))
        return;
    if (!json_is_string(description))
        cfn__tell(c, "template.shape", &path, "must be a string, not %s",
                  cfn__described(c, description));
    else if (json_string_length(description) > LONGEST_DESCRIPTION)
        cfn__tell(c, "template.limit", &path, "must be at most %d bytes, not %zu",
                  LONGEST_DESCRIPTION, json_string_length(description));
}

void cfn__check_sections(struct cfn__checker *c) {
    static const char *const sections[] = {"AWSTemplateFormatVersion",
                                           "Description",
                                           "Metadata",
                                           "Parameters",
                                           "Rules",
                                           "Mappings",
                                           "Conditions",
                                           "Transform",
                                           "Resources",
                                           "Outputs",
                                           "Hooks",
                                           NULL};
    note_transforms(c);
    find_sections(c);
    if (c->macro)
        return;
    if (!c->serverless)
        cfn__check_keys(c, c->body, sections, "template.section", "section", NULL);
    check_version(c);
    check_description(c);
    check_loops(c, c->conditions, "Conditions");
    check_loops(c, c->resources, "Resources");
    check_loops(c, c->outputs, "Outputs");
    if (!json_object_get(c->body, "Resources"))
        cfn__tell(c, "template.section", NULL, "must have a section Resources");
    else if (c->resources && json_object_size(c->resources) == 0)
        cfn__tell(c, "template.shape", &(struct cfn_path){.key = "Resources"},
                  "must have at least one resource");
}
