// The library from C++: functions as they are; the macros over compound literals are C's.
#include <cfngen/cfngen.h>

#include <cstdio>

int main() {
    cfn_type bucket = cfn_schema_find("AWS::S3::Bucket");
    std::printf("%s has %zu properties\n", cfn_type_name(bucket), cfn_type_property_count(bucket));
    return cfn_type_is_stateful(bucket) ? 0 : 1;
}
