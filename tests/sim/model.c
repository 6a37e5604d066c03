#include "model.h"

#include <stdio.h>
#include <string.h>

static const char *const types[] = {"AWS::SSM::Parameter", "AWS::SNS::Topic",
                                    "AWS::S3::Bucket",     "AWS::Logs::LogGroup",
                                    "AWS::SQS::Queue",     "AWS::DMS::ReplicationTask"};
enum { PARAMETER, TOPIC, BUCKET, LOG_GROUP, QUEUE, TASK, TYPES };

static void make_resource(struct model *model, int stack, int index, struct random *random) {
    struct model_resource *resource = &model->stack[stack].resources[index];
    /* CloudFormation refuses another type under the same logical id */
    int type = resource->made ? resource->type : random_below(random, TYPES);
    *resource = (struct model_resource){
        .there = true,
        .made = true,
        .keeps = random_chance(random, 50),
        .type = type,
        .value = random_below(random, 100),
        .name = model->names++,
        .refers = -1,
        .import_stack = -1,
    };
    int earlier = index > 0 ? random_below(random, index) : 0;
    if (index > 0 && random_chance(random, 40) && model->stack[stack].resources[earlier].there)
        resource->refers = earlier;
    int producer = stack > 0 ? random_below(random, stack) : 0;
    int export = random_below(random, MOST_EXPORTS);
    if (stack > 0 && random_chance(random, 45) && model->stack[producer].exports[export].there) {
        resource->import_stack = producer;
        resource->import_export = export;
    }
}

static void make_stack(struct model *model, int stack, struct random *random) {
    struct model_stack *own = &model->stack[stack];
    int resources = 1 + random_below(random, MOST_RESOURCES);
    own->may_delete = random_chance(random, 30);
    for (int i = 0; i < resources; i++)
        make_resource(model, stack, i, random);
    for (int i = 0; i < MOST_EXPORTS; i++)
        if (random_chance(random, 50))
            own->exports[i] = (struct model_export){true, random_below(random, resources)};
}

void model_make(struct model *model, struct random *random) {
    memset(model, 0, sizeof *model);
    model->stacks = 1 + random_below(random, MOST_STACKS);
    for (int i = 0; i < model->stacks; i++)
        make_stack(model, i, random);
}

static bool is_exported(const struct model_stack *stack, int resource) {
    for (int i = 0; i < MOST_EXPORTS; i++)
        if (stack->exports[i].there && stack->exports[i].resource == resource)
            return true;
    return false;
}

static void drop_imports(struct model *model, int producer, int export) {
    for (int i = 0; i < model->stacks; i++)
        for (int j = 0; j < MOST_RESOURCES; j++) {
            struct model_resource *resource = &model->stack[i].resources[j];
            if (resource->import_stack == producer && resource->import_export == export)
                resource->import_stack = -1;
        }
}

/* A resource goes when nothing in its stack refers to it or exports it. */
static void remove_resource(struct model_stack *stack, int index) {
    int others = 0;
    for (int i = 0; i < MOST_RESOURCES; i++) {
        if (!stack->resources[i].there || i == index)
            continue;
        others++;
        if (stack->resources[i].refers == index)
            stack->resources[i].refers = -1;
    }
    if (others > 0 && !is_exported(stack, index))
        stack->resources[index].there = false;
}

static void change_export(struct model *model, int stack, struct random *random) {
    int export = random_below(random, MOST_EXPORTS);
    struct model_stack *own = &model->stack[stack];
    int resource = random_below(random, MOST_RESOURCES);
    if (own->exports[export].there) {
        own->exports[export].there = false;
        drop_imports(model, stack, export);
        if (random_chance(random, 50))
            remove_resource(own, own->exports[export].resource);
    } else if (own->resources[resource].there &&
               own->resources[own->exports[export].resource].there) {
        own->exports[export].there = true;
    }
}

static void change_one(struct model *model, struct random *random) {
    int stack = random_below(random, model->stacks), index = random_below(random, MOST_RESOURCES);
    struct model_stack *own = &model->stack[stack];
    struct model_resource *resource = &own->resources[index];
    switch (random_below(random, 6)) {
    case 0:
    case 1:
        resource->value = random_below(random, 100);
        break;
    case 2:
        if (!is_exported(own, index))
            resource->name = model->names++;
        break;
    case 3:
        if (!resource->there)
            make_resource(model, stack, index, random);
        break;
    case 4:
        remove_resource(own, index);
        break;
    default:
        change_export(model, stack, random);
    }
}

void model_change(struct model *model, struct random *random) {
    for (int changes = 1 + random_below(random, 5); changes > 0; changes--)
        change_one(model, random);
}

/* What a resource's value says: a reference, an import, or a plain text. */
static cfn_value text_of(const struct model_resource *resource, const struct platform *platform) {
    char id[16];
    if (resource->import_stack >= 0)
        return cfn_map(
            {"Fn::ImportValue", cfn_fmt("%s-E%d", platform->stack_names[resource->import_stack],
                                        resource->import_export)});
    if (resource->refers >= 0) {
        snprintf(id, sizeof id, "R%d", resource->refers);
        return cfn_join("-", cfn_list(cfn_ref(id), cfn_fmt("%d", resource->value)));
    }
    return cfn_fmt("v%d", resource->value);
}

static cfn_value properties_of(const struct model_resource *resource,
                               const struct platform *platform) {
    cfn_value text = text_of(resource, platform);
    switch (resource->type) {
    case PARAMETER:
        return cfn_map({"Name", cfn_fmt("p-%d", resource->name)}, {"Type", cfn_str("String")},
                       {"Value", text});
    case TOPIC:
        return cfn_map({"TopicName", cfn_fmt("t-%d", resource->name)}, {"DisplayName", text});
    case BUCKET:
        return cfn_map({"BucketName", cfn_fmt("bucket-%d", resource->name)},
                       {"Tags", cfn_list(cfn_map({"Key", cfn_str("k")}, {"Value", text}))});
    case LOG_GROUP:
        return cfn_map({"LogGroupName", cfn_fmt("l-%d", resource->name)},
                       {"Tags", cfn_list(cfn_map({"Key", cfn_str("k")}, {"Value", text}))});
    case TASK:
        return cfn_map({"ReplicationTaskIdentifier", cfn_fmt("r-%d", resource->name)},
                       {"MigrationType", cfn_str("cdc")}, {"TableMappings", text},
                       {"ReplicationInstanceArn", cfn_str("arn:aws:dms:us-east-1:1:rep:I")},
                       {"SourceEndpointArn", cfn_str("arn:aws:dms:us-east-1:1:endpoint:S")},
                       {"TargetEndpointArn", cfn_str("arn:aws:dms:us-east-1:1:endpoint:T")});
    default:
        return cfn_map({"QueueName", cfn_fmt("q-%d", resource->name)},
                       {"Tags", cfn_list(cfn_map({"Key", cfn_str("k")}, {"Value", text}))});
    }
}

static json_t *body_of(const struct model_stack *stack, const struct platform *platform,
                       const char *stack_name) {
    json_t *resources = json_object(), *outputs = json_object();
    char id[16];
    for (int i = 0; i < MOST_RESOURCES; i++) {
        const struct model_resource *resource = &stack->resources[i];
        if (!resource->there)
            continue;
        const char *policy = resource->keeps ? "Retain" : "Delete";
        snprintf(id, sizeof id, "R%d", i);
        json_object_set_new(resources, id,
                            cfn_map({"Type", cfn_str(types[resource->type])},
                                    {"DeletionPolicy", cfn_str(policy)},
                                    {"UpdateReplacePolicy", cfn_str(policy)},
                                    {"Properties", properties_of(resource, platform)}));
    }
    for (int i = 0; i < MOST_EXPORTS; i++) {
        if (!stack->exports[i].there)
            continue;
        char target[16];
        snprintf(id, sizeof id, "E%d", i);
        snprintf(target, sizeof target, "R%d", stack->exports[i].resource);
        json_object_set_new(
            outputs, id,
            cfn_map({"Value", cfn_ref(target)},
                    {"Export", cfn_map({"Name", cfn_fmt("%s-%s", stack_name, id)})}));
    }
    json_t *body =
        json_pack("{s:s, s:o}", "AWSTemplateFormatVersion", "2010-09-09", "Resources", resources);
    if (json_object_size(outputs) > 0)
        json_object_set(body, "Outputs", outputs);
    json_decref(outputs);
    return body;
}

static size_t needs_of(const struct model_stack *stack, struct platform *platform, int index) {
    size_t count = 0;
    bool needed[MOST_STACKS] = {false};
    for (int i = 0; i < MOST_RESOURCES; i++)
        if (stack->resources[i].there && stack->resources[i].import_stack >= 0)
            needed[stack->resources[i].import_stack] = true;
    for (int i = 0; i < MOST_STACKS; i++)
        if (needed[i])
            platform->needs[index][count++] = platform->names[i];
    return count;
}

void platform_of(const struct model *model, struct platform *platform, int tag) {
    memset(platform, 0, sizeof *platform);
    platform->count = (size_t)model->stacks;
    platform->tags = json_pack("{s:s, s:o}", "Project", "p", "Version", cfn_fmt("%d", tag));
    for (int i = 0; i < model->stacks; i++) {
        snprintf(platform->names[i], sizeof platform->names[i], "s%d", i);
        snprintf(platform->stack_names[i], sizeof platform->stack_names[i], "p-s%d", i);
    }
    for (int i = 0; i < model->stacks; i++) {
        platform->bodies[i] = body_of(&model->stack[i], platform, platform->stack_names[i]);
        platform->targets[i] = (struct cfn_target){
            .name = platform->names[i],
            .stack_name = platform->stack_names[i],
            .body = platform->bodies[i],
            .needs = {platform->needs[i], needs_of(&model->stack[i], platform, i)},
            .tags = platform->tags,
            .may_delete_data = model->stack[i].may_delete,
        };
    }
}

void platform_done(struct platform *platform) {
    for (size_t i = 0; i < platform->count; i++)
        json_decref(platform->bodies[i]);
    json_decref(platform->tags);
}
