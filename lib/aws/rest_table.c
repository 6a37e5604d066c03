/* The actions of REST services that are known; a test compares each with AWS's own model. */
#include "protocol.h"

#include <string.h>

#define OWNER "ExpectedBucketOwner=x-amz-expected-bucket-owner"

/* service, action, method, path, query, headers, body, host_prefix. A request is read back by the
 * first row that knows all its parameters: of two with one path, the row with more of them is
 * second. */
const struct cfn__rest cfn__rest_table[] = {
    {"s3", "ListBuckets", "GET", "/",
     "MaxBuckets=max-buckets|ContinuationToken=continuation-token|Prefix=prefix|"
     "BucketRegion=bucket-region",
     NULL, NULL, NULL},
    {"s3", "CreateBucket", "PUT", "/{Bucket}", NULL,
     "ACL=x-amz-acl|ObjectOwnership=x-amz-object-ownership|"
     "ObjectLockEnabledForBucket=x-amz-bucket-object-lock-enabled",
     "CreateBucketConfiguration", NULL},
    {"s3", "HeadBucket", "HEAD", "/{Bucket}", NULL, OWNER, NULL, NULL},
    {"s3", "DeleteBucket", "DELETE", "/{Bucket}", NULL, OWNER, NULL, NULL},
    {"s3", "PutObject", "PUT", "/{Bucket}/{Key+}", NULL,
     "ACL=x-amz-acl|CacheControl=Cache-Control|ContentDisposition=Content-Disposition|"
     "ContentEncoding=Content-Encoding|ContentType=Content-Type|IfMatch=If-Match|"
     "IfNoneMatch=If-None-Match|ChecksumSHA256=x-amz-checksum-sha256|"
     "ServerSideEncryption=x-amz-server-side-encryption|"
     "SSEKMSKeyId=x-amz-server-side-encryption-aws-kms-key-id|"
     "BucketKeyEnabled=x-amz-server-side-encryption-bucket-key-enabled|"
     "StorageClass=x-amz-storage-class|Tagging=x-amz-tagging|Metadata=x-amz-meta-|" OWNER,
     "payload", NULL},
    {"s3", "CreateMultipartUpload", "POST", "/{Bucket}/{Key+}?uploads", NULL,
     "ContentType=Content-Type|ChecksumAlgorithm=x-amz-checksum-algorithm|"
     "ChecksumType=x-amz-checksum-type|Metadata=x-amz-meta-|" OWNER,
     NULL, NULL},
    {"s3", "UploadPart", "PUT", "/{Bucket}/{Key+}", "PartNumber=partNumber|UploadId=uploadId",
     "ChecksumSHA256=x-amz-checksum-sha256|" OWNER, "payload", NULL},
    {"s3", "CompleteMultipartUpload", "POST", "/{Bucket}/{Key+}", "UploadId=uploadId",
     "ChecksumSHA256=x-amz-checksum-sha256|ChecksumType=x-amz-checksum-type|"
     "MpuObjectSize=x-amz-mp-object-size|IfMatch=If-Match|IfNoneMatch=If-None-Match|" OWNER,
     "MultipartUpload=CompleteMultipartUpload", NULL},
    {"s3", "GetObject", "GET", "/{Bucket}/{Key+}", "VersionId=versionId",
     "Range|IfMatch=If-Match|IfNoneMatch=If-None-Match|" OWNER, NULL, NULL},
    {"s3", "HeadObject", "HEAD", "/{Bucket}/{Key+}", "VersionId=versionId",
     "Range|IfMatch=If-Match|IfNoneMatch=If-None-Match|ChecksumMode=x-amz-checksum-mode|" OWNER,
     NULL, NULL},
    {"s3", "DeleteObject", "DELETE", "/{Bucket}/{Key+}", "VersionId=versionId",
     "BypassGovernanceRetention=x-amz-bypass-governance-retention|" OWNER, NULL, NULL},
    {"s3", "AbortMultipartUpload", "DELETE", "/{Bucket}/{Key+}", "UploadId=uploadId", OWNER, NULL,
     NULL},
    {"s3", "DeleteObjects", "POST", "/{Bucket}?delete", NULL,
     "BypassGovernanceRetention=x-amz-bypass-governance-retention|" OWNER, "Delete", NULL},
    {"s3", "ListObjectsV2", "GET", "/{Bucket}?list-type=2",
     "Delimiter=delimiter|EncodingType=encoding-type|MaxKeys=max-keys|Prefix=prefix|"
     "ContinuationToken=continuation-token|FetchOwner=fetch-owner|StartAfter=start-after",
     OWNER, NULL, NULL},
    {"s3", "ListObjectVersions", "GET", "/{Bucket}?versions",
     "Delimiter=delimiter|EncodingType=encoding-type|KeyMarker=key-marker|MaxKeys=max-keys|"
     "Prefix=prefix|VersionIdMarker=version-id-marker",
     OWNER, NULL, NULL},
    {"s3", "GetBucketLocation", "GET", "/{Bucket}?location", NULL, OWNER, NULL, NULL},
    {"s3", "GetBucketTagging", "GET", "/{Bucket}?tagging", NULL, OWNER, NULL, NULL},
    {"s3", "GetBucketVersioning", "GET", "/{Bucket}?versioning", NULL, OWNER, NULL, NULL},
    {"s3", "PutBucketEncryption", "PUT", "/{Bucket}?encryption", NULL, OWNER,
     "ServerSideEncryptionConfiguration", NULL},
    {"s3", "PutBucketLifecycleConfiguration", "PUT", "/{Bucket}?lifecycle", NULL, OWNER,
     "LifecycleConfiguration", NULL},
    {"s3", "PutBucketPolicy", "PUT", "/{Bucket}?policy", NULL, OWNER, "=Policy", NULL},
    {"s3", "PutBucketTagging", "PUT", "/{Bucket}?tagging", NULL, OWNER, "Tagging", NULL},
    {"s3", "PutBucketVersioning", "PUT", "/{Bucket}?versioning", NULL, OWNER,
     "VersioningConfiguration", NULL},
    {"s3", "GetPublicAccessBlock", "GET", "/{Bucket}?publicAccessBlock", NULL, OWNER, NULL, NULL},
    {"s3", "PutPublicAccessBlock", "PUT", "/{Bucket}?publicAccessBlock", NULL, OWNER,
     "PublicAccessBlockConfiguration", NULL},

    {"emr-serverless", "CancelJobRun", "DELETE", "/applications/{applicationId}/jobruns/{jobRunId}",
     "shutdownGracePeriodInSeconds", NULL, NULL, NULL},
    {"emr-serverless", "CreateApplication", "POST", "/applications", NULL, NULL, "*", NULL},
    {"emr-serverless", "DeleteApplication", "DELETE", "/applications/{applicationId}", NULL, NULL,
     NULL, NULL},
    {"emr-serverless", "GetApplication", "GET", "/applications/{applicationId}", NULL, NULL, NULL,
     NULL},
    {"emr-serverless", "GetDashboardForJobRun", "GET",
     "/applications/{applicationId}/jobruns/{jobRunId}/dashboard",
     "attempt|accessSystemProfileLogs", NULL, NULL, NULL},
    {"emr-serverless", "GetJobRun", "GET", "/applications/{applicationId}/jobruns/{jobRunId}",
     "attempt", NULL, NULL, NULL},
    {"emr-serverless", "ListApplications", "GET", "/applications", "nextToken|maxResults|states",
     NULL, NULL, NULL},
    {"emr-serverless", "ListJobRuns", "GET", "/applications/{applicationId}/jobruns",
     "nextToken|maxResults|createdAtAfter|createdAtBefore|states|mode", NULL, NULL, NULL},
    {"emr-serverless", "StartApplication", "POST", "/applications/{applicationId}/start", NULL,
     NULL, NULL, NULL},
    {"emr-serverless", "StartJobRun", "POST", "/applications/{applicationId}/jobruns", NULL, NULL,
     "*", NULL},
    {"emr-serverless", "StopApplication", "POST", "/applications/{applicationId}/stop", NULL, NULL,
     NULL, NULL},
    {"emr-serverless", "UpdateApplication", "PATCH", "/applications/{applicationId}", NULL, NULL,
     "*", NULL},

    {"airflow", "CreateCliToken", "POST", "/clitoken/{Name}", NULL, NULL, NULL, "env."},
    {"airflow", "CreateWebLoginToken", "POST", "/webtoken/{Name}", NULL, NULL, NULL, "env."},
    {"airflow", "GetEnvironment", "GET", "/environments/{Name}", NULL, NULL, NULL, "api."},
    {"airflow", "InvokeRestApi", "POST", "/restapi/{Name}", NULL, NULL, "*", "env."},
    {"airflow", "ListEnvironments", "GET", "/environments", "NextToken|MaxResults", NULL, NULL,
     "api."},
    {"airflow", "UpdateEnvironment", "PATCH", "/environments/{Name}", NULL, NULL, "*", "api."},

    {"awsssoportal", "GetRoleCredentials", "GET", "/federation/credentials",
     "roleName=role_name|accountId=account_id", "accessToken=x-amz-sso_bearer_token", NULL, NULL},
    {"awsssoportal", "ListAccountRoles", "GET", "/assignment/roles",
     "nextToken=next_token|maxResults=max_result|accountId=account_id",
     "accessToken=x-amz-sso_bearer_token", NULL, NULL},
    {"awsssoportal", "ListAccounts", "GET", "/assignment/accounts",
     "nextToken=next_token|maxResults=max_result", "accessToken=x-amz-sso_bearer_token", NULL,
     NULL},
    {"sso-oauth", "CreateToken", "POST", "/token", NULL, NULL, "*", NULL},
    {"sso-oauth", "RegisterClient", "POST", "/client/register", NULL, NULL, "*", NULL},
    {"sso-oauth", "StartDeviceAuthorization", "POST", "/device_authorization", NULL, NULL, "*",
     NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct cfn__rest *cfn__rest_find(const char *service, const char *action) {
    for (const struct cfn__rest *rest = cfn__rest_table; rest->service; rest++)
        if (strcmp(rest->service, service) == 0 && strcmp(rest->action, action) == 0)
            return rest;
    return NULL;
}
