#include "watch.h"

#include <cfngen/aws/cloudwatch.h>
#include <cfngen/aws/events.h>

#include <string.h>

enum {
    PERIOD = 300,
    GRAPH_WIDTH = 8,
    GRAPH_HEIGHT = 6,
    PAGE_WIDTH = 24,
    HEADER_HEIGHT = 2,
    ALARMS_A_LINE = 8,
    QUARTER_OF_AN_HOUR = 3
};
enum { MOST_DIMENSIONS = 2, NAME_LENGTH = 64 };

static cfn_value topic(const struct watch *w) {
    return cfn_import_from(w->scope, "common", "AlarmTopicArn");
}

void watch_begin(struct watch *w, const struct cfn_scope *scope) {
    *w = (struct watch){
        .scope = scope,
        .alarms = cfn_list_of(NULL, 0),
        .graphs = cfn_list_of(NULL, 0),
        .variables = cfn_map_of(NULL, 0),
    };
}

void watch_subject_begin(struct watch *w, struct watch_subject *s) {
    for (size_t i = 0; i < MOST_DIMENSIONS && s->dimensions[i].name; i++)
        if (s->dimensions[i].variable)
            json_object_set(w->variables, s->dimensions[i].variable, s->dimensions[i].value);
}

void watch_subject_end(struct watch_subject *s) {
    for (size_t i = 0; i < MOST_DIMENSIONS; i++)
        json_decref(s->dimensions[i].value);
}

static cfn_value dimensions_of(const struct watch_subject *s) {
    cfn_value all = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < MOST_DIMENSIONS && s->dimensions[i].name; i++)
        all = cfn_append(
            all, AWS_CloudWatch_Alarm_Dimension(.Name = cfn_str(s->dimensions[i].name),
                                                .Value = json_incref(s->dimensions[i].value)));
    return all;
}

static const char *operator_of(const char *comparison) {
    return strcmp(comparison, ">") == 0    ? "GreaterThanThreshold"
           : strcmp(comparison, ">=") == 0 ? "GreaterThanOrEqualToThreshold"
                                           : "LessThanThreshold";
}

static struct watch_alarm with_the_usual(struct watch_alarm alarm) {
    alarm.statistic = alarm.statistic ? alarm.statistic : "Maximum";
    alarm.comparison = alarm.comparison ? alarm.comparison : ">";
    alarm.unit = alarm.unit ? alarm.unit : 1;
    alarm.periods = alarm.periods ? alarm.periods : QUARTER_OF_AN_HOUR;
    alarm.silence = alarm.silence ? alarm.silence : "missing";
    return alarm;
}

void watch_alarm(struct watch *w, const struct watch_subject *subject,
                 const struct watch_alarm *alarm, long threshold) {
    if (threshold == 0)
        return;
    const struct watch_alarm whole = with_the_usual(*alarm), *a = &whole;
    const char *name = cfn_scoped(w->scope, a->name, 255);
    const char *arn = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:";
    w->alarms = cfn_append(w->alarms, cfn_fmt("%s%s", arn, name));
    cfn_add(
        w->scope->t, a->id,
        AWS_CloudWatch_Alarm(.AlarmName = cfn_str(name), .AlarmDescription = cfn_str(a->what),
                             .Namespace = cfn_str(subject->namespace),
                             .MetricName = cfn_str(a->metric), .Dimensions = dimensions_of(subject),
                             .Statistic = cfn_str(a->statistic),
                             .ComparisonOperator = cfn_str(operator_of(a->comparison)),
                             .Threshold = cfn_int(threshold * a->unit), .Period = cfn_int(PERIOD),
                             .EvaluationPeriods = cfn_int(a->periods),
                             .TreatMissingData = cfn_str(a->silence),
                             .AlarmActions = cfn_list(topic(w)), .OKActions = cfn_list(topic(w)),
                             .InsufficientDataActions =
                                 a->tells_silence ? cfn_list(topic(w)) : NULL));
}

/* [namespace, metric, dimension, value, ...], where a value that CloudFormation finds out is a
 * variable. */
static cfn_value row_of(const struct watch_subject *s, const char *metric) {
    cfn_value row = cfn_strs(s->namespace, metric);
    for (size_t i = 0; i < MOST_DIMENSIONS && s->dimensions[i].name; i++) {
        const struct watch_dimension *d = &s->dimensions[i];
        row = cfn_append(row, cfn_str(d->name));
        row = cfn_append(row, d->variable ? cfn_fmt("${%s}", d->variable) : json_incref(d->value));
    }
    return row;
}

void watch_graph(struct watch *w, const struct watch_subject *subject, const char *title,
                 const char *statistic, const char *const *metrics) {
    cfn_value rows = cfn_list_of(NULL, 0);
    for (size_t i = 0; metrics[i]; i++)
        rows = cfn_append(rows, row_of(subject, metrics[i]));
    w->graphs = cfn_append(
        w->graphs,
        cfn_map(
            {"type", cfn_str("metric")}, {"width", cfn_int(GRAPH_WIDTH)},
            {"height", cfn_int(GRAPH_HEIGHT)},
            {"properties", cfn_map({"title", cfn_str(title)}, {"region", cfn_str("${AWS::Region}")},
                                   {"view", cfn_str("timeSeries")}, {"stat", cfn_str(statistic)},
                                   {"period", cfn_int(PERIOD)}, {"metrics", rows})}));
}

/* The topic's own policy lets EventBridge in: a role on such a target would make deliveries fail.
 */
void watch_event(struct watch *w, const struct watch_event *e) {
    cfn_value sentence = cfn_json_text(cfn_str(e->text));
    cfn_add(
        w->scope->t, e->id,
        AWS_Events_Rule(.Name = cfn_str(cfn_scoped(w->scope, e->name, NAME_LENGTH)),
                        .Description = cfn_str(e->what), .State = cfn_str("ENABLED"),
                        .EventPattern = e->pattern,
                        .Targets = cfn_list(AWS_Events_Rule_Target(
                                .Id = cfn_str("topic"), .Arn = topic(w),
                                .InputTransformer =
                                    AWS_Events_Rule_InputTransformer(.InputPathsMap = e->paths,
                                                                     .InputTemplate = sentence)))));
}

static cfn_value header(const struct watch *w) {
    return cfn_map({"type", cfn_str("text")}, {"width", cfn_int(PAGE_WIDTH)},
                   {"height", cfn_int(HEADER_HEIGHT)},
                   {"properties", cfn_map({"markdown", cfn_fmt("# %s", w->scope->prefix)})});
}

static cfn_value alarm_board(const struct watch *w) {
    long long count = (long long)json_array_size(w->alarms);
    if (count == 0)
        return NULL;
    return cfn_map(
        {"type", cfn_str("alarm")}, {"width", cfn_int(PAGE_WIDTH)},
        {"height", cfn_int(HEADER_HEIGHT + count / ALARMS_A_LINE)},
        {"properties", cfn_map({"title", cfn_str("Alarms")}, {"alarms", json_incref(w->alarms)})});
}

/* Without places, CloudWatch sets the widgets one after another. */
static cfn_value body_of(const struct watch *w) {
    cfn_value widgets = cfn_list(header(w), alarm_board(w));
    json_array_extend(widgets, w->graphs);
    cfn_value text = cfn_json_text(cfn_map({"widgets", widgets}));
    cfn_value body = json_object_size(w->variables)
                         ? cfn_sub_with(json_string_value(text), json_incref(w->variables))
                         : cfn_sub(json_string_value(text));
    json_decref(text);
    return body;
}

void watch_end(struct watch *w) {
    const char *name = cfn_scoped(w->scope, "platform", 255);
    cfn_add(w->scope->t, "Dashboard",
            AWS_CloudWatch_Dashboard(.DashboardName = cfn_str(name), .DashboardBody = body_of(w)));
    cfn_export(w->scope, "DashboardName", cfn_ref("Dashboard"), "Dashboard of the platform");
    json_decref(w->alarms);
    json_decref(w->graphs);
    json_decref(w->variables);
}
