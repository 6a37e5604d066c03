/* What is wrong with a template, in the service's words. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

/* What a message quotes last: the name it is about. */
static char *quoted(const char *message) {
    const char *end = strrchr(message, '\''), *begin = end;
    while (begin && begin > message && *--begin != '\'')
        continue;
    if (!begin || begin == end)
        return cfn__copy("");
    char *name = cfn__copy(begin + 1);
    name[end - begin - 1] = '\0';
    return name;
}

char *cfn__unreadable(const struct cfn__body *body, const struct cfn_diags *diags) {
    const struct cfn_diag *diag = cfn_diags_count(diags) ? cfn_diags_at(diags, 0) : NULL;
    const char *blank = " \t\r\n";
    bool json = body->text[strspn(body->text, blank)] == '{';
    struct cfn_text text = {0};
    if (diag && cfn_same(diag->code, "template.duplicate"))
        cfn_text_printf(&text, "Template format error: %s", diag->message);
    else
        cfn_text_printf(&text, "Template format error: %s not well-formed.",
                        json ? "JSON" : "YAML");
    if (diag && diag->place.line)
        cfn_text_printf(&text, " (line %d, column %d)", diag->place.line, diag->place.column);
    return cfn_text_take(&text);
}

/* "Resources" of "Resources.Vpc.Properties": the section, and the name below it. */
static char *part_of(const char *path, size_t index) {
    for (; path && index > 0; index--)
        path = (path = strchr(path, '.')) ? path + 1 : NULL;
    if (!path)
        return cfn__copy("");
    char *part = cfn__copy(path);
    part[strcspn(part, ".[")] = '\0';
    return part;
}

/* A resource's own mistake is told when the resource is made. */
static void note_broken(struct cfn__body *body, const struct cfn_diag *diag) {
    char *id = part_of(diag->path, 1), *name = quoted(diag->message);
    json_t *said = json_object_get(body->broken, id);
    const char *inner = diag->path ? strstr(diag->path, ".Properties") : NULL;
    struct cfn_text text = {0};
    if (said)
        cfn_text_put(&text, json_string_value(said));
    else
        cfn_text_printf(&text, "Properties validation failed for resource %s with message:", id);
    cfn_text_put(&text, "\n[#");
    for (const char *c = inner ? inner + strlen(".Properties") : ""; *c; c++)
        if (*c != ']')
            cfn_text_write(&text, *c == '.' || *c == '[' ? "/" : c, 1);
    if (cfn_same(diag->code, "property.unknown") && *name)
        cfn_text_printf(&text, ": extraneous key [%s] is not permitted]", name);
    else
        cfn_text_printf(&text, ": %s]", diag->message);
    json_object_set_new(body->broken, id, json_string(text.data));
    cfn_text_done(&text);
    free(id);
    free(name);
}

static char *said(const char *format, ...) CFN_PRINTF(1, 2);
static char *said(const char *format, ...) {
    struct cfn_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    return cfn_text_take(&text);
}

static char *unresolved(const struct cfn_diag *diag, const char *name, const char *section) {
    const char *message = diag->message;
    char *id = part_of(diag->path, 1), *text;
    if (cfn_starts_with(message, "must be an attribute")) {
        text = said("Template error: resource %s does not support attribute type %s in Fn::GetAtt",
                    id, name);
    } else if (cfn_same(diag->code, "reference.getatt")) {
        text =
            said("Template error: instance of Fn::GetAtt references undefined resource %s", name);
    } else if (cfn_same(diag->code, "reference.mapping")) {
        text = said("Template error: Unable to get mapping for %s", name);
    } else if (cfn_same(diag->code, "reference.condition")) {
        text = said("Template format error: Unresolved condition dependency %s in the %s block of "
                    "the template",
                    name, section);
    } else {
        text = said("Template format error: Unresolved resource dependencies [%s] in the %s block "
                    "of the template",
                    name, section);
    }
    free(id);
    return text;
}

/* "a -> b -> a" as "a, b". */
static char *circular(const char *message) {
    const char *names = strstr(message, ": ");
    struct cfn_text text = {0};
    cfn_text_put(&text, "Circular dependency between resources: [");
    for (const char *c = names ? names + 2 : ""; *c;) {
        const char *arrow = strstr(c, " -> ");
        if (!arrow)
            break;
        cfn_text_printf(&text, "%s%.*s", c == names + 2 ? "" : ", ", (int)(arrow - c), c);
        c = arrow + 4;
    }
    cfn_text_put(&text, "]");
    return cfn_text_take(&text);
}

static char *unknown_types(const struct cfn_diags *diags) {
    struct cfn_text text = {0};
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        const struct cfn_diag *diag = cfn_diags_at(diags, i);
        if (!cfn_same(diag->code, "resource.type"))
            continue;
        char *name = quoted(diag->message);
        if (!text.data || !strstr(text.data, name))
            cfn_text_printf(&text, "%s%s", text.data ? ", " : "", name);
        free(name);
    }
    char *whole = said("Template format error: Unrecognized resource types: [%s]",
                       text.data ? text.data : "");
    cfn_text_done(&text);
    return whole;
}

static char *words_of(const struct cfn_diag *diag, const struct cfn_diags *diags) {
    const char *path = diag->path ? diag->path : "";
    char *name = quoted(diag->message), *section = part_of(diag->path, 0), *text;
    if (cfn_same(diag->code, "template.section"))
        text = said("Template format error: At least one Resources member must be defined.");
    else if (cfn_same(diag->code, "resource.type"))
        text = unknown_types(diags);
    else if (cfn_same(diag->code, "reference.cycle"))
        text = circular(diag->message);
    else if (cfn_starts_with(diag->code, "reference."))
        text = unresolved(diag, name, section);
    else
        text = said("%s: %s%s%s",
                    cfn_starts_with(diag->code, "function.") ? "Template error"
                                                             : "Template format error",
                    path, *path ? " " : "", diag->message);
    free(name);
    free(section);
    return text;
}

static bool is_of_a_resource(const struct cfn_diag *diag) {
    return cfn_starts_with(diag->code, "property.") && diag->path &&
           cfn_starts_with(diag->path, "Resources.");
}

char *cfn__refusal_of(struct cfn__body *body, const struct cfn_diags *diags) {
    char *refusal = NULL;
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        const struct cfn_diag *diag = cfn_diags_at(diags, i);
        if (diag->severity != CFN_ERROR)
            continue;
        if (is_of_a_resource(diag))
            note_broken(body, diag);
        else if (!refusal)
            refusal = words_of(diag, diags);
    }
    return refusal;
}
