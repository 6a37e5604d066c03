/* Properties that protect by themselves, whatever resource they belong to. */
#include "danger.h"

#include <math.h>
#include <string.h>

#define UNPROTECT(name, says)                                                                      \
    { name, CFN__SAFE_TRUE, CFN_UNPROTECTS, says, false, 0, NULL }
#define ENCRYPT(name)                                                                              \
    { name, CFN__SAFE_TRUE, CFN_WIDENS_ACCESS, "turns off encryption of @", false, 0, NULL }
#define TRANSIT(name)                                                                              \
    {                                                                                              \
        name, CFN__SAFE_TRUE, CFN_WIDENS_ACCESS, "allows unencrypted connections by @", false, 0,  \
            NULL                                                                                   \
    }
#define BLOCK(name)                                                                                \
    { name, CFN__SAFE_TRUE, CFN_WIDENS_ACCESS, "no longer blocks the public from @", true, 0, NULL }
#define EXPOSE(name, says, safe_unset)                                                             \
    { name, CFN__SAFE_FALSE, CFN_WIDENS_ACCESS, says, safe_unset, 0, NULL }
#define KEY(name)                                                                                  \
    {                                                                                              \
        name, CFN__SAFE_PRESENT, CFN_WIDENS_ACCESS,                                                \
            "takes the encryption with a key of its own "                                          \
            "from @",                                                                              \
            false, 0, NULL                                                                         \
    }
#define NEED(name, danger, says)                                                                   \
    { name, CFN__SAFE_PRESENT, danger, says, false, 0, NULL }
#define LONGER(name, says, unset)                                                                  \
    { name, CFN__SAFE_MORE, CFN_UNPROTECTS, says, false, unset, NULL }
#define RANK(name, says, safe_unset, words)                                                        \
    { name, CFN__SAFE_RANK, CFN_WIDENS_ACCESS, says, safe_unset, 0, words }

#define NO_DELETION "takes the protection against deletion from @"

static const struct cfn__setting settings[] = {
    UNPROTECT("DeletionProtection", NO_DELETION),
    UNPROTECT("DeletionProtectionEnabled", NO_DELETION),
    UNPROTECT("deletion_protection.enabled", NO_DELETION),
    UNPROTECT("TerminationProtected", NO_DELETION),
    UNPROTECT("TerminationProtection", NO_DELETION),
    UNPROTECT("DisableApiTermination", NO_DELETION),
    UNPROTECT("PointInTimeRecoveryEnabled", "turns off point-in-time recovery of @"),
    UNPROTECT("VersioningConfiguration.Status", "suspends the versions of objects in @"),
    UNPROTECT("ObjectLockEnabled", "takes the object lock from @"),
    NEED("ObjectLockConfiguration", CFN_UNPROTECTS, "takes the object lock from @"),
    LONGER("BackupRetentionPeriod", "keeps fewer backups of @", 1),
    LONGER("AutomatedSnapshotRetentionPeriod", "keeps fewer backups of @", 1),
    LONGER("SnapshotRetentionLimit", "keeps fewer backups of @", 0),
    LONGER("RetentionInDays", "deletes older entries of @", (double)INFINITY),
    LONGER("RetentionPeriodHours", "deletes older records of @", 24),
    LONGER("MessageRetentionPeriod", "deletes older messages of @", 345600),
    LONGER("PendingWindowInDays", "leaves less time to save @", 30),

    ENCRYPT("StorageEncrypted"),
    ENCRYPT("Encrypted"),
    ENCRYPT("KmsEncrypted"),
    ENCRYPT("EncryptionEnabled"),
    ENCRYPT("AtRestEncryptionEnabled"),
    ENCRYPT("EnableAtRestEncryption"),
    ENCRYPT("SSEEnabled"),
    ENCRYPT("SqsManagedSseEnabled"),
    ENCRYPT("CacheDataEncrypted"),
    ENCRYPT("EncryptionAtRestOptions.Enabled"),
    TRANSIT("TransitEncryptionEnabled"),
    TRANSIT("EnableInTransitEncryption"),
    TRANSIT("RequireEncryptionInTransit"),
    TRANSIT("NodeToNodeEncryptionOptions.Enabled"),
    TRANSIT("EnforceHTTPS"),
    TRANSIT("EnableInterContainerTrafficEncryption"),
    TRANSIT("rds.force_ssl"),
    TRANSIT("require_ssl"),
    TRANSIT("require_secure_transport"),
    BLOCK("BlockPublicAcls"),
    BLOCK("BlockPublicPolicy"),
    BLOCK("IgnorePublicAcls"),
    BLOCK("RestrictPublicBuckets"),
    NEED("PublicAccessBlockConfiguration", CFN_WIDENS_ACCESS, "no longer blocks the public from @"),
    NEED("PermissionsBoundary", CFN_WIDENS_ACCESS, "takes the permissions boundary from @"),
    EXPOSE("PubliclyAccessible", "opens @ to the internet", true),
    EXPOSE("EndpointPublicAccess", "opens @ to the internet", false),
    EXPOSE("AssociatePublicIpAddress", "gives public addresses to @", false),
    EXPOSE("MapPublicIpOnLaunch", "gives public addresses to what stands in @", false),
    EXPOSE("EncryptionDisabled", "turns off encryption of @", true),

    KEY("KmsKeyId"),
    KEY("KMSKeyId"),
    KEY("KMSKeyID"),
    KEY("KmsKeyArn"),
    KEY("KMSKeyArn"),
    KEY("KmsKey"),
    KEY("KMSKey"),
    KEY("KmsMasterKeyId"),
    KEY("KMSMasterKeyId"),
    KEY("KMSMasterKeyID"),
    KEY("KmsKeyIdentifier"),
    KEY("EncryptionKey"),
    KEY("EncryptionKeyArn"),
    NEED("BucketEncryption", CFN_WIDENS_ACCESS, "takes the encryption from @"),
    NEED("EncryptionConfiguration", CFN_WIDENS_ACCESS, "takes the encryption from @"),
    NEED("SSESpecification", CFN_WIDENS_ACCESS, "takes the encryption from @"),
    NEED("StreamEncryption", CFN_WIDENS_ACCESS, "takes the encryption from @"),
    NEED("CrawlerSecurityConfiguration", CFN_WIDENS_ACCESS, "takes the encryption from @"),
    NEED("SecurityConfiguration", CFN_WIDENS_ACCESS, "takes the encryption from @"),

    RANK("SSEAlgorithm", "weakens the encryption of @", false, "aws:kms:dsse aws:kms AES256"),
    RANK("S3EncryptionMode", "weakens the encryption of @", false, "SSE-KMS SSE-S3 DISABLED"),
    RANK("CloudWatchEncryptionMode", "weakens the encryption of @", false, "SSE-KMS DISABLED"),
    RANK("JobBookmarksEncryptionMode", "weakens the encryption of @", false, "CSE-KMS DISABLED"),
    RANK("CatalogEncryptionMode", "weakens the encryption of @", false, "SSE-KMS DISABLED"),
    RANK("EncryptionOption", "weakens the encryption of @", false, "CSE_KMS SSE_KMS SSE_S3"),
    RANK("EncryptionType", "weakens the encryption of @", false, "KMS AES256 NONE"),
    RANK("SslMode", "weakens the encryption of connections by @", false,
         "verify-full verify-ca require none"),
    RANK("ClientBroker", "allows unencrypted connections by @", true,
         "TLS TLS_PLAINTEXT PLAINTEXT"),
    RANK("ViewerProtocolPolicy", "allows unencrypted connections by @", false,
         "https-only redirect-to-https allow-all"),
    RANK("WebserverAccessMode", "opens @ to the internet", true, "PRIVATE_ONLY PUBLIC_ONLY"),
    RANK("AuthType", "lets @ be called by everybody", true, "AWS_IAM NONE"),
    RANK("HttpTokens", "allows the older metadata service of @", false, "required optional"),
    RANK("AccessControl", "opens @ to others", true,
         "Private BucketOwnerFullControl BucketOwnerRead LogDeliveryWrite AwsExecRead "
         "AuthenticatedRead PublicRead PublicReadWrite"),
};

const struct cfn__setting *cfn__setting_of(const char *path) {
    size_t size = strlen(path);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        size_t length = strlen(settings[i].name);
        if (size > length && path[size - length - 1] == '.' &&
            strcmp(path + size - length, settings[i].name) == 0)
            return &settings[i];
    }
    return NULL;
}
