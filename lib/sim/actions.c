/* The table of CloudFormation's actions, and how a call is answered. */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

#define PARAMETERS                                                                                 \
    "Parameters:[{ParameterKey:s ParameterValue:s UsePreviousValue:b ResolvedValue:s}]"
#define CAPABILITIES "Capabilities:[e(CAPABILITY_IAM|CAPABILITY_NAMED_IAM|CAPABILITY_AUTO_EXPAND)]"
#define TRIGGERS                                                                                   \
    "RollbackConfiguration:{RollbackTriggers:[{*Arn:s *Type:s}] MonitoringTimeInMinutes:i}"
#define DEPLOYMENT "DeploymentConfig:{Mode:e(STANDARD|EXPRESS) DisableRollback:b}"
#define ON_FAILURE ":e(DO_NOTHING|ROLLBACK|DELETE)"
#define TEMPLATE "TemplateBody:s TemplateURL:s"
#define TAGS "Tags:[{*Key:s *Value:s}]"
#define STATUSES                                                                                   \
    "StackStatusFilter:[e(CREATE_IN_PROGRESS|CREATE_FAILED|CREATE_COMPLETE|ROLLBACK_IN_PROGRESS|"  \
    "ROLLBACK_FAILED|ROLLBACK_COMPLETE|DELETE_IN_PROGRESS|DELETE_FAILED|DELETE_COMPLETE|"          \
    "UPDATE_IN_PROGRESS|UPDATE_COMPLETE_CLEANUP_IN_PROGRESS|UPDATE_COMPLETE|UPDATE_FAILED|"        \
    "UPDATE_ROLLBACK_IN_PROGRESS|UPDATE_ROLLBACK_FAILED|"                                          \
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS|UPDATE_ROLLBACK_COMPLETE|REVIEW_IN_PROGRESS|"    \
    "IMPORT_IN_PROGRESS|IMPORT_COMPLETE|IMPORT_ROLLBACK_IN_PROGRESS|IMPORT_ROLLBACK_FAILED|"       \
    "IMPORT_ROLLBACK_COMPLETE)]"
#define DRIFTS                                                                                     \
    "StackResourceDriftStatusFilters:[e(IN_SYNC|MODIFIED|DELETED|NOT_CHECKED|UNKNOWN|UNSUPPORTED)" \
    "]"

/* In order of name. */
static const struct cfn__action_row actions[] = {
    {"CancelUpdateStack", cfn__cancel_update_stack, "ClientRequestToken",
     "*StackName:s ClientRequestToken:s"},
    {"ContinueUpdateRollback", cfn__continue_update_rollback, "ClientRequestToken",
     "*StackName:s RoleARN:s ResourcesToSkip:[s] ClientRequestToken:s ForceRollback:b"},
    {"CreateChangeSet", cfn__create_change_set, "ClientToken",
     "*StackName:s " TEMPLATE " UsePreviousTemplate:b " PARAMETERS " " CAPABILITIES
     " ResourceTypes:[s] RoleARN:s " TRIGGERS " NotificationARNs:[s] " TAGS
     " *ChangeSetName:s ClientToken:s Description:s ChangeSetType:e(CREATE|UPDATE|IMPORT) "
     "ResourcesToImport:[{*ResourceType:s *LogicalResourceId:s *ResourceIdentifier:m}] "
     "IncludeNestedStacks:b OnStackFailure" ON_FAILURE
     " ImportExistingResources:b DeploymentMode:e(REVERT_DRIFT) " DEPLOYMENT
     " DisableValidation:b"},
    {"CreateStack", cfn__create_stack, "ClientRequestToken",
     "*StackName:s " TEMPLATE " " PARAMETERS " DisableRollback:b " TRIGGERS
     " TimeoutInMinutes:i NotificationARNs:[s] " CAPABILITIES
     " ResourceTypes:[s] RoleARN:s OnFailure" ON_FAILURE " StackPolicyBody:s StackPolicyURL:s " TAGS
     " ClientRequestToken:s EnableTerminationProtection:b RetainExceptOnCreate:b " DEPLOYMENT
     " DisableValidation:b"},
    {"DeleteChangeSet", cfn__delete_change_set, NULL, "*ChangeSetName:s StackName:s"},
    {"DeleteStack", cfn__delete_stack, "ClientRequestToken",
     "*StackName:s RetainResources:[s] RoleARN:s ClientRequestToken:s "
     "DeletionMode:e(STANDARD|FORCE_DELETE_STACK) " DEPLOYMENT},
    {"DescribeAccountLimits", cfn__describe_account_limits, NULL, "NextToken:s"},
    {"DescribeChangeSet", cfn__describe_change_set, NULL,
     "*ChangeSetName:s StackName:s NextToken:s IncludePropertyValues:b"},
    {"DescribeEvents", cfn__describe_events, NULL,
     "StackName:s ChangeSetName:s OperationId:s Filters:{FailedEvents:b} NextToken:s"},
    {"DescribeStackDriftDetectionStatus", cfn__describe_drift_detection, NULL,
     "*StackDriftDetectionId:s"},
    {"DescribeStackEvents", cfn__describe_stack_events, NULL, "*StackName:s NextToken:s"},
    {"DescribeStackResource", cfn__describe_stack_resource, NULL,
     "*StackName:s *LogicalResourceId:s"},
    {"DescribeStackResourceDrifts", cfn__describe_drifts, NULL,
     "*StackName:s " DRIFTS " NextToken:s MaxResults:i"},
    {"DescribeStackResources", cfn__describe_stack_resources, NULL,
     "StackName:s LogicalResourceId:s PhysicalResourceId:s"},
    {"DescribeStacks", cfn__describe_stacks, NULL, "StackName:s NextToken:s"},
    {"DetectStackDrift", cfn__detect_stack_drift, NULL, "*StackName:s LogicalResourceIds:[s]"},
    {"DetectStackResourceDrift", cfn__detect_resource_drift, NULL,
     "*StackName:s *LogicalResourceId:s"},
    {"EstimateTemplateCost", cfn__estimate_template_cost, NULL, TEMPLATE " " PARAMETERS},
    {"ExecuteChangeSet", cfn__execute_change_set, "ClientRequestToken",
     "*ChangeSetName:s StackName:s ClientRequestToken:s DisableRollback:b RetainExceptOnCreate:b"},
    {"GetStackPolicy", cfn__get_stack_policy, NULL, "*StackName:s"},
    {"GetTemplate", cfn__get_template, NULL,
     "StackName:s ChangeSetName:s TemplateStage:e(Original|Processed)"},
    {"GetTemplateSummary", cfn__get_template_summary, NULL,
     TEMPLATE " StackName:s StackSetName:s CallAs:e(SELF|DELEGATED_ADMIN) "
              "TemplateSummaryConfig:{TreatUnrecognizedResourceTypesAsWarnings:b}"},
    {"ListChangeSets", cfn__list_change_sets, NULL, "*StackName:s NextToken:s"},
    {"ListExports", cfn__list_exports, NULL, "NextToken:s"},
    {"ListImports", cfn__list_imports, NULL, "*ExportName:s NextToken:s"},
    {"ListStackResources", cfn__list_stack_resources, NULL, "*StackName:s NextToken:s"},
    {"ListStacks", cfn__list_stacks, NULL, "NextToken:s " STATUSES},
    {"RollbackStack", cfn__rollback_stack, "ClientRequestToken",
     "*StackName:s RoleARN:s ClientRequestToken:s RetainExceptOnCreate:b " DEPLOYMENT},
    {"SetStackPolicy", cfn__set_stack_policy, NULL,
     "*StackName:s StackPolicyBody:s StackPolicyURL:s"},
    {"UpdateStack", cfn__update_stack, "ClientRequestToken",
     "*StackName:s " TEMPLATE
     " UsePreviousTemplate:b StackPolicyDuringUpdateBody:s StackPolicyDuringUpdateURL:s " PARAMETERS
     " " CAPABILITIES " ResourceTypes:[s] RoleARN:s " TRIGGERS
     " StackPolicyBody:s StackPolicyURL:s NotificationARNs:[s] " TAGS
     " DisableRollback:b ClientRequestToken:s RetainExceptOnCreate:b " DEPLOYMENT
     " DisableValidation:b"},
    {"UpdateTerminationProtection", cfn__update_termination_protection, NULL,
     "*EnableTerminationProtection:b *StackName:s"},
    {"ValidateTemplate", cfn__validate_template, NULL, TEMPLATE},
};

static int by_name(const void *name, const void *row) {
    return strcmp(name, ((const struct cfn__action_row *)row)->name);
}

const struct cfn__action_row *cfn__action_of(const char *name) {
    return bsearch(name, actions, sizeof actions / sizeof *actions, sizeof *actions, by_name);
}
