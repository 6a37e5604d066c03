/* IAM documents: statements, policies, trust. */
#include <cfngen/stack.h>

cfn_value cfn_statement_of(const struct cfn_statement *s) {
    return cfn_map({"Sid", cfn_str(s->Sid)}, {"Effect", cfn_str(s->Effect ? s->Effect : "Allow")},
                   {"Principal", s->Principal}, {"Action", s->Action}, {"NotAction", s->NotAction},
                   {"Resource", s->Resource}, {"NotResource", s->NotResource},
                   {"Condition", s->Condition});
}

cfn_value cfn_policy(cfn_value statements) {
    return cfn_map({"Version", cfn_str("2012-10-17")}, {"Statement", statements});
}

cfn_value cfn_trust(const char *service, bool confined) {
    cfn_value same_account =
        confined
            ? cfn_map({"StringEquals", cfn_map({"aws:SourceAccount", cfn_ref("AWS::AccountId")})})
            : NULL;
    return cfn_policy(
        cfn_list(cfn_statement(.Principal = cfn_map({"Service", cfn_sub(service)}),
                               .Action = cfn_str("sts:AssumeRole"), .Condition = same_account)));
}
