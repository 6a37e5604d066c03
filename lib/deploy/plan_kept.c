/* What stays in the account when a stack goes, and what must be emptied before it can go. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static const char *policy_of(const struct cfn__job *job, const char *id) {
    const json_t *resource = json_object_get(json_object_get(job->now.body, "Resources"), id);
    const char *policy = json_string_value(json_object_get(resource, "DeletionPolicy"));
    return policy ? policy : "Delete";
}

static json_t *as_kept(const json_t *resource) {
    return json_pack("{s:s, s:s, s:s}", "logical_id",
                     cfn_output_text(resource, "LogicalResourceId"), "type",
                     cfn_output_text(resource, "ResourceType"), "physical_id",
                     cfn_output_text(resource, "PhysicalResourceId"));
}

static void judge(const struct cfn_engine *engine, struct cfn__job *job, const json_t *resource) {
    const char *status = cfn_output_text(resource, "ResourceStatus");
    const char *physical = cfn_output_text(resource, "PhysicalResourceId");
    const char *policy = policy_of(job, cfn_output_text(resource, "LogicalResourceId"));
    bool skipped = strcmp(status, "DELETE_SKIPPED") == 0;
    if (strcmp(status, "DELETE_COMPLETE") == 0 || !*physical)
        return;
    if (skipped || cfn_starts_with(policy, "Retain"))
        json_array_append_new(job->kept, as_kept(resource));
    else if (engine->goal == CFN_DESTROY && job->target->may_delete_data &&
             strcmp(policy, "Delete") == 0 &&
             strcmp(cfn_output_text(resource, "ResourceType"), "AWS::S3::Bucket") == 0)
        json_array_append_new(job->buckets, json_string(physical));
}

void cfn__plan_kept(struct cfn_engine *engine, struct cfn__job *job) {
    bool goes = job->action == CFN_ACT_DELETE || job->action == CFN_ACT_RECREATE;
    if (!goes)
        return;
    cfn__set_json(&job->kept, json_array());
    cfn__set_json(&job->buckets, json_array());
    for (size_t i = 0; i < json_array_size(job->now.resources); i++)
        judge(engine, job, json_array_get(job->now.resources, i));
    if (job->action != CFN_ACT_RECREATE || json_array_size(job->kept) == 0)
        return;
    /* What stays would stand in the way of what is created by the same name. */
    job->adopts = true;
    job->reason = cfn__word(job,
                            "%s; deleted and created anew; %zu of its resources stay in the "
                            "account, and those with a name of their own are taken into it again",
                            job->reason, json_array_size(job->kept));
}
