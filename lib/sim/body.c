/* Templates' texts, read once each: what is known of one by itself. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const iam_types[][2] = {{"AWS::IAM::AccessKey", ""},
                                           {"AWS::IAM::Group", "GroupName"},
                                           {"AWS::IAM::InstanceProfile", "InstanceProfileName"},
                                           {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
                                           {"AWS::IAM::Policy", ""},
                                           {"AWS::IAM::Role", "RoleName"},
                                           {"AWS::IAM::User", "UserName"},
                                           {"AWS::IAM::UserToGroupAddition", ""}};

const json_t *cfn__body_section(const struct cfn__body *body, const char *name) {
    return json_object_get(body->value, name);
}

static void note_iam(struct cfn__body *body, const char *id, const json_t *resource) {
    const char *type = json_string_value(json_object_get(resource, "Type"));
    if (!type || !cfn_starts_with(type, "AWS::IAM::"))
        return;
    for (size_t i = 0; i < sizeof iam_types / sizeof *iam_types; i++) {
        if (strcmp(iam_types[i][0], type) != 0)
            continue;
        json_array_append_new(body->iam, json_string(id));
        if (json_object_get(json_object_get(resource, "Properties"), iam_types[i][1]))
            body->named_iam = true;
    }
}

static void note_resources(struct cfn__body *body) {
    const char *id;
    json_t *resource;
    json_object_foreach(json_object_get(body->value, "Resources"), id, resource) {
        json_object_set_new(body->needs, id, cfn_references(body->value, resource));
        note_iam(body, id, resource);
    }
}

static void note_transforms(struct cfn__body *body) {
    json_t *transform = json_object_get(body->value, "Transform");
    if (json_is_array(transform))
        json_array_extend(body->transforms, transform);
    else if (transform)
        json_array_append(body->transforms, transform);
}

static void read_body(struct cfn__body *body) {
    struct cfn_diags *diags = cfn_diags_new();
    body->needs = json_object();
    body->broken = json_object();
    body->transforms = json_array();
    body->iam = json_array();
    body->value = cfn_template_read("template", body->text, body->size, diags);
    if (!body->value) {
        body->refusal = cfn__unreadable(body, diags);
    } else {
        const struct cfn_check check = {.find = cfn_find_any};
        cfn_check_template(body->value, &check, diags);
        body->refusal = cfn__refusal_of(body, diags);
        note_transforms(body);
        if (!body->refusal)
            note_resources(body);
    }
    cfn_diags_free(diags);
}

struct cfn__body *cfn__body_of(struct cfn_sim *sim, const char *text, size_t size) {
    char key[40];
    snprintf(key, sizeof key, "%016llx-%zu", (unsigned long long)cfn__sim_hash(text, size), size);
    struct cfn__body *body = cfn__map_get(&sim->bodies, key);
    if (body && body->size == size && memcmp(body->text, text, size) == 0)
        return cfn__body_keep(body);
    bool known = body;
    body = cfn__alloc(sizeof *body);
    body->users = 1;
    body->text = cfn__alloc(size + 1);
    memcpy(body->text, text, size);
    body->size = size;
    read_body(body);
    if (!known)
        cfn__map_put(&sim->bodies, key, cfn__body_keep(body));
    return body;
}

struct cfn__body *cfn__body_keep(struct cfn__body *body) {
    body->users++;
    return body;
}

void cfn__body_drop(struct cfn__body *body) {
    if (!body || --body->users)
        return;
    json_decref(body->value);
    json_decref(body->broken);
    json_decref(body->needs);
    json_decref(body->transforms);
    json_decref(body->iam);
    free(body->refusal);
    free(body->text);
    free(body);
}
