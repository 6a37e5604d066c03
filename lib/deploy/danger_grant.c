/* Policies that are attached, and resources that give a permission by being there. */
#include "danger.h"

#include <stdlib.h>
#include <string.h>

/* Lists in which one more member means one more right. */
static const struct list {
    const char *type, *property, *says;
} lists[] = {
    {"AWS::IAM::Role", "ManagedPolicyArns", "attaches %s to"},
    {"AWS::IAM::User", "ManagedPolicyArns", "attaches %s to"},
    {"AWS::IAM::Group", "ManagedPolicyArns", "attaches %s to"},
    {"AWS::SSO::PermissionSet", "ManagedPolicies", "attaches %s to"},
    {"AWS::IAM::User", "Groups", "adds to the group %s"},
    {"AWS::IAM::Policy", "Roles", "attaches to %s"},
    {"AWS::IAM::Policy", "Users", "attaches to %s"},
    {"AWS::IAM::Policy", "Groups", "attaches to %s"},
    {"AWS::IAM::ManagedPolicy", "Roles", "attaches to %s"},
    {"AWS::IAM::ManagedPolicy", "Users", "attaches to %s"},
    {"AWS::IAM::ManagedPolicy", "Groups", "attaches to %s"},
    {"AWS::IAM::UserToGroupAddition", "Users", "adds %s by"},
    {"AWS::EC2::VPCEndpointService", "AllowedPrincipals", "lets %s connect by"},
};

/* "attaches %s to" in two halves around the word. */
static void tell(struct cfn_diff *diff, struct cfn__edit *edit, const struct list *list,
                 const char *path, const char *word) {
    const char *gap = strstr(list->says, "%s");
    cfn__danger(edit, CFN_WIDENS_ACCESS, path, "%.*s%s%s %s", (int)(gap - list->says), list->says,
                word, gap + 2, cfn__thing(diff, edit));
}

static void look_at_list(struct cfn_diff *diff, struct cfn__edit *edit, const struct list *list) {
    struct cfn__words was = {.present = true}, is = {.present = true};
    cfn__words_of(diff, &was, edit->was, list->property, "");
    cfn__words_of(diff, &is, edit->is, list->property, "");
    for (size_t i = 0; i < is.all.count; i++) {
        const char *word = is.all.items[i];
        bool loud = cfn_ends_with(word, "/AdministratorAccess");
        const char *path = cfn_arena_text(&diff->arena, "Properties.%s.%zu", list->property, i);
        if (!cfn__words_have(&was, word) && (loud || !edit->fresh))
            tell(diff, edit, list, path, word);
    }
    cfn__words_done(&was);
    cfn__words_done(&is);
}

/* To whom, and what of. */
static const struct grant {
    const char *type, *who, *what;
} grants[] = {
    {"AWS::Lambda::Permission", "Principal", "FunctionName"},
    {"AWS::LakeFormation::Permissions", "DataLakePrincipal", "Resource"},
    {"AWS::LakeFormation::PrincipalPermissions", "Principal", "Resource"},
    {"AWS::EC2::VPCEndpointServicePermissions", "AllowedPrincipals", "ServiceId"},
    {"AWS::RAM::ResourceShare", "Principals", "ResourceArns"},
    {"AWS::Redshift::EndpointAuthorization", "Account", "ClusterIdentifier"},
    {"AWS::EKS::AccessEntry", "PrincipalArn", "ClusterName"},
    {"AWS::Events::EventBusPolicy", "Principal", "EventBusName"},
};

static void look_at_grant(struct cfn_diff *diff, struct cfn__edit *edit,
                          const struct grant *grant) {
    const json_t *who = json_object_get(edit->is, grant->who);
    const json_t *what = json_object_get(edit->is, grant->what);
    bool everybody = cfn_same(json_string_value(who), "*");
    if (edit->fresh && !everybody)
        return;
    cfn__danger(edit, CFN_WIDENS_ACCESS, "Properties", "%s gives %s rights on %s",
                cfn__thing(diff, edit),
                everybody ? "everybody"
                : who     ? cfn__said(diff, who)
                          : "others",
                what ? cfn__said(diff, what) : "what it names");
}

void cfn__danger_grants(struct cfn_diff *diff, struct cfn__edit *edit) {
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(lists[i].type, edit->change.type) == 0)
            look_at_list(diff, edit, &lists[i]);
    for (size_t i = 0; i < sizeof grants / sizeof *grants; i++)
        if (strcmp(grants[i].type, edit->change.type) == 0)
            look_at_grant(diff, edit, &grants[i]);
}
