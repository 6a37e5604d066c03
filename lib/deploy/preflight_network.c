/* Zones, subnets and endpoints: what the region has, and what services want of it. */
#include "preflight.h"

#include <string.h>

/* Services that want subnets in several zones. */
struct spread {
    const char *type, *property;
    size_t zones, subnets; /* at least; exactly, 0: any number */
    const char *what;
};
static const struct spread spreads[] = {
    {"AWS::RDS::DBSubnetGroup", "SubnetIds", 2, 0, "a database"},
    {"AWS::DMS::ReplicationSubnetGroup", "SubnetIds", 2, 0, "DMS"},
    {"AWS::MWAA::Environment", "NetworkConfiguration.SubnetIds", 2, 2, "Airflow"},
    {"AWS::RedshiftServerless::Workgroup", "SubnetIds", 3, 0, "Redshift Serverless"},
};

/* The number of zones that subnets of the templates lie in; 0: one of them is not ours. */
static size_t zones_of(const struct cfn__preflight *p, const json_t *subnets) {
    json_t *zones = json_object();
    bool known = json_array_size(subnets) > 0;
    for (size_t i = 0; i < json_array_size(subnets) && known; i++) {
        const char *text = json_string_value(json_array_get(subnets, i));
        const struct cfn__site *site;
        const json_t *subnet = text ? cfn__preflight_referred(p, text, &site) : NULL;
        json_t *zone = NULL;
        if (subnet)
            zone = cfn__site_value(
                site, json_object_get(json_object_get(subnet, "Properties"), "AvailabilityZone"));
        known = json_is_string(zone);
        if (known)
            json_object_set_new(zones, json_string_value(zone), json_true());
        json_decref(zone);
    }
    size_t count = known ? json_object_size(zones) : 0;
    json_decref(zones);
    return count;
}

static void judge_spread(struct cfn__preflight *p, const struct cfn__check *check) {
    const struct spread *row = check->row;
    const json_t *subnets = cfn__planned_value(check->resource, row->property);
    size_t zones = zones_of(p, subnets);
    if (zones && zones < row->zones) {
        cfn_fail(p->findings, "preflight.zones", CFN__NOWHERE, check->path,
                 "%s wants subnets in %zu availability zones, not %zu", row->what, row->zones,
                 zones);
        cfn_hint(p->findings, "set common.network.zones to %zu", row->zones);
    } else if (zones && row->subnets && json_array_size(subnets) != row->subnets) {
        cfn_fail(p->findings, "preflight.subnets", CFN__NOWHERE, check->path,
                 "%s wants %zu subnets, not %zu", row->what, row->subnets,
                 json_array_size(subnets));
        cfn_hint(p->findings, "give it that many, each in a zone of its own");
    }
}

/* The highest zone that a subnet takes by its number in Fn::GetAZs. */
static long zone_number(const json_t *resource) {
    const json_t *zone =
        json_object_get(json_object_get(resource, "Properties"), "AvailabilityZone");
    const json_t *select = json_object_get(zone, "Fn::Select");
    if (!json_object_get(json_array_get(select, 1), "Fn::GetAZs"))
        return 0;
    json_t *number = json_pack("{s:O}", "n", json_array_get(select, 0));
    long value = cfn__output_number(number, "n");
    json_decref(number);
    return value + 1;
}

/* Zones that are open to everybody; Local Zones and Wavelength are others. */
static void judge_zones(struct cfn__preflight *p, const struct cfn__check *check) {
    const struct cfn__question *question = &p->questions.items[check->first];
    if (strstr(question->code, "AuthFailure") || strstr(question->code, "OptInRequired")) {
        cfn_fail(p->findings, "preflight.region", CFN__NOWHERE, NULL,
                 "the region is not enabled for this account: '%s'", p->what->region);
        cfn_hint(p->findings, "enable it (account settings, AWS Regions), or choose another");
        return;
    }
    if (cfn__preflight_verdict(p, check->first) != CFN__THERE)
        return;
    const json_t *list =
        cfn_output_list(cfn__preflight_output(p, check->first), "AvailabilityZones");
    long count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *zone = json_array_get(list, i);
        const char *type = cfn_output_text(zone, "ZoneType");
        const char *state = cfn_output_text(zone, "State");
        if (!*state)
            state = cfn_output_text(zone, "ZoneState");
        count += (!*type || strcmp(type, "availability-zone") == 0) &&
                 (!*state || strcmp(state, "available") == 0);
    }
    if (!list || count >= check->number)
        return;
    cfn_fail(p->findings, "preflight.zones", CFN__NOWHERE, check->path,
             "subnets are wanted in %ld availability zones, but %s has %ld for this account",
             check->number, p->what->region, count);
    cfn_hint(p->findings, "set common.network.zones to %ld, or choose another region", count);
}

static void judge_endpoint(struct cfn__preflight *p, const struct cfn__check *check) {
    const struct cfn__question *question = &p->questions.items[check->first];
    bool unknown =
        question->outcome == CFN_REPLY_REFUSED && strstr(question->code, "InvalidServiceName");
    if (!unknown && cfn__preflight_verdict(p, check->first) != CFN__ABSENT)
        return;
    cfn_fail(p->findings, "preflight.endpoint", CFN__NOWHERE, check->path,
             "%s offers no endpoint of this name: '%s'", p->what->region, check->subject);
    cfn_hint(p->findings, "correct common.network.interface_endpoints: aws ec2 "
                          "describe-vpc-endpoint-services lists what there is");
}

static void plan_endpoint(struct cfn__preflight *p, const struct cfn__planned *resource) {
    const char *name = cfn__planned_text(resource, "ServiceName");
    if (strcmp(resource->type, "AWS::EC2::VPCEndpoint") != 0 || !*name)
        return;
    struct cfn__check check = {.resource = resource, .subject = name, .judge = judge_endpoint};
    check.first = cfn__preflight_ask(p, "ec2", "DescribeVpcEndpointServices",
                                     json_pack("{s:[s]}", "ServiceNames", name));
    cfn__preflight_check(p, &check);
}

static void plan_spread(struct cfn__preflight *p, const struct cfn__planned *resource) {
    for (size_t i = 0; i < sizeof spreads / sizeof *spreads; i++)
        if (strcmp(resource->type, spreads[i].type) == 0)
            cfn__preflight_check(p, &(struct cfn__check){.resource = resource,
                                                         .row = &spreads[i],
                                                         .judge = judge_spread});
}

void cfn__preflight_network(struct cfn__preflight *p) {
    struct cfn__check zones = {.judge = judge_zones};
    for (size_t i = 0; i < p->planned.count; i++) {
        const struct cfn__planned *resource = &p->planned.items[i];
        bool subnet = strcmp(resource->type, "AWS::EC2::Subnet") == 0;
        long number = subnet ? zone_number(resource->body) : 0;
        if (number > zones.number) {
            zones.number = number;
            zones.resource = resource;
        }
        plan_spread(p, resource);
        plan_endpoint(p, resource);
    }
    if (!zones.number)
        return;
    zones.first = cfn__preflight_ask(p, "ec2", "DescribeAvailabilityZones", json_object());
    cfn__preflight_check(p, &zones);
}
