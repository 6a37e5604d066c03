/* Which elements of XML are lists, and what the API calls them; checked against the service models.
 */
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

/* Whether list is item's plural: Addresses, Policies, Tags. */
static bool is_plural(const char *list, const char *item) {
    size_t size = strlen(item);
    bool y = size > 1 && item[size - 1] == 'y';
    if (y && strncmp(list, item, size - 1) == 0 && strcmp(list + size - 1, "ies") == 0)
        return true;
    return strncmp(list, item, size) == 0 &&
           (strcmp(list + size, "s") == 0 || strcmp(list + size, "es") == 0);
}

static bool is_any_item(const char *item) {
    return strcmp(item, "member") == 0 || strcmp(item, "item") == 0 || strcmp(item, "entry") == 0;
}

/* Lists of RDS and Redshift whose items have a name of their own. */
static bool is_odd_list(const char *list, const char *item) {
    static const char *const pairs[][2] = {
        {"AccountsWithRestoreAccess", "AccountWithRestoreAccess"},
        {"AllowedVPCs", "VpcIdentifier"},
        {"AssociatedClusters", "ClusterAssociatedToSchedule"},
        {"AssociatedRoles", "DBClusterRole"},
        {"AssociatedRoles", "DBInstanceRole"},
        {"AttributeValues", "AttributeValueTarget"},
        {"AvailableCapacityPerAvailabilityZoneList", "AvailableCapacityPerAvailabilityZone"},
        {"DBClusterEndpoints", "DBClusterEndpointList"},
        {"DBClusterOptionGroupMemberships", "DBClusterOptionGroup"},
        {"DBSecurityGroupMemberships", "DBSecurityGroup"},
        {"DescribeDBLogFiles", "DescribeDBLogFilesDetails"},
        {"Errors", "IntegrationError"},
        {"Errors", "SnapshotErrorMessage"},
        {"EventCategoriesList", "EventCategory"},
        {"EventCategoriesMapList", "EventCategoriesMap"},
        {"EventSubscriptionsList", "EventSubscription"},
        {"Events", "EventInfoMap"},
        {"GlobalClusters", "GlobalClusterMember"},
        {"IamRoles", "ClusterIamRole"},
        {"IopsToStorageRatio", "DoubleRange"},
        {"MinimumEngineVersionPerAllowedValue", "MinimumEngineVersionPerAllowedValue"},
        {"NextInvocations", "ScheduledActionTime"},
        {"NextInvocations", "SnapshotTime"},
        {"NodeConfigurationOptionList", "NodeConfigurationOption"},
        {"OptionGroupOptionVersions", "OptionVersion"},
        {"OptionGroupsList", "OptionGroup"},
        {"OptionsConflictsWith", "OptionConflictName"},
        {"OptionsDependedOn", "OptionName"},
        {"ParameterGroups", "ClusterParameterGroup"},
        {"PartnerIntegrationInfoList", "PartnerIntegrationInfo"},
        {"PendingMaintenanceActionDetails", "PendingMaintenanceAction"},
        {"PendingMaintenanceActions", "ResourcePendingMaintenanceActions"},
        {"ProvisionedIops", "Range"},
        {"ProvisionedStorageThroughput", "Range"},
        {"ReservedNodeConfigurationOptionList", "ReservedNodeConfigurationOption"},
        {"ReservedNodeExchangeStatusDetails", "ReservedNodeExchangeStatus"},
        {"Resources", "String"},
        {"RestorableNodeTypes", "NodeType"},
        {"SourceIdsList", "SourceId"},
        {"SsoTagKeys", "TagKey"},
        {"StatusInfos", "DBClusterStatusInfo"},
        {"StatusInfos", "DBInstanceStatusInfo"},
        {"Storage", "ValidStorageOptions"},
        {"StorageSize", "Range"},
        {"StorageThroughputToIopsRatio", "DoubleRange"},
        {"SupportedCharacterSets", "CharacterSet"},
        {"SupportedNcharCharacterSets", "CharacterSet"},
        {"SupportedTimezones", "Timezone"},
        {"TableRestoreStatusDetails", "TableRestoreStatus"},
        {"TagList", "Tag"},
        {"ValidProcessorFeatures", "AvailableProcessorFeature"},
        {"ValidUpgradeTarget", "UpgradeTarget"},
        {"VpcSecurityGroups", "VpcSecurityGroupMembership"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], list) == 0 && strcmp(pairs[i][1], item) == 0)
            return true;
    return false;
}

static int compare_names(const void *name, const void *item) {
    return strcmp(name, *(const char *const *)item);
}

/* Lists of CloudFormation and IAM, in order: where one is empty, nothing else tells. */
static const char *const known[] = {
    "AccessDetails",
    "AccessKeyMetadata",
    "AccountAliases",
    "AccountLimits",
    "Accounts",
    "AllowedValues",
    "Annotations",
    "AttachedManagedPolicies",
    "AttachedPolicies",
    "Capabilities",
    "Certificates",
    "Changes",
    "ClientIDList",
    "ContextKeyNames",
    "DeclaredTransforms",
    "DelegationRequests",
    "DependsOn",
    "Details",
    "EnabledFeatures",
    "EntityDetailsList",
    "Errors",
    "EvaluationResults",
    "Exports",
    "GroupDetailList",
    "GroupList",
    "GroupPolicyList",
    "Groups",
    "HookResults",
    "Hooks",
    "Imports",
    "InlinePolicyTemplates",
    "InstanceProfileList",
    "InstanceProfiles",
    "LastOperations",
    "LogicalResourceIds",
    "MFADevices",
    "ManagedPolicyArns",
    "MatchedStatements",
    "MissingContextValues",
    "NotificationARNs",
    "OpenIDConnectProviderList",
    "OperationEvents",
    "OrganizationalUnitIds",
    "Outputs",
    "ParameterOverrides",
    "Parameters",
    "ParametersDefinition",
    "PhysicalResourceIdContext",
    "Policies",
    "PoliciesGrantingServiceAccess",
    "PolicyGroups",
    "PolicyNames",
    "PolicyRoles",
    "PolicyUsers",
    "PolicyVersionList",
    "PrivateKeyList",
    "Properties",
    "PropertyDifferences",
    "RegionOrder",
    "Regions",
    "RegistrationTokenList",
    "RelatedResources",
    "RequiredActivatedTypes",
    "ResourceDriftIgnoredAttributes",
    "ResourceIdentifierSummaries",
    "ResourceIdentifiers",
    "ResourceScanSummaries",
    "ResourceSpecificResults",
    "ResourceTypes",
    "Resources",
    "RoleDetailList",
    "RolePermissionRestrictionArns",
    "RolePolicyList",
    "RoleTagsTemplate",
    "RoleUsageList",
    "Roles",
    "RollbackTriggers",
    "SAMLProviderList",
    "SSHPublicKeys",
    "ScanFilters",
    "Scope",
    "ServerCertificateMetadataList",
    "ServiceSpecificCredentials",
    "ServicesLastAccessed",
    "StackEvents",
    "StackIds",
    "StackRefactorActions",
    "StackRefactorSummaries",
    "StackResourceDrifts",
    "StackResourceSummaries",
    "StackResources",
    "StackSummaries",
    "Stacks",
    "StagesAvailable",
    "Summaries",
    "SupportedMajorVersions",
    "TagResources",
    "Tags",
    "ThumbprintList",
    "TrackedActionsLastAccessed",
    "TypeConfigurations",
    "TypeSummaries",
    "TypeVersionSummaries",
    "Types",
    "UnprocessedTypeConfigurations",
    "UnrecognizedResourceTypes",
    "UntagResources",
    "UserDetailList",
    "UserPolicyList",
    "Users",
    "Values",
    "Versions",
    "VirtualMFADevices",
};

static bool query_list(const char *name, const char *item) {
    if (!item)
        return bsearch(name, known, sizeof known / sizeof *known, sizeof *known, compare_names);
    return is_any_item(item);
}

static bool rds_list(const char *name, const char *item) {
    return item && (is_any_item(item) || is_plural(name, item) || is_odd_list(name, item));
}

static bool plain_list(const char *name, const char *item) {
    (void)name;
    return item && is_any_item(item);
}

const struct cfn__xml_names *cfn__names_of(const struct cfn__service *service) {
    static const struct cfn__xml_names query = {query_list, NULL, NULL},
                                       rds = {rds_list, NULL, NULL},
                                       plain = {plain_list, NULL, NULL};
    static const struct {
        const char *service;
        const struct cfn__xml_names *names;
    } rows[] = {
        {"cloudformation", &query}, {"iam", &query},          {"rds", &rds},
        {"redshift", &rds},         {"ec2", &cfn__names_ec2}, {"s3", &cfn__names_s3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].service, service->signing) == 0)
            return rows[i].names;
    return &plain;
}
