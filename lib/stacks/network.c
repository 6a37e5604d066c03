#include "network.h"

#include "parts.h"

#include <cfngen/aws/ec2.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ZONES = 3, PARTS = 8, PUBLIC_PART = 4, SMALLEST_SUBNET = 28, SMALLEST_VPC = 25 };

const struct cfn_row network_rows[] = {
    CFN_TEXT(struct network_settings, cidr, .fallback = "10.0.0.0/16", .format = &cfn_format_cidr,
             .help = "address block of the VPC, /16 to /25; an eighth of it goes to each subnet"),
    CFN_INT(struct network_settings, zones, .fallback = "3", .min = 2, .max = 3,
            .help = "number of availability zones; Redshift Serverless wants three"),
    CFN_TEXTS(struct network_settings, private_subnets, .fallback = "[]",
              .format = &cfn_format_cidr,
              .help = "address blocks of the private subnets, one per zone; empty: computed"),
    CFN_TEXTS(struct network_settings, public_subnets, .fallback = "[]", .format = &cfn_format_cidr,
              .help = "address blocks of the public subnets, one per zone; empty: computed"),
    CFN_CHOICE(struct network_settings, nat, .fallback = "single",
               .choices = "none|single|per_zone",
               .help = "NAT gateways: about 33 USD a month each; single fails with its zone"),
    CFN_TEXTS(struct network_settings, interface_endpoints, .fallback = "[]",
              .help = "AWS services reached without NAT, such as [secretsmanager, logs, kms]"),
    CFN_BOOL(struct network_settings, flow_logs, .fallback = "true",
             .help = "whether the VPC's traffic is logged"),
    CFN_ROWS_END,
};

struct block {
    uint32_t address;
    int bits;
};

/* The text has been accepted by cfn_format_cidr. */
static struct block parse(const char *text) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    int bits = 0;
    if (sscanf(text, "%3u.%3u.%3u.%3u/%2d", &a, &b, &c, &d, &bits) != 5)
        return (struct block){0};
    return (struct block){a << 24 | b << 16 | c << 8 | d, bits};
}

static bool contains(struct block outer, struct block inner) {
    uint32_t mask = outer.bits == 0 ? 0 : UINT32_MAX << (32 - outer.bits);
    return outer.bits <= inner.bits && (inner.address & mask) == (outer.address & mask);
}

static bool overlap(struct block a, struct block b) {
    return contains(a, b) || contains(b, a);
}

/* Subnet `zone` of a side: what the file says, else an eighth of the VPC (0..2 private, 4..6
 * public). */
static const char *subnet_cidr(const struct cfn_scope *scope, const struct network_settings *n,
                               bool public, long zone) {
    const struct cfn_texts *given = public ? &n->public_subnets : &n->private_subnets;
    if (given->count)
        return (size_t)zone < given->count ? given->items[zone] : n->cidr;
    struct block vpc = parse(n->cidr);
    uint32_t part = (uint32_t)(public ? PUBLIC_PART + zone : zone);
    uint32_t address = vpc.address + part * (1U << (32 - vpc.bits)) / PARTS;
    return cfn_text_of(scope, "%u.%u.%u.%u/%d", address >> 24, address >> 16 & 255,
                       address >> 8 & 255, address & 255, vpc.bits + 3);
}

static bool check_count(const struct cfn_scope *scope, const char *path,
                        const struct cfn_texts *given, long zones) {
    if (!given->count || given->count == (size_t)zones)
        return true;
    cfn_refuse(scope, path, "must have one block for each of the %ld zones, not %zu", zones,
               given->count);
    return false;
}

static void check_blocks(const struct cfn_scope *scope, const struct network_settings *n) {
    const char *all[2 * MOST_ZONES];
    size_t count = 0;
    for (long zone = 0; zone < n->zones; zone++) {
        all[count++] = subnet_cidr(scope, n, false, zone);
        all[count++] = subnet_cidr(scope, n, true, zone);
    }
    for (size_t i = 0; i < count; i++) {
        const char *path = i % 2 ? "network.public_subnets" : "network.private_subnets";
        struct block block = parse(all[i]);
        if (!contains(parse(n->cidr), block))
            cfn_refuse(scope, path, "must lie in the VPC's %s, not '%s'", n->cidr, all[i]);
        for (size_t j = 0; j < i; j++)
            if (overlap(block, parse(all[j])))
                cfn_refuse(scope, path, "must not overlap %s: '%s'", all[j], all[i]);
    }
}

void network_check(const struct cfn_scope *scope, const struct network_settings *n) {
    bool counted = check_count(scope, "network.private_subnets", &n->private_subnets, n->zones);
    counted &= check_count(scope, "network.public_subnets", &n->public_subnets, n->zones);
    bool computed = !n->private_subnets.count || !n->public_subnets.count;
    if (computed && parse(n->cidr).bits > SMALLEST_VPC)
        cfn_refuse(scope, "network.cidr",
                   "must be at most /%d, so that its eighths are subnets of at least /%d, not '%s'",
                   SMALLEST_VPC, SMALLEST_SUBNET, n->cidr);
    else if (counted)
        check_blocks(scope, n);
    if (strcmp(n->nat, "none") == 0 && n->interface_endpoints.count == 0)
        cfn_caution(scope, "network.nat",
                    "leaves the private subnets without a way to AWS's services: list the ones "
                    "that are used in common.network.interface_endpoints");
}

static const char *numbered(const struct cfn_scope *scope, const char *name, long zone) {
    return cfn_text_of(scope, "%s%ld", name, zone + 1);
}

static void add_vpc(const struct cfn_scope *scope, const struct network_settings *n) {
    cfn_add(scope->t, "Vpc",
            AWS_EC2_VPC(.CidrBlock = cfn_str(n->cidr), .EnableDnsHostnames = cfn_bool(true),
                        .EnableDnsSupport = cfn_bool(true),
                        .Tags = cfn_tags(scope, scope->prefix)));
    cfn_add(scope->t, "InternetGateway",
            AWS_EC2_InternetGateway(.Tags = cfn_tags(scope, scope->prefix)));
    cfn_add(scope->t, "InternetGatewayAttachment",
            AWS_EC2_VPCGatewayAttachment(.VpcId = cfn_ref("Vpc"),
                                         .InternetGatewayId = cfn_ref("InternetGateway")));
    cfn_add(scope->t, "PublicRoutes",
            AWS_EC2_RouteTable(.VpcId = cfn_ref("Vpc"),
                               .Tags = cfn_tags(scope, cfn_scoped(scope, "public", 255))));
    cfn_add(scope->t, "PublicRoute",
            AWS_EC2_Route(.RouteTableId = cfn_ref("PublicRoutes"),
                          .DestinationCidrBlock = cfn_str("0.0.0.0/0"),
                          .GatewayId = cfn_ref("InternetGateway")),
            .DependsOn = cfn_str("InternetGatewayAttachment"));
}

static void add_subnet(const struct cfn_scope *scope, const struct network_settings *n, bool public,
                       long zone) {
    const char *side = public ? "Public" : "Private";
    const char *id = numbered(scope, cfn_text_of(scope, "%sSubnet", side), zone);
    const char *routes = public ? "PublicRoutes" : numbered(scope, "PrivateRoutes", zone);
    const char *name =
        cfn_text_of(scope, "%s-%s-%ld", scope->prefix, public ? "public" : "private", zone + 1);
    cfn_add(scope->t, id,
            AWS_EC2_Subnet(.VpcId = cfn_ref("Vpc"),
                           .AvailabilityZone = cfn_select((int)zone, cfn_azs()),
                           .CidrBlock = cfn_str(subnet_cidr(scope, n, public, zone)),
                           .MapPublicIpOnLaunch = cfn_bool(false), .Tags = cfn_tags(scope, name)));
    cfn_add(scope->t, cfn_text_of(scope, "%sRouting", id),
            AWS_EC2_SubnetRouteTableAssociation(.SubnetId = cfn_ref(id),
                                                .RouteTableId = cfn_ref(routes)));
}

static void add_nat(const struct cfn_scope *scope, long zone) {
    const char *address = numbered(scope, "NatAddress", zone);
    const char *name = cfn_text_of(scope, "%s-nat-%ld", scope->prefix, zone + 1);
    cfn_add(scope->t, address, AWS_EC2_EIP(.Domain = cfn_str("vpc"), .Tags = cfn_tags(scope, name)),
            .DependsOn = cfn_str("InternetGatewayAttachment"));
    cfn_add(scope->t, numbered(scope, "Nat", zone),
            AWS_EC2_NatGateway(.AllocationId = cfn_att(address, "AllocationId"),
                               .SubnetId = cfn_ref(numbered(scope, "PublicSubnet", zone)),
                               .Tags = cfn_tags(scope, name)));
}

static void add_zone(const struct cfn_scope *scope, const struct network_settings *n, long zone) {
    bool per_zone = strcmp(n->nat, "per_zone") == 0, any = strcmp(n->nat, "none") != 0;
    const char *routes = numbered(scope, "PrivateRoutes", zone);
    add_subnet(scope, n, true, zone);
    if (per_zone || (any && zone == 0))
        add_nat(scope, zone);
    cfn_add(scope->t, routes,
            AWS_EC2_RouteTable(.VpcId = cfn_ref("Vpc"),
                               .Tags = cfn_tags(scope, cfn_text_of(scope, "%s-private-%ld",
                                                                   scope->prefix, zone + 1))));
    if (any)
        cfn_add(
            scope->t, numbered(scope, "PrivateRoute", zone),
            AWS_EC2_Route(.RouteTableId = cfn_ref(routes),
                          .DestinationCidrBlock = cfn_str("0.0.0.0/0"),
                          .NatGatewayId = cfn_ref(numbered(scope, "Nat", per_zone ? zone : 0))));
    add_subnet(scope, n, false, zone);
}

/* Refs of the numbered resources of all zones. */
static cfn_value each_zone(const struct cfn_scope *scope, const char *name, long zones) {
    cfn_value refs = cfn_list_of(NULL, 0);
    for (long zone = 0; zone < zones; zone++)
        refs = cfn_append(refs, cfn_ref(numbered(scope, name, zone)));
    return refs;
}

static void add_endpoints(const struct cfn_scope *scope, const struct network_settings *n) {
    cfn_add(
        scope->t, "S3Endpoint",
        AWS_EC2_VPCEndpoint(.VpcId = cfn_ref("Vpc"), .VpcEndpointType = cfn_str("Gateway"),
                            .ServiceName = cfn_sub("com.amazonaws.${AWS::Region}.s3"),
                            .RouteTableIds = cfn_append(each_zone(scope, "PrivateRoutes", n->zones),
                                                        cfn_ref("PublicRoutes"))));
    if (n->interface_endpoints.count)
        cfn_add(
            scope->t, "EndpointAccess",
            AWS_EC2_SecurityGroup(.VpcId = cfn_ref("Vpc"),
                                  .GroupDescription =
                                      cfn_str("HTTPS from the VPC to the interface endpoints"),
                                  .SecurityGroupIngress = cfn_list(AWS_EC2_SecurityGroup_Ingress(
                                          .IpProtocol = cfn_str("tcp"), .FromPort = cfn_int(443),
                                          .ToPort = cfn_int(443),
                                          .CidrIp = cfn_att("Vpc", "CidrBlock"),
                                          .Description = cfn_str("HTTPS from the VPC"))),
                                  .SecurityGroupEgress = cfn_list(part_egress_none()),
                                  .Tags = cfn_tags(scope, cfn_scoped(scope, "endpoints", 255))));
    for (size_t i = 0; i < n->interface_endpoints.count; i++) {
        const char *service = n->interface_endpoints.items[i];
        const char *id = cfn_text_of(scope, "Endpoint%zu", i + 1);
        cfn_add(
            scope->t, id,
            AWS_EC2_VPCEndpoint(.VpcId = cfn_ref("Vpc"), .VpcEndpointType = cfn_str("Interface"),
                                .ServiceName = cfn_sub(
                                    cfn_text_of(scope, "com.amazonaws.${AWS::Region}.%s", service)),
                                .PrivateDnsEnabled = cfn_bool(true),
                                .SecurityGroupIds = cfn_list(cfn_ref("EndpointAccess")),
                                .SubnetIds = each_zone(scope, "PrivateSubnet", n->zones)));
    }
}

static void add_flow_logs(const struct cfn_scope *scope, long days) {
    const char *group = cfn_text_of(scope, "/cfngen/%s/flow", scope->prefix);
    part_log_group(scope, "FlowLogGroup", cfn_str(group), days);
    part_role(scope, .id = "FlowLogRole", .description = "writes the VPC's flow logs",
              .trust = cfn_trust("vpc-flow-logs.amazonaws.com", true),
              .statements = cfn_list(part_may_write_logs(group)));
    cfn_add(scope->t, "FlowLog",
            AWS_EC2_FlowLog(.ResourceId = cfn_ref("Vpc"), .ResourceType = cfn_str("VPC"),
                            .TrafficType = cfn_str("ALL"),
                            .LogDestinationType = cfn_str("cloud-watch-logs"),
                            .LogGroupName = cfn_ref("FlowLogGroup"),
                            .DeliverLogsPermissionArn = cfn_att("FlowLogRole", "Arn")));
}

void network_build(const struct cfn_scope *scope, const struct network_settings *n, long log_days) {
    add_vpc(scope, n);
    for (long zone = 0; zone < n->zones; zone++)
        add_zone(scope, n, zone);
    add_endpoints(scope, n);
    if (n->flow_logs)
        add_flow_logs(scope, log_days);
    cfn_export(scope, "VpcId", cfn_ref("Vpc"), "VPC of the platform");
    cfn_export(scope, "VpcCidr", cfn_att("Vpc", "CidrBlock"), "Address block of the VPC");
    cfn_export(scope, "PrivateSubnetIds",
               cfn_join(",", each_zone(scope, "PrivateSubnet", n->zones)),
               "Private subnets, separated by commas");
    cfn_export(scope, "PublicSubnetIds", cfn_join(",", each_zone(scope, "PublicSubnet", n->zones)),
               "Public subnets, separated by commas");
}
