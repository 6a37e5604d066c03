/* A program that looks a type up by name carries the tables of all services. */
#include <cfngen/schema.h>

int main(void) {
    return cfn_schema_find("AWS::S3::Bucket").service == NULL;
}
