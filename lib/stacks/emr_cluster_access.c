/*
 * Who may speak to whom in a cluster. EMR wants three groups, and in them exactly these rules; it
 * adds what it misses, after which the groups could not be deleted with the stack. The two groups
 * of nodes name each other, so their rules are resources of their own.
 */
#include "emr.h"
#include "parts.h"

#include <cfngen/aws/ec2.h>

static const char *const nodes[] = {"Primary", "Worker"};

static const struct protocol {
    const char *id, *name;
    int first, last;
} protocols[] = {
    {"Tcp", "tcp", 0, 65535},
    {"Udp", "udp", 0, 65535},
    {"Icmp", "icmp", -1, -1},
};

enum { NODES = sizeof nodes / sizeof *nodes, PROTOCOLS = sizeof protocols / sizeof *protocols };
enum { PORT_OF_NODES = 8443, PORT_OF_SERVICE = 9443 };

static const char *access_of(const struct cfn_scope *scope, const char *who) {
    return cfn_text_of(scope, "%sAccess", who);
}

static cfn_value group_id(const struct cfn_scope *scope, const char *who) {
    return cfn_att(access_of(scope, who), "GroupId");
}

static void add_nodes(const struct cfn_scope *scope, const char *who, const char *about) {
    const char *name = cfn_text_of(scope, "%s-emr-%s", scope->prefix, about);
    cfn_add(scope->t, access_of(scope, who),
            AWS_EC2_SecurityGroup(.VpcId = part_vpc(scope),
                                  .GroupDescription = cfn_fmt("EMR cluster: %s", about),
                                  .SecurityGroupEgress = cfn_list(part_egress_https()),
                                  .Tags = emr_managed_tags(scope, name)));
}

static cfn_value service_egress(const struct cfn_scope *scope, const char *to) {
    return AWS_EC2_SecurityGroup_Egress(.IpProtocol = cfn_str("tcp"),
                                        .FromPort = cfn_int(PORT_OF_NODES),
                                        .ToPort = cfn_int(PORT_OF_NODES),
                                        .DestinationSecurityGroupId = group_id(scope, to),
                                        .Description = cfn_str("EMR to the nodes"));
}

static void add_service(const struct cfn_scope *scope) {
    const char *name = cfn_text_of(scope, "%s-emr-service", scope->prefix);
    cfn_add(scope->t, access_of(scope, "Service"),
            AWS_EC2_SecurityGroup(.VpcId = part_vpc(scope),
                                  .GroupDescription =
                                      cfn_str("EMR cluster: the service in the private subnet"),
                                  .SecurityGroupIngress = cfn_list(AWS_EC2_SecurityGroup_Ingress(
                                          .IpProtocol = cfn_str("tcp"),
                                          .FromPort = cfn_int(PORT_OF_SERVICE),
                                          .ToPort = cfn_int(PORT_OF_SERVICE),
                                          .SourceSecurityGroupId = group_id(scope, "Primary"),
                                          .Description = cfn_str("the primary node to EMR"))),
                                  .SecurityGroupEgress = cfn_list(service_egress(scope, "Primary"),
                                                                  service_egress(scope, "Worker")),
                                  .Tags = emr_managed_tags(scope, name)));
}

static cfn_value add_ingress(const struct cfn_scope *scope, const char *to, const char *from,
                             const struct protocol *p) {
    const char *id = cfn_text_of(scope, "%sFrom%s%s", to, from, p->id);
    cfn_add(scope->t, id,
            AWS_EC2_SecurityGroupIngress(.GroupId = group_id(scope, to),
                                         .SourceSecurityGroupId = group_id(scope, from),
                                         .IpProtocol = cfn_str(p->name),
                                         .FromPort = cfn_int(p->first), .ToPort = cfn_int(p->last),
                                         .Description = cfn_fmt("%s from %s", p->name, from)));
    return cfn_str(id);
}

static cfn_value add_egress(const struct cfn_scope *scope, const char *from, const char *to,
                            const struct protocol *p) {
    const char *id = cfn_text_of(scope, "%sTo%s%s", from, to, p->id);
    cfn_add(scope->t, id,
            AWS_EC2_SecurityGroupEgress(.GroupId = group_id(scope, from),
                                        .DestinationSecurityGroupId = group_id(scope, to),
                                        .IpProtocol = cfn_str(p->name),
                                        .FromPort = cfn_int(p->first), .ToPort = cfn_int(p->last),
                                        .Description = cfn_fmt("%s to %s", p->name, to)));
    return cfn_str(id);
}

/* Every node with every node, in both directions. */
static cfn_value join_nodes(const struct cfn_scope *scope) {
    cfn_value rules = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < (size_t)NODES * NODES * PROTOCOLS; i++) {
        const char *one = nodes[i / PROTOCOLS / NODES], *other = nodes[i / PROTOCOLS % NODES];
        const struct protocol *p = &protocols[i % PROTOCOLS];
        rules = cfn_append(rules, add_ingress(scope, one, other, p));
        rules = cfn_append(rules, add_egress(scope, one, other, p));
    }
    return rules;
}

cfn_value emr_add_cluster_access(const struct cfn_scope *scope) {
    static const struct protocol to_nodes = {"", "tcp", PORT_OF_NODES, PORT_OF_NODES};
    static const struct protocol to_service = {"", "tcp", PORT_OF_SERVICE, PORT_OF_SERVICE};
    add_nodes(scope, "Primary", "primary");
    add_nodes(scope, "Worker", "workers");
    add_service(scope);
    cfn_value rules = join_nodes(scope);
    for (size_t i = 0; i < NODES; i++)
        rules = cfn_append(rules, add_ingress(scope, nodes[i], "Service", &to_nodes));
    return cfn_append(rules, add_egress(scope, "Primary", "Service", &to_service));
}
