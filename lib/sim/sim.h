/*
 * The simulation as a whole, and the calls that it answers.
 *
 * What is told to callers (events, stacks, outputs) is made once and handed out by reference: JSON
 * values are never changed after they have been told.
 */
#ifndef CFN_SIM_SIM_H
#define CFN_SIM_SIM_H

#include "operation.h"

/* --- calls --- */

struct cfn__request {
    struct cfn_sim *sim;
    const struct cfn_call *call;
    const json_t *input;
    int64_t as_of; /* a read tells what was true then */
    bool other;    /* of another operator */
    struct cfn_reply *reply;
    char *payload; /* that goes back */
    size_t payload_size;
};
/* Fills the reply; returns NULL. */
json_t *cfn__sim_refuse(struct cfn__request *request, int status, const char *code,
                        const char *format, ...) CFN_PRINTF(4, 5);
json_t *cfn__sim_invalid(struct cfn__request *request, const char *format, ...) CFN_PRINTF(2, 3);
/* Bytes that go back with the answer; copied. */
void cfn__sim_give_payload(struct cfn__request *request, const char *bytes, size_t size);
const char *cfn__text_of(const struct cfn__request *request, const char *member); /* or NULL */
bool cfn__truth_of(const struct cfn__request *request, const char *member);
bool cfn__is_true(const json_t *value);
/* Carries it out now. */
void cfn__sim_answer(struct cfn_sim *sim, const struct cfn_call *call, int64_t as_of, bool other,
                     struct cfn_reply *reply);

typedef json_t *cfn__action(struct cfn__request *request);
struct cfn__action_row {
    const char *name;
    cfn__action *answer;
    const char *token;   /* the member that makes it repeatable, or NULL */
    const char *members; /* see validate.c */
};
const struct cfn__action_row *cfn__action_of(const char *name);
cfn__action cfn__answer_s3, cfn__answer_others;
/* Whether the input is what the row says; refused where it is not. */
bool cfn__validate(struct cfn__request *request, const char *members);

/* Texts and JSON that are needed everywhere. */
json_t *cfn__json_time(int64_t time);
json_t *cfn__json_truth(bool truth);
void cfn__json_put(json_t *object, const char *key, json_t *value); /* consumes; NULL: leaves out */
json_t *cfn__json_of(const json_t *value); /* another name for it, for jansson's sake */
/* Members of a list from a token on, at most `most`; sets NextToken. */
json_t *cfn__page(struct cfn__request *request, json_t *output, const char *member, json_t *all,
                  size_t most);
const char *cfn__sim_partition(const struct cfn_sim *sim);
char *cfn__sim_uuid(struct cfn_sim *sim);
bool cfn__ends(const char *status, const char *suffix);

/* --- the whole --- */

struct cfn_sim {
    uint64_t seed;
    char *region, *account;
    int64_t now, latency, change_set_time;
    double scale;
    json_t *times, *failures, *has;
    struct cfn_sim_faults faults;
    uint64_t orders, uuids, draws;
    unsigned epoch; /* of the caller: what an earlier one asked is not answered */
    struct cfn__heap heap, answers;
    struct cfn_transport transport;
    CFN_ARRAY(struct cfn__stack *) stacks; /* all there ever were */
    struct cfn__map by_name, by_stack_id;
    struct cfn__map bodies;
    struct cfn__map tokens;
    struct cfn__map things, buckets;
    struct cfn__map replications;            /* by their ARN; see replication.h */
    json_t *connections;                     /* of DMS, that were tested; or NULL */
    CFN_ARRAY(struct cfn__export *) exports; /* all there ever were */
    struct cfn__map export_of;
    struct cfn__map drift_checks;
    struct cfn__map failed_times; /* how often a scripted failure has struck */
    json_t *violations;
};
uint64_t cfn__sim_draw(struct cfn_sim *sim);

/* What becomes of a call on its way. */
enum cfn__fate {
    CFN__FATE_ARRIVES,
    CFN__FATE_THROTTLED,
    CFN__FATE_BROKEN,
    CFN__FATE_LOST,
    CFN__FATE_LATE
};
/* Whether it is carried out. */
bool cfn__fate_of(struct cfn_sim *sim, enum cfn__fate *fate);
void cfn__others_act(struct cfn_sim *sim);
void cfn__calls_drop(struct cfn_sim *sim);
bool cfn__sim_chance(struct cfn_sim *sim, unsigned per_ten_thousand);

#endif
