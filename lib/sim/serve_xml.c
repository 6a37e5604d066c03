/* Outputs as XML: names of lists and of EC2's elements; all else is the JSON as it stands. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

/* --- text --- */

/* The length of what XML must not contain, at text; 0: nothing of that kind. */
static size_t forbidden(const char *text) {
    unsigned char c = (unsigned char)*text;
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
        return 1;
    return strncmp(text, "\xEF\xBF\xBE", 3) == 0 || strncmp(text, "\xEF\xBF\xBF", 3) == 0 ? 3 : 0;
}

void cfn__xml_put(struct cfn_text *xml, const char *text) {
    struct cfn_text clean = {0};
    for (; *text; text++) {
        size_t size = forbidden(text);
        if (size) {
            cfn_text_put(&clean, "\xEF\xBF\xBD");
            text += size - 1;
        } else
            cfn_text_write(&clean, text, 1);
    }
    cfn__xml_escape(xml, clean.data ? clean.data : "");
    cfn_text_done(&clean);
}

/* --- names --- */

struct writer {
    struct cfn_text *xml;
    const struct cfn__service *service;
    struct cfn_arena arena;
};

/* Where EC2 calls a member otherwise than by its rule; NULL as a parent is any. */
static const char *ec2_other(const char *parent, const char *name) {
    static const char *const rows[][3] = {
        {NULL, "Addresses", "addressesSet"},
        {NULL, "AvailabilityZones", "availabilityZoneInfo"},
        {"AvailabilityZones", "State", "zoneState"},
        {NULL, "CidrBlockAssociationSet", "cidrBlockAssociationSet"},
        {NULL, "Ipv6CidrBlockAssociationSet", "ipv6CidrBlockAssociationSet"},
        {NULL, "IpPermissions", "ipPermissions"},
        {NULL, "IpPermissionsEgress", "ipPermissionsEgress"},
        {NULL, "IpRanges", "ipRanges"},
        {NULL, "Ipv6Ranges", "ipv6Ranges"},
        {NULL, "PrefixListIds", "prefixListIds"},
        {NULL, "UserIdGroupPairs", "groups"},
        {NULL, "Regions", "regionInfo"},
        {"Regions", "Endpoint", "regionEndpoint"},
        {NULL, "SecurityGroups", "securityGroupInfo"},
        {"SecurityGroups", "Description", "groupDescription"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i][1], name) == 0 && (!rows[i][0] || strcmp(rows[i][0], parent) == 0))
            return rows[i][2];
    return NULL;
}

/* "Vpcs" is vpcSet, "NatGatewayAddresses" natGatewayAddressSet; "VpcId" is vpcId. */
static const char *ec2_name(struct writer *writer, const char *parent, const char *name,
                            bool list) {
    const char *other = ec2_other(parent, name);
    if (other)
        return other;
    char room[128];
    const char *single = list ? cfn__singular(name, room) : name;
    size_t size = strlen(single);
    size -= list && cfn_ends_with(single, "sse");
    char *written = cfn_arena_text(&writer->arena, "%.*s%s", (int)size, single, list ? "Set" : "");
    if (*written >= 'A' && *written <= 'Z')
        *written = (char)(*written - 'A' + 'a');
    return written;
}

/* S3's lists have no element around them, but for these. */
static const char *s3_item(const char *name, bool *around) {
    static const char *const rows[][2] = {{"Buckets", "Bucket"},
                                          {"TagSet", "Tag"},
                                          {"Versions", "Version"},
                                          {"DeleteMarkers", "DeleteMarker"},
                                          {"Errors", "Error"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i][0], name) == 0) {
            *around = i < 2;
            return rows[i][1];
        }
    *around = false;
    return name;
}

/* RDS calls an item by the singular of its list. */
static const char *item_of(const struct writer *writer, const char *name, char room[128]) {
    if (writer->service->protocol == CFN__EC2)
        return "item";
    const char *signing = writer->service->signing;
    bool singular = strcmp(signing, "rds") == 0 || strcmp(signing, "redshift") == 0;
    return singular ? cfn__singular(name, room) : "member";
}

/* --- values --- */

static void put_value(struct writer *writer, const char *parent, const char *name,
                      const json_t *value);

static void put_members(struct writer *writer, const char *parent, const json_t *object) {
    const char *name;
    json_t *value;
    json_object_foreach(((json_t *)(uintptr_t)object), name, value)
        put_value(writer, parent, name, value);
}

static void put_content(struct writer *writer, const char *parent, const json_t *value) {
    const char *text = cfn__plain_text(value, &writer->arena);
    if (json_is_object(value))
        put_members(writer, parent, value);
    else if (text)
        cfn__xml_put(writer->xml, text);
}

static void put_element(struct writer *writer, const char *parent, const char *name,
                        const json_t *value) {
    cfn_text_printf(writer->xml, "<%s>", name);
    put_content(writer, parent, value);
    cfn_text_printf(writer->xml, "</%s>", name);
}

static void put_list(struct writer *writer, const char *name, const char *element,
                     const json_t *list) {
    char room[128];
    bool around = true;
    const char *item =
        writer->service->protocol == CFN__S3 ? s3_item(name, &around) : item_of(writer, name, room);
    if (around)
        cfn_text_printf(writer->xml, "<%s>", element);
    for (size_t i = 0; i < json_array_size(list); i++)
        put_element(writer, name, item, json_array_get(list, i));
    if (around)
        cfn_text_printf(writer->xml, "</%s>", element);
}

static void put_value(struct writer *writer, const char *parent, const char *name,
                      const json_t *value) {
    const char *element = writer->service->protocol == CFN__EC2
                              ? ec2_name(writer, parent, name, json_is_array(value))
                              : name;
    if (json_is_array(value))
        put_list(writer, name, element, value);
    else if (!json_is_null(value))
        put_element(writer, name, element, value);
}

/* --- whole bodies --- */

static const char declaration[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

static void put_namespace(struct cfn_text *xml, const struct cfn__service *service) {
    const char *name = service->signing;
    bool secure = strcmp(name, "sts") == 0 || strcmp(name, "iam") == 0;
    cfn_text_printf(xml, " xmlns=\"%s://%s.amazonaws.com/doc/%s/\"", secure ? "https" : "http",
                    *name ? name : "webservices", service->version);
}

/* The root of what S3 answers to an action; NULL: it is told in headers. */
static const char *s3_root(const char *action) {
    static const char *const rows[][2] = {{"DeleteObjects", "DeleteResult"},
                                          {"GetBucketLocation", "LocationConstraint"},
                                          {"GetBucketTagging", "Tagging"},
                                          {"GetBucketVersioning", "VersioningConfiguration"},
                                          {"ListBuckets", "ListAllMyBucketsResult"},
                                          {"ListObjectVersions", "ListVersionsResult"},
                                          {"ListObjectsV2", "ListBucketResult"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i][0], action) == 0)
            return rows[i][1];
    return NULL;
}

static void put_s3(struct writer *writer, const char *action, const json_t *output) {
    const char *root = s3_root(action);
    if (!root)
        return;
    bool alone = strcmp(root, "LocationConstraint") == 0; /* a text and no more */
    cfn_text_printf(writer->xml, "%s<%s xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">",
                    declaration, root);
    put_content(writer, "", alone ? json_object_get(output, root) : output);
    cfn_text_printf(writer->xml, "</%s>", root);
}

/* These answer that they have been heard, and no more. */
static bool has_result(const char *action) {
    static const char *const without[] = {"CancelUpdateStack", "DeleteStack",
                                          "ExecuteStackRefactor", "SetStackPolicy",
                                          "SignalResource"};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (strcmp(without[i], action) == 0)
            return false;
    return true;
}

static void put_query(struct writer *writer, const char *action, const struct cfn_reply *reply) {
    struct cfn_text *xml = writer->xml;
    cfn_text_printf(xml, "<%sResponse", action);
    put_namespace(xml, writer->service);
    cfn_text_put(xml, ">");
    if (has_result(action)) {
        cfn_text_printf(xml, "<%sResult>", action);
        put_members(writer, "", reply->output);
        cfn_text_printf(xml, "</%sResult>", action);
    }
    cfn_text_printf(xml,
                    "<ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></%sResponse>",
                    reply->request_id, action);
}

static void put_ec2(struct writer *writer, const char *action, const struct cfn_reply *reply) {
    cfn_text_printf(writer->xml, "%s<%sResponse", declaration, action);
    put_namespace(writer->xml, writer->service);
    cfn_text_printf(writer->xml, "><requestId>%s</requestId>", reply->request_id);
    put_members(writer, "", reply->output);
    cfn_text_printf(writer->xml, "</%sResponse>", action);
}

void cfn__xml_output(struct cfn_text *xml, const struct cfn__asked *asked,
                     const struct cfn_reply *reply) {
    struct writer writer = {.xml = xml, .service = asked->service};
    if (asked->service->protocol == CFN__S3)
        put_s3(&writer, asked->call.action, reply->output);
    else if (asked->service->protocol == CFN__EC2)
        put_ec2(&writer, asked->call.action, reply);
    else
        put_query(&writer, asked->call.action, reply);
    cfn_arena_done(&writer.arena);
}

/* --- errors --- */

static void put_code(struct cfn_text *xml, const struct cfn_reply *reply) {
    cfn_text_put(xml, "<Code>");
    cfn__xml_put(xml, reply->code);
    cfn_text_put(xml, "</Code><Message>");
    cfn__xml_put(xml, reply->message);
    cfn_text_put(xml, "</Message>");
}

void cfn__xml_error(struct cfn_text *xml, const struct cfn__asked *asked,
                    const struct cfn_reply *reply) {
    if (asked->service->protocol == CFN__S3) {
        cfn_text_printf(xml, "%s<Error>", declaration);
        put_code(xml, reply);
        cfn_text_printf(xml, "<RequestId>%s</RequestId><HostId>simulation</HostId></Error>",
                        reply->request_id);
    } else if (asked->service->protocol == CFN__EC2) {
        cfn_text_printf(xml, "%s<Response><Errors><Error>", declaration);
        put_code(xml, reply);
        cfn_text_printf(xml, "</Error></Errors><RequestID>%s</RequestID></Response>",
                        reply->request_id);
    } else {
        cfn_text_put(xml, "<ErrorResponse");
        put_namespace(xml, asked->service);
        cfn_text_printf(xml, "><Error><Type>%s</Type>",
                        reply->status < 500 ? "Sender" : "Receiver");
        put_code(xml, reply);
        cfn_text_printf(xml, "</Error><RequestId>%s</RequestId></ErrorResponse>",
                        reply->request_id);
    }
}
