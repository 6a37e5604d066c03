/* The text formats that settings of AWS share. */
#include "config.h"
#include "network.h"
#include "schedule.h"

#include <stdio.h>
#include <string.h>

bool cfn__format_takes(const struct cfn_text_format *format, const char *text,
                       struct cfn__patterns *patterns) {
    return (!format->pattern || cfn__pattern_matches(patterns, format->pattern, text, true)) &&
           (!format->accepts || format->accepts(text));
}

bool cfn__format_accepts(const struct cfn_text_format *format, const char *text) {
    struct cfn__patterns *patterns = cfn__patterns_new();
    bool accepts = cfn__format_takes(format, text, patterns);
    cfn__patterns_free(patterns);
    return accepts;
}

/* Lower case, and hyphens for what stands between words. */
static void suggest_name(const char *text, char room[64]) {
    size_t size = 0;
    for (; *text && size < 63; text++) {
        bool upper = *text >= 'A' && *text <= 'Z';
        bool between = *text == '_' || *text == ' ' || *text == '.';
        room[size++] = upper ? (char)(*text - 'A' + 'a') : between ? '-' : *text;
    }
    room[*text ? 0 : size] = '\0';
}

static void suggest_identifier(const char *text, char room[64]) {
    suggest_name(text, room);
    for (char *c = room; *c; c++)
        if (*c == '-')
            *c = '_';
}

/* A zone's name, for its region's; and upper case. */
static void suggest_region(const char *text, char room[64]) {
    suggest_name(text, room);
    size_t size = strlen(room);
    if (size > 2 && room[size - 1] >= 'a' && room[size - 1] <= 'z' && room[size - 2] <= '9')
        room[size - 1] = '\0';
}

static void suggest_day_window(const char *text, char room[64]) {
    if (strlen(text) == 19 && text[3] == ':' && text[9] == '-' && text[13] == ':')
        snprintf(room, 64, "%.5s-%.5s", text + 4, text + 14);
}

static bool is_short_enough_email(const char *text) {
    return strlen(text) <= 254 && strcspn(text, "@") <= 64 && !strstr(text, "..");
}

static bool is_short_enough_host(const char *text) {
    return strlen(text) <= 253;
}

static bool is_s3_key(const char *text) {
    return strlen(text) <= 1024 && !strstr(text, "//") && !strstr(text, "..");
}

#define OCTET "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
#define ADDRESS OCTET "\\." OCTET "\\." OCTET "\\." OCTET
#define LABEL "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define DIRECTION "(north|south)?(east|west)|north|south|central"
#define TIME "([01][0-9]|2[0-3]):[0-5][0-9]"
#define DAY "(mon|tue|wed|thu|fri|sat|sun):"

const struct cfn_text_format cfn_format_cidr = {
    .name = "cidr",
    .must_be = "a CIDR block from /16 to /28 such as 10.0.0.0/16",
    .pattern = "^" ADDRESS "/(1[6-9]|2[0-8])$",
    .accepts = cfn__is_vpc_network,
    .example = "10.0.0.0/16",
    .suggest = cfn__suggest_network,
};
const struct cfn_text_format cfn_format_any_cidr = {
    .name = "any_cidr",
    .must_be = "a CIDR block such as 192.0.2.0/24",
    .pattern = "^" ADDRESS "/([12]?[0-9]|3[0-2])$",
    .accepts = cfn__is_any_network,
    .example = "192.0.2.0/24",
    .suggest = cfn__suggest_network,
};
const struct cfn_text_format cfn_format_arn = {
    .name = "arn",
    .must_be = "an ARN such as arn:aws:iam::111122223333:role/reader",
    .pattern = "^arn:aws(-cn|-us-gov)?:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:[!-~]+$",
    .example = "arn:aws:iam::111122223333:role/reader",
};

const struct cfn_text_format cfn_format_role = {
    .name = "role_arn",
    .must_be = "the ARN of an IAM role such as arn:aws:iam::111122223333:role/cloudformation",
    .pattern = "^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/[!-~]+$",
    .example = "arn:aws:iam::111122223333:role/cloudformation",
};
const struct cfn_text_format cfn_format_topic = {
    .name = "topic_arn",
    .must_be = "the ARN of an SNS topic such as arn:aws:sns:eu-west-1:111122223333:deployments",
    .pattern = "^arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$",
    .example = "arn:aws:sns:eu-west-1:111122223333:deployments",
};
const struct cfn_text_format cfn_format_bucket = {
    .name = "bucket",
    .must_be = "a bucket name such as shop-templates: 3 to 63 of a-z, 0-9, dots and hyphens",
    .pattern = "^(?!.*\\.\\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
    .example = "shop-templates",
};

#define EXAMPLE_KEY "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

const struct cfn_text_format cfn_format_key = {
    .name = "key_arn",
    .must_be = "the ARN of a KMS key such as " EXAMPLE_KEY,
    .pattern = "^arn:aws(-cn|-us-gov)?:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
    .example = EXAMPLE_KEY,
};
const struct cfn_text_format cfn_format_email = {
    .name = "email",
    .must_be = "an e-mail address such as data@example.com",
    .pattern = "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*(?<!\\.)@(" LABEL
               "\\.)+" LABEL "$",
    .accepts = is_short_enough_email,
    .example = "data@example.com",
};
const struct cfn_text_format cfn_format_region = {
    .name = "region",
    .must_be = "a region such as eu-central-1",
    .pattern = "^[a-z]{2,4}(-[a-z]{2,4})?-(" DIRECTION ")-[1-9][0-9]?$",
    .example = "eu-central-1",
    .suggest = suggest_region,
};
const struct cfn_text_format cfn_format_name = {
    .name = "name",
    .must_be = "2 to 24 of a-z, 0-9 and single hyphens inside, a letter first",
    .pattern = "^(?=.{2,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    .example = "shop",
    .suggest = suggest_name,
};
const struct cfn_text_format cfn_format_identifier = {
    .name = "identifier",
    .must_be = "1 to 63 of a-z, 0-9 and underscores, a letter first",
    .pattern = "^[a-z][a-z0-9_]{0,62}$",
    .example = "shop",
    .suggest = suggest_identifier,
};
const struct cfn_text_format cfn_format_host = {
    .name = "host",
    .must_be = "a host name such as db.example.com",
    .pattern = "^" LABEL "(\\." LABEL ")*$",
    .accepts = is_short_enough_host,
    .example = "db.example.com",
};
const struct cfn_text_format cfn_format_schedule = {
    .name = "schedule",
    .must_be = "a schedule such as cron(0 3 * * ? *) or rate(1 day)",
    .pattern = "^(cron\\([^ ]+( [^ ]+){5}\\)|rate\\([1-9][0-9]{0,3} (minute|hour|day)s?\\))$",
    .accepts = cfn__is_schedule,
    .example = "cron(0 3 * * ? *)",
    .suggest = cfn__suggest_schedule,
};
const struct cfn_text_format cfn_format_window = {
    .name = "window",
    .must_be = "a weekly window of at least 30 minutes such as sun:03:00-sun:04:00",
    .pattern = "^" DAY TIME "-" DAY TIME "$",
    .accepts = cfn__is_window,
    .example = "sun:03:00-sun:04:00",
    .suggest = suggest_name,
};
const struct cfn_text_format cfn_format_day_window = {
    .name = "day_window",
    .must_be = "a daily window of at least 30 minutes such as 02:00-03:00",
    .pattern = "^" TIME "-" TIME "$",
    .accepts = cfn__is_day_window,
    .example = "02:00-03:00",
    .suggest = suggest_day_window,
};
const struct cfn_text_format cfn_format_security_group = {
    .name = "security_group",
    .must_be = "the id of a security group such as sg-0123456789abcdef0",
    .pattern = "^sg-([0-9a-f]{8}|[0-9a-f]{17})$",
    .example = "sg-0123456789abcdef0",
    .suggest = suggest_name,
};
const struct cfn_text_format cfn_format_version = {
    .name = "version",
    .must_be = "a version such as 17, 17.10 or 3.0.6",
    .pattern = "^(0|[1-9][0-9]{0,3})(\\.(0|[1-9][0-9]{0,3})){0,2}$",
    .example = "17.10",
};
const struct cfn_text_format cfn_format_s3_key = {
    .name = "s3_key",
    .must_be = "a key in S3 such as dags/requirements.txt",
    .pattern = "^[A-Za-z0-9!_.*'()-][A-Za-z0-9!_.*'()/-]*$",
    .accepts = is_s3_key,
    .example = "dags/requirements.txt",
};
