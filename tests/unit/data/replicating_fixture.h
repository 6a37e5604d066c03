/* One call of cfn_replicate against a script, and what was told of it. */
#ifndef TESTS_DATA_REPLICATING_FIXTURE_H
#define TESTS_DATA_REPLICATING_FIXTURE_H

#include "replication_fixture.h"

struct run {
    struct scripted s;
    struct cfn_diags *diags;
    json_t *status;
    int looks, notes;
    char said[4096];
    int go_after; /* looks after which the caller goes; 0: never */
};

static inline void note(void *self, const char *text) {
    struct run *run = self;
    run->notes++;
    strncat(run->said, text, sizeof run->said - strlen(run->said) - 2);
    strcat(run->said, "\n");
}

static inline void look(void *self, const json_t *status) {
    struct run *run = self;
    run->looks++;
    assert_true(*cfn_output_text(status, "state"));
}

static inline bool wants_to_go(void *self) {
    const struct run *run = self;
    return run->go_after && run->looks >= run->go_after;
}

static inline void begin(struct run *run) {
    *run = (struct run){.diags = cfn_diags_new()};
    scripted_init(&run->s);
}

static inline void end(struct run *run) {
    json_decref(run->status);
    cfn_diags_free(run->diags);
    scripted_done(&run->s);
}

static inline void carry_out(struct run *run, const struct cfn_replication *replication,
                             enum cfn_replicate what, struct cfn_replicate_options options) {
    options.note = note;
    options.look = look;
    options.stop = wants_to_go;
    options.self = run;
    run->status = cfn_replicate(&run->s.transport, replication, what, &options, run->diags);
}

static inline void assert_good(const struct run *run, const char *state) {
    for (size_t i = 0; i < cfn_diags_count(run->diags); i++)
        print_error("%s: %s\n", cfn_diags_at(run->diags, i)->code,
                    cfn_diags_at(run->diags, i)->message);
    assert_int_equal(cfn_diags_errors(run->diags), 0);
    assert_string_equal(cfn_output_text(run->status, "state"), state);
}

static inline const char *start_type(const struct run *run) {
    return cfn_output_text(scripted_input(&run->s, "StartReplicationTask"),
                           "StartReplicationTaskType");
}

#endif
