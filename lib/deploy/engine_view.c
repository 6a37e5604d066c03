/* The engine, and each of its stacks, as they are shown. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

const char *cfn_action_name(enum cfn_action action) {
    static const char *const names[] = {
        [CFN_ACT_NONE] = "none",         [CFN_ACT_CREATE] = "create",
        [CFN_ACT_UPDATE] = "update",     [CFN_ACT_RECREATE] = "recreate",
        [CFN_ACT_CONTINUE] = "continue", [CFN_ACT_AWAIT] = "await",
        [CFN_ACT_DELETE] = "delete",     [CFN_ACT_REFUSE] = "refuse",
    };
    return names[action];
}

const char *cfn_stage_name(enum cfn_stage stage) {
    static const char *const names[] = {
        [CFN_STAGE_WAITING] = "waiting",     [CFN_STAGE_RUNNING] = "running",
        [CFN_STAGE_DONE] = "done",           [CFN_STAGE_FAILED] = "failed",
        [CFN_STAGE_NOT_BEGUN] = "not begun", [CFN_STAGE_LEFT] = "left running",
    };
    return names[stage];
}

/* What has been under way longest. */
static void view_progress(const struct cfn__job *job, struct cfn_view *view) {
    const struct cfn__progress *oldest = NULL;
    for (size_t i = 0; i < job->progress.count; i++) {
        const struct cfn__progress *progress = &job->progress.items[i];
        view->resources_done += progress->done;
        if (progress->since && (!oldest || progress->since < oldest->since))
            oldest = progress;
    }
    view->resource = oldest && job->stage == CFN_STAGE_RUNNING ? oldest->id : "";
    view->resource_type = *view->resource ? oldest->type : "";
    view->resources_all =
        job->resources_all > view->resources_done ? job->resources_all : view->resources_done;
}

void cfn_engine_stack(const struct cfn_engine *engine, size_t index, struct cfn_view *view) {
    const struct cfn__job *job = &engine->jobs[index];
    *view = (struct cfn_view){
        .name = job->target->name,
        .stack_name = job->target->stack_name,
        .stack_id = job->now.there ? job->now.stack_id : "",
        .status = job->now.there && job->now.status ? job->now.status : "",
        .action = job->action,
        .reason = job->reason,
        .diff = job->diff,
        .stage = job->stage,
        .began = job->began,
        .ended = job->ended,
        .expected = job->expected,
        .cause = job->has_cause && job->stage == CFN_STAGE_FAILED ? &job->cause : NULL,
        .outputs = job->stage == CFN_STAGE_DONE ? job->now.outputs : NULL,
        .kept = json_array_size(job->kept) > 0 ? job->kept : NULL,
        .keeps_exports = job->keeps_exports,
        .change_set = job->set.changes,
        .replications = job->action == CFN_ACT_NONE ? NULL : job->replications,
    };
    view_progress(job, view);
}
