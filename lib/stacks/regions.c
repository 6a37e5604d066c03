/*
 * Where a resource type is not offered, as far as the schemas that cfn-lint carries say (its
 * version stands at the top of lib/schema/aws.facts). A region that AWS adds a service to is taken
 * from its line; what is not listed is offered.
 */
#include <base/base.h>
#include <cfngen/stack.h>

#include <string.h>

struct gap {
    const char *type;
    const char *regions; /* each between blanks */
};

static const struct gap gaps[] = {
    {"AWS::Budgets::Budget",
     " af-south-1 ap-east-1 ap-east-2 ap-northeast-3 ap-south-2 ap-southeast-3 ap-southeast-4 "
     "ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 eu-central-2 eu-north-1 eu-south-1 "
     "eu-south-2 il-central-1 me-central-1 mx-central-1 us-gov-east-1 us-gov-west-1 "
     "cn-north-1 cn-northwest-1 "}, /* China bills in its own currency */
    {"AWS::DMS::ReplicationTask",
     " ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 "
     "ap-southeast-7 ca-west-1 eu-central-2 eu-south-2 il-central-1 me-central-1 mx-central-1 "},
    {"AWS::DMS::ReplicationConfig", " ap-east-2 ap-southeast-5 ap-southeast-6 ap-southeast-7 "
                                    "mx-central-1 us-gov-east-1 us-gov-west-1 "},
    {"AWS::MWAA::Environment",
     " ap-east-2 ap-southeast-6 mx-central-1 us-gov-east-1 us-gov-west-1 "},
};

bool cfn_offered(const struct cfn_scope *scope, const char *type) {
    const char *wanted = cfn_text_of(scope, " %s ", scope->region);
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++)
        if (strcmp(gaps[i].type, type) == 0)
            return !strstr(gaps[i].regions, wanted);
    return true;
}
