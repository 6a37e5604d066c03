/* The types of parameters, and which resource types the schema has a say in. */
#include "checker.h"

#include <string.h>

static const char *const parameter_types[] = {"String",
                                              "Number",
                                              "CommaDelimitedList",
                                              "List<String>",
                                              "List<Number>",
                                              "AWS::EC2::AvailabilityZone::Name",
                                              "AWS::EC2::Image::Id",
                                              "AWS::EC2::Instance::Id",
                                              "AWS::EC2::KeyPair::KeyName",
                                              "AWS::EC2::SecurityGroup::GroupName",
                                              "AWS::EC2::SecurityGroup::Id",
                                              "AWS::EC2::Subnet::Id",
                                              "AWS::EC2::VPC::Id",
                                              "AWS::EC2::Volume::Id",
                                              "AWS::Route53::HostedZone::Id",
                                              "AWS::SSM::Parameter::Name",
                                              "AWS::SSM::Parameter::Value<String>",
                                              NULL};

static const char list_of[] = "List<", value_of[] = "AWS::SSM::Parameter::Value<";

static bool is_known(const char *type, size_t size) {
    for (const char *const *known = parameter_types; *known; known++)
        if (strlen(*known) == size && memcmp(*known, type, size) == 0)
            return true;
    return false;
}

/* "List<T>" and "AWS::SSM::Parameter::Value<T>" nest, each once and in that order. */
bool cfn__parameter_type_known(const char *type) {
    static const char *const wrappers[] = {value_of, list_of};
    size_t size = strlen(type);
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        size_t prefix = strlen(wrappers[i]);
        if (size > prefix && cfn_starts_with(type, wrappers[i]) && type[size - 1] == '>') {
            type += prefix;
            size -= prefix + 1;
        }
    }
    return is_known(type, size);
}

unsigned cfn__parameter_gives(const char *type) {
    return cfn_starts_with(type, list_of) || strstr(type, "<List<") ||
                   strstr(type, "CommaDelimitedList")
               ? CFN__GIVES_LIST
               : CFN__GIVES_SCALAR;
}

const char *cfn__near_parameter_type(const char *type) {
    return cfn__near_of(type, parameter_types);
}

bool cfn__type_is_custom(const char *name) {
    return cfn_starts_with(name, "Custom::") ||
           strcmp(name, "AWS::CloudFormation::CustomResource") == 0;
}

/* A third party's, a module's, or one that a transform replaces: not in the schema, and not wrong
 * for that. */
bool cfn__type_is_foreign(const char *name) {
    return cfn_ends_with(name, "::MODULE") || cfn_starts_with(name, "AWS::Serverless::") ||
           (!cfn_starts_with(name, "AWS::") && strstr(name, "::"));
}

struct cfn_type cfn__type_of(const struct cfn__checker *c, json_t *resource) {
    const char *name = json_string_value(json_object_get(resource, "Type"));
    if (!name || !c->check->find || cfn__type_is_custom(name) ||
        cfn_starts_with(name, "AWS::Serverless::"))
        return (struct cfn_type){0};
    return c->check->find(name, c->check->context);
}
