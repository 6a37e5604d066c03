/* The Query protocol: calls are forms. EC2 has a dialect of its own. */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

const char *cfn__singular(const char *name, char room[128]) {
    size_t size = strlen(name);
    if (size < 2 || size >= 120 || name[size - 1] != 's')
        return name;
    bool y = size > 3 && strcmp(name + size - 3, "ies") == 0;
    size -= y ? 3 : 1;
    memcpy(room, name, size);
    memcpy(room + size, "y", 2);
    room[size + y] = '\0';
    return room;
}

/* RDS and Redshift call an item by the list's singular, but for these. */
const char *cfn__item_name(const struct cfn__service *service, const char *list, char room[128]) {
    static const char *const rows[][2] = {
        {"AddIamRoles", "IamRoleArn"},
        {"AdditionalStorageVolumes", "member"},
        {"AssociatedRoles", "DBClusterAssociatedRole"},
        {"Auth", "member"},
        {"AuthorizedAudiencesList", "member"},
        {"AuthorizedTokenIssuerList", "member"},
        {"ClusterIds", "ClusterIdentifier"},
        {"ClusterSecurityGroups", "ClusterSecurityGroupName"},
        {"ConsumerIdentifiers", "member"},
        {"DBClusterIdentifiers", "member"},
        {"DBInstanceIdentifiers", "member"},
        {"DBSecurityGroupMemberships", "DBSecurityGroupName"},
        {"DBSecurityGroups", "DBSecurityGroupName"},
        {"DatabaseInstallationFiles", "member"},
        {"DisableLogTypes", "member"},
        {"DomainDnsIps", "member"},
        {"EnableCloudwatchLogsExports", "member"},
        {"EnableLogTypes", "member"},
        {"ExcludedMembers", "member"},
        {"ExportOnly", "member"},
        {"IamRoles", "IamRoleArn"},
        {"Identifiers", "DeleteClusterSnapshotMessage"},
        {"LakeFormation", "member"},
        {"LogExports", "member"},
        {"OptionsToInclude", "OptionConfiguration"},
        {"OptionsToRemove", "member"},
        {"RecommendedActionUpdates", "member"},
        {"Redshift", "member"},
        {"RemoveIamRoles", "IamRoleArn"},
        {"S3AccessGrants", "member"},
        {"SecurityGroups", "member"},
        {"ServiceIntegrations", "member"},
        {"SessionPinningFilters", "member"},
        {"SnapshotIdentifierList", "String"},
        {"SortingEntities", "SnapshotSortingEntity"},
        {"SsoTagKeys", "TagKey"},
        {"StaticMembers", "member"},
        {"SubnetIds", "SubnetIdentifier"},
        {"SupportedEngineModes", "member"},
        {"TagList", "Tag"},
        {"TagSpecifications", "item"},
        {"ValuesToAdd", "AttributeValue"},
        {"ValuesToRemove", "AttributeValue"},
        {"VpcIds", "VpcIdentifier"},
        {"VpcSecurityGroupMemberships", "VpcSecurityGroupId"},
        {"VpcSubnetIds", "member"},
    };
    bool rds = strcmp(service->signing, "rds") == 0;
    if (!rds && strcmp(service->signing, "redshift") != 0)
        return "member";
    if (rds && strcmp(list, "TagKeys") == 0)
        return "member";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i][0], list) == 0)
            return rows[i][1];
    return cfn__singular(list, room);
}

struct form {
    const struct cfn__service *service;
    struct cfn_arena *arena;
    struct cfn_text body;
};

static void put_value(struct form *form, const char *path, const char *name, const json_t *value);

/* A form has its own sign for blanks. */
static void put_text(struct form *form, const char *path, const char *text) {
    cfn_text_put(&form->body, "&");
    cfn__url_put(&form->body, path, strlen(path), false);
    cfn_text_put(&form->body, "=");
    for (const char *blank; (blank = strchr(text, ' ')); text = blank + 1) {
        cfn__url_put(&form->body, text, (size_t)(blank - text), false);
        cfn_text_put(&form->body, "+");
    }
    cfn__url_put(&form->body, text, strlen(text), false);
}

static void put_object(struct form *form, const char *path, const json_t *object) {
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(((json_t *)(uintptr_t)object), name, value) {
        char room[128];
        const char *part = name;
        if (form->service->protocol == CFN__EC2 && json_is_array(value))
            part = cfn__singular(name, room);
        put_value(form, cfn_arena_text(form->arena, "%s%s%s", path, *path ? "." : "", part), name,
                  value);
    }
}

/* An empty list clears what is there, where there is a way to say it. */
static void put_list(struct form *form, const char *path, const char *name, const json_t *list) {
    bool flat = form->service->protocol == CFN__EC2;
    char room[128];
    const char *item = flat ? "" : cfn__item_name(form->service, name, room);
    if (json_array_size(list) == 0 && !flat)
        put_text(form, path, "");
    for (size_t i = 0; i < json_array_size(list); i++)
        put_value(form,
                  cfn_arena_text(form->arena, "%s%s%s.%zu", path, flat ? "" : ".", item, i + 1), "",
                  json_array_get(list, i));
}

/* Maps are lists of entries. */
static bool is_map(const char *name) {
    static const char *const maps[] = {"AdditionalEncryptionContext", "Properties",
                                       "ReplacementValues", "ResourceIdentifier"};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (strcmp(maps[i], name) == 0)
            return true;
    return false;
}

static void put_map(struct form *form, const char *path, const json_t *map) {
    const char *key = NULL;
    json_t *value = NULL;
    size_t i = 0;
    json_object_foreach(((json_t *)(uintptr_t)map), key, value) {
        i++;
        put_text(form, cfn_arena_text(form->arena, "%s.entry.%zu.key", path, i), key);
        put_value(form, cfn_arena_text(form->arena, "%s.entry.%zu.value", path, i), "", value);
    }
}

static void put_value(struct form *form, const char *path, const char *name, const json_t *value) {
    if (json_is_array(value))
        put_list(form, path, name, value);
    else if (json_is_object(value) && is_map(name))
        put_map(form, path, value);
    else if (json_is_object(value))
        put_object(form, path, value);
    else if (!json_is_null(value))
        put_text(form, path, cfn__plain_text(value, form->arena));
}

const char *cfn__encode_query(const struct cfn__service *service, const struct cfn_call *call,
                              struct cfn__outgoing *outgoing) {
    struct form form = {.service = service, .arena = &outgoing->arena};
    cfn__url_pair(&form.body, "Action", call->action);
    cfn__url_pair(&form.body, "Version", service->version);
    put_object(&form, "", call->input);
    outgoing->method = "POST";
    cfn__pairs_put(&outgoing->headers, "Content-Type",
                   "application/x-www-form-urlencoded; charset=utf-8");
    outgoing->body_size = form.body.size;
    outgoing->body = cfn_arena_copy(&outgoing->arena, form.body.data, form.body.size);
    cfn_text_done(&form.body);
    return NULL;
}
