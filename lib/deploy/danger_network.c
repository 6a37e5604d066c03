/* Rules of security groups that let in or out more than those before. */
#include "cfn/checker.h"
#include "danger.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    const char *protocol; /* "-1": all */
    long from, to;
    const char *peer; /* a CIDR, a group, a prefix list */
    const char *path;
    bool known; /* its ports are numbers */
};
struct rules {
    CFN_ARRAY(struct rule) all;
};

static const char *const peers[] = {"CidrIp",
                                    "CidrIpv6",
                                    "SourceSecurityGroupId",
                                    "SourceSecurityGroupName",
                                    "SourcePrefixListId",
                                    "DestinationSecurityGroupId",
                                    "DestinationPrefixListId"};

/* A port, or what stands for all of them. */
static bool port_of(json_t *value, long *port) {
    char room[32];
    double number;
    const char *text = value ? cfn__scalar_text(value, room) : NULL;
    if (!value)
        return true;
    if (!text || !cfn__number_of(text, &number) || number < -1 || number > 65535)
        return false;
    *port = (long)number;
    return true;
}

static const char *protocol_of(struct cfn_diff *diff, const json_t *value) {
    static const char *const names[][2] = {
        {"6", "tcp"}, {"17", "udp"}, {"1", "icmp"}, {"58", "icmpv6"}, {"all", "-1"}};
    char room[32];
    const char *text = value ? cfn__scalar_text(cfn__open(value), room) : "-1";
    for (size_t i = 0; text && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], text) == 0)
            return names[i][1];
    return text ? cfn_arena_copy(&diff->arena, text, strlen(text)) : cfn__said(diff, value);
}

static void add(struct cfn_diff *diff, struct rules *rules, const json_t *json, const char *path) {
    struct rule rule = {.from = -1, .to = -1, .peer = "", .path = path};
    rule.protocol = protocol_of(diff, json_object_get(json, "IpProtocol"));
    rule.known = port_of(json_object_get(json, "FromPort"), &rule.from);
    rule.known = port_of(json_object_get(json, "ToPort"), &rule.to) && rule.known;
    if (rule.from == -1 || strcmp(rule.protocol, "-1") == 0) {
        rule.from = 0;
        rule.to = 65535;
    }
    for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) {
        const json_t *peer = json_object_get(json, peers[i]);
        if (peer)
            rule.peer = cfn__said(diff, peer);
    }
    *CFN_PUSH(&rules->all) = rule;
}

static void add_all(struct cfn_diff *diff, struct rules *rules, json_t *list, const char *path) {
    size_t index;
    json_t *item;
    if (json_is_object(list))
        add(diff, rules, list, path);
    json_array_foreach(list, index, item) {
        add(diff, rules, item, cfn_arena_text(&diff->arena, "%s.%zu", path, index));
    }
}

/* A range of IPv4 addresses; false for anything else. */
static bool range_of(const char *text, uint32_t *first, unsigned *bits) {
    unsigned part[4], size = 0;
    int used = 0;
    if (sscanf(text, "%3u.%3u.%3u.%3u/%2u%n", &part[0], &part[1], &part[2], &part[3], bits,
               &used) != 5 ||
        text[used] || *bits > 32)
        return false;
    for (*first = 0; size < 4; size++) {
        if (part[size] > 255)
            return false;
        *first = *first << 8 | part[size];
    }
    return true;
}

static bool peer_covers(const char *wide, const char *narrow) {
    uint32_t first[2];
    unsigned bits[2];
    if (strcmp(wide, narrow) == 0 || (strcmp(wide, "::/0") == 0 && strchr(narrow, ':')))
        return true;
    if (!range_of(wide, &first[0], &bits[0]) || !range_of(narrow, &first[1], &bits[1]))
        return false;
    uint32_t mask = bits[0] == 0 ? 0 : UINT32_MAX << (32 - bits[0]);
    return bits[0] <= bits[1] && ((first[0] ^ first[1]) & mask) == 0;
}

static bool rule_covers(const struct rule *wide, const struct rule *narrow) {
    bool all = strcmp(wide->protocol, "-1") == 0;
    bool ports = all || (wide->known && narrow->known && wide->from <= narrow->from &&
                         narrow->to <= wide->to);
    return (all || strcmp(wide->protocol, narrow->protocol) == 0) && ports &&
           peer_covers(wide->peer, narrow->peer);
}

static bool is_covered(const struct rules *by, const struct rule *rule) {
    for (size_t i = 0; i < by->all.count; i++)
        if (rule_covers(&by->all.items[i], rule))
            return true;
    return false;
}

/* "tcp 5432", "udp 1000-2000", "all traffic" */
static const char *traffic_of(struct cfn_diff *diff, const struct rule *rule) {
    bool all = strcmp(rule->protocol, "-1") == 0;
    if (all || !rule->known || (rule->from == 0 && rule->to == 65535))
        return all ? "all traffic" : rule->protocol;
    if (rule->from == rule->to)
        return cfn_arena_text(&diff->arena, "%s %ld", rule->protocol, rule->from);
    return cfn_arena_text(&diff->arena, "%s %ld-%ld", rule->protocol, rule->from, rule->to);
}

static bool is_the_world(const char *peer) {
    return strcmp(peer, "0.0.0.0/0") == 0 || strcmp(peer, "::/0") == 0;
}

static void tell(struct cfn_diff *diff, struct cfn__edit *edit, const struct rule *rule,
                 bool ingress) {
    bool world = is_the_world(rule->peer);
    const char *peer = *rule->peer ? rule->peer : "anywhere";
    if (edit->fresh && !(world && ingress))
        return;
    cfn__danger(edit, CFN_WIDENS_ACCESS, rule->path, "%s lets %s %s %s%s%s%s",
                cfn__thing(diff, edit), traffic_of(diff, rule), ingress ? "in from" : "out to",
                world ? "the whole internet" : peer, world ? " (" : "", world ? peer : "",
                world ? ")" : "");
}

static void look(struct cfn_diff *diff, struct cfn__edit *edit, const struct rules *was,
                 const struct rules *is, bool ingress) {
    for (size_t i = 0; i < is->all.count; i++)
        if (!is_covered(was, &is->all.items[i]))
            tell(diff, edit, &is->all.items[i], ingress);
    free(was->all.items);
    free(is->all.items);
}

static void look_at_list(struct cfn_diff *diff, struct cfn__edit *edit, const char *name,
                         bool ingress) {
    static const char open_to_all[] = "{\"IpProtocol\": \"-1\", \"CidrIp\": \"0.0.0.0/0\"}";
    struct rules was = {.all = {0}}, is = {.all = {0}};
    const char *path = cfn_arena_text(&diff->arena, "Properties.%s", name);
    json_t *before = json_object_get(edit->was, name), *after = json_object_get(edit->is, name);
    json_t *all = ingress ? NULL : cfn__diff_own(diff, json_loads(open_to_all, 0, NULL));
    /* A group that says nothing of what goes out lets everything out. */
    add_all(diff, &was, before ? before : all, path);
    add_all(diff, &is, after ? after : all, path);
    look(diff, edit, &was, &is, ingress);
}

static void look_at_one(struct cfn_diff *diff, struct cfn__edit *edit, bool ingress) {
    struct rules was = {.all = {0}}, is = {.all = {0}};
    if (edit->was)
        add(diff, &was, edit->was, "Properties");
    if (edit->is)
        add(diff, &is, edit->is, "Properties");
    look(diff, edit, &was, &is, ingress);
}

void cfn__danger_network(struct cfn_diff *diff, struct cfn__edit *edit) {
    const char *type = edit->change.type;
    if (strcmp(type, "AWS::EC2::SecurityGroup") == 0) {
        look_at_list(diff, edit, "SecurityGroupIngress", true);
        look_at_list(diff, edit, "SecurityGroupEgress", false);
    } else if (strcmp(type, "AWS::EC2::SecurityGroupIngress") == 0) {
        look_at_one(diff, edit, true);
    } else if (strcmp(type, "AWS::EC2::SecurityGroupEgress") == 0) {
        look_at_one(diff, edit, false);
    }
}
