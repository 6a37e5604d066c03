/* The services that are known, and where they are. */
#include "protocol.h"

#include <string.h>

static const struct cfn__service services[] = {
    {"airflow", "mwaa", "airflow", CFN__REST_JSON, "2020-07-01", NULL, false},
    {"athena", "athena", "athena", CFN__JSON, "2017-05-18", "AmazonAthena", false},
    {"awsssoportal", "sso", "portal.sso", CFN__REST_JSON, "2019-06-10", NULL, false},
    {"cloudformation", "cloudformation", "cloudformation", CFN__QUERY, "2010-05-15", NULL, false},
    {"dms", "dms", "dms", CFN__JSON, "2016-01-01", "AmazonDMSv20160101", false},
    {"ec2", "ec2", "ec2", CFN__EC2, "2016-11-15", NULL, false},
    {"elasticmapreduce", "emr", "elasticmapreduce", CFN__JSON, "2009-03-31", "ElasticMapReduce",
     false},
    {"emr-serverless", "emr-serverless", "emr-serverless", CFN__REST_JSON, "2021-07-13", NULL,
     false},
    {"glue", "glue", "glue", CFN__JSON, "2017-03-31", "AWSGlue", false},
    {"iam", "iam", "iam", CFN__QUERY, "2010-05-08", NULL, true},
    {"kms", "kms", "kms", CFN__JSON, "2014-11-01", "TrentService", false},
    {"logs", "logs", "logs", CFN__JSON, "2014-03-28", "Logs_20140328", false},
    {"monitoring", "cloudwatch", "monitoring", CFN__QUERY, "2010-08-01", NULL, false},
    {"rds", "rds", "rds", CFN__QUERY, "2014-10-31", NULL, false},
    {"redshift", "redshift", "redshift", CFN__QUERY, "2012-12-01", NULL, false},
    {"redshift-data", "redshift-data", "redshift-data", CFN__JSON, "2019-12-20", "RedshiftData",
     false},
    {"redshift-serverless", "redshift-serverless", "redshift-serverless", CFN__JSON, "2021-04-21",
     "RedshiftServerless", false},
    {"s3", "s3", "s3", CFN__S3, "2006-03-01", NULL, false},
    {"secretsmanager", "secretsmanager", "secretsmanager", CFN__JSON, "2017-10-17",
     "secretsmanager", false},
    {"servicequotas", "service-quotas", "servicequotas", CFN__JSON, "2019-06-24",
     "ServiceQuotasV20190624", false},
    {"ssm", "ssm", "ssm", CFN__JSON, "2014-11-06", "AmazonSSM", false},
    {"sso-oauth", "sso-oidc", "oidc", CFN__REST_JSON, "2019-06-10", NULL, false},
    {"sts", "sts", "sts", CFN__QUERY, "2011-06-15", NULL, false},
};

const struct cfn__service *cfn__service_find(const char *name) {
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (strcmp(services[i].signing, name) == 0 || strcmp(services[i].name, name) == 0)
            return &services[i];
    return NULL;
}

/* Partitions by what their regions begin with; the last is for all others. */
static const struct partition {
    const char *prefix, *suffix;
    const char *iam, *iam_region; /* its one endpoint there */
} partitions[] = {
    {"cn-", "amazonaws.com.cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
    {"us-gov-", "amazonaws.com", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
    {"us-iso-", "c2s.ic.gov", "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"},
    {"us-isob-", "sc2s.sgov.gov", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"},
    {"us-isof-", "csp.hci.ic.gov", "iam.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"},
    {"eu-isoe-", "cloud.adc-e.uk", "iam.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"},
    {"eusc-", "amazonaws.eu", "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"},
    {"", "amazonaws.com", "iam.amazonaws.com", "us-east-1"},
};

static const struct partition *partition_of(const char *region) {
    const struct partition *partition = partitions;
    while (!cfn_starts_with(region, partition->prefix))
        partition++;
    return partition;
}

char *cfn__service_host(const struct cfn__service *service, const char *region,
                        struct cfn_arena *arena) {
    const struct partition *partition = partition_of(region);
    if (service->global)
        return cfn_arena_text(arena, "%s", partition->iam);
    return cfn_arena_text(arena, "%s.%s.%s", service->host, region, partition->suffix);
}

const char *cfn__service_region(const struct cfn__service *service, const char *region) {
    return service->global ? partition_of(region)->iam_region : region;
}

bool cfn__action_is_open(const struct cfn__service *service, const char *action) {
    static const struct {
        const char *service, *action;
    } open[] = {
        {"sts", "AssumeRoleWithWebIdentity"},
        {"sts", "AssumeRoleWithSAML"},
        {"awsssoportal", NULL},
        {"sso-oauth", "CreateToken"},
        {"sso-oauth", "RegisterClient"},
        {"sso-oauth", "StartDeviceAuthorization"},
    };
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (strcmp(open[i].service, service->signing) == 0 &&
            (!open[i].action || strcmp(open[i].action, action) == 0))
            return true;
    return false;
}
