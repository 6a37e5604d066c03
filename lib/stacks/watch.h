/*
 * What the stack observability is made of: alarms and event rules that end at the platform's topic,
 * and a dashboard that grows with them. A thing that is watched is described once, for its alarms
 * and its graphs alike.
 */
#ifndef CFN_STACKS_WATCH_H
#define CFN_STACKS_WATCH_H

#include <cfngen/stack.h>

struct watch {
    const struct cfn_scope *scope;
    cfn_value alarms;    /* ARNs, for the dashboard: a list */
    cfn_value graphs;    /* widgets, a list */
    cfn_value variables; /* of the dashboard's text, a map */
};

void watch_begin(struct watch *w, const struct cfn_scope *scope);

/* Adds the dashboard, exports its name and lets go of everything. */
void watch_end(struct watch *w);

/* One dimension of a metric. In the dashboard a value that is no plain text stands as a variable of
 * that name. */
struct watch_dimension {
    const char *name, *variable;
    cfn_value value;
};

/* A thing whose metrics are watched. Begun with its dimensions (their values are consumed), ended
 * after its last use. */
struct watch_subject {
    const char *namespace;
    struct watch_dimension dimensions[2];
};
void watch_subject_begin(struct watch *w, struct watch_subject *subject);
void watch_subject_end(struct watch_subject *subject);

/* What is left out of an alarm is the usual: the maximum, above the threshold, for a quarter of an
 * hour, and silence is no news. */
struct watch_alarm {
    const char *id, *name; /* logical id; suffix of its name */
    const char *what;      /* what is wrong when it goes off */
    const char *metric;
    const char *statistic;  /* "Maximum" where NULL */
    const char *comparison; /* ">", ">=", "<"; ">" where NULL */
    long long unit;         /* of its threshold: bytes of a GB, say; 1 where 0 */
    int periods;            /* of five minutes, all of which must be bad; 3 where 0 */
    /* What silence means. "missing" (where NULL): unknown; "breaching": bad; "notBreaching": well.
     */
    const char *silence;
    bool tells_silence; /* also when a metric that was there is no more: only with "missing" */
};
/* threshold 0: no alarm. */
void watch_alarm(struct watch *w, const struct watch_subject *subject,
                 const struct watch_alarm *alarm, long threshold);

/* Metrics of a subject over time; metrics ends with NULL. */
void watch_graph(struct watch *w, const struct watch_subject *subject, const char *title,
                 const char *statistic, const char *const *metrics);

/* An event that is told to the topic as a sentence: text has <key> where paths has {key,
 * "$.detail..."}. pattern and paths are consumed. */
struct watch_event {
    const char *id, *name, *what;
    cfn_value pattern, paths;
    const char *text;
};
void watch_event(struct watch *w, const struct watch_event *event);

#endif
