/* Names of EC2 and S3, whose XML has words of its own for what the API calls otherwise. */
#include "protocol.h"

#include <string.h>

static bool ends_in_s(const char *name, size_t size) {
    return size > 0 && name[size - 1] == 's';
}

/* -- EC2 --------------------------------------------------------------------------------------- */

static bool ec2_list(const char *name, const char *item) {
    return item ? strcmp(item, "item") == 0 : cfn_ends_with(name, "Set");
}

/* "vpcSet" is Vpcs, "natGatewayAddressSet" NatGatewayAddresses, "dnsEntrySet" DnsEntries. */
static void plural_of(const char *set, char room[128]) {
    size_t size = strlen(set) - strlen("Set");
    memcpy(room, set, size);
    bool many = ends_in_s(room, size) && !ends_in_s(room, size - 1);
    bool hissing = ends_in_s(room, size) || (size > 0 && room[size - 1] == 'x');
    const char *ending = many ? "" : hissing ? "es" : "s";
    if (size > 1 && room[size - 1] == 'y' && !strchr("aeiou", room[size - 2])) {
        size--;
        ending = "ies";
    }
    memcpy(room + size, ending, strlen(ending) + 1);
}

/* Elsewhere than in these its names are the API's, but for their first letter. */
static const char *ec2_name(const char *name, bool list, char room[128]) {
    static const char *const others[][2] = {
        {"availabilityZoneInfo", "AvailabilityZones"},
        {"blockDeviceMapping", "BlockDeviceMappings"},
        {"cidrBlockAssociationSet", "CidrBlockAssociationSet"},
        {"geographySet", "Geography"},
        {"groupDescription", "Description"},
        {"groups", "UserIdGroupPairs"},
        {"imageOwnerId", "OwnerId"},
        {"imageState", "State"},
        {"instanceState", "State"},
        {"ipv6CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"},
        {"isPublic", "Public"},
        {"keySet", "KeyPairs"},
        {"regionEndpoint", "Endpoint"},
        {"regionInfo", "Regions"},
        {"securityGroupInfo", "SecurityGroups"},
        {"subGeographySet", "SubGeography"},
        {"zoneState", "State"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i][0], name) == 0)
            return others[i][1];
    if (strlen(name) >= 120)
        return name;
    if (list && cfn_ends_with(name, "Set"))
        plural_of(name, room);
    else
        memcpy(room, name, strlen(name) + 1);
    if (*room >= 'a' && *room <= 'z')
        *room = (char)(*room - 'a' + 'A');
    return room;
}

const struct cfn__xml_names cfn__names_ec2 = {ec2_list, NULL, ec2_name};

/* -- S3 ---------------------------------------------------------------------------------------- */

/* Its lists stand without an element around them, but for those of tags and grants. */
static const char *const s3_flat_names[][2] = {
    {"ChecksumAlgorithm", "ChecksumAlgorithm"},
    {"Contents", "Contents"},
    {"CommonPrefixes", "CommonPrefixes"},
    {"Version", "Versions"},
    {"DeleteMarker", "DeleteMarkers"},
    {"Deleted", "Deleted"},
    {"Error", "Errors"},
    {"Rule", "Rules"},
    {"Transition", "Transitions"},
    {"Upload", "Uploads"},
    {"NoncurrentVersionTransition", "NoncurrentVersionTransitions"},
};

static const char *s3_flat_name(const char *name) {
    for (size_t i = 0; i < sizeof s3_flat_names / sizeof *s3_flat_names; i++)
        if (strcmp(s3_flat_names[i][0], name) == 0)
            return s3_flat_names[i][1];
    return NULL;
}

/* A deleted object may have a mark beside its name, which is true or false. */
static bool s3_flat(const char *name, bool text) {
    return s3_flat_name(name) && !(text && strcmp(name, "DeleteMarker") == 0);
}

static bool s3_list(const char *name, const char *item) {
    static const char *const lists[][2] = {
        {"Buckets", "Bucket"}, {"TagSet", "Tag"}, {"AccessControlList", "Grant"}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(lists[i][0], name) == 0)
            return !item || strcmp(lists[i][1], item) == 0;
    return false;
}

static const char *s3_name(const char *name, bool list, char room[128]) {
    const char *flat = list ? s3_flat_name(name) : NULL;
    (void)room;
    return flat ? flat : strcmp(name, "AccessControlList") == 0 ? "Grants" : name;
}

const struct cfn__xml_names cfn__names_s3 = {s3_list, s3_flat, s3_name};
