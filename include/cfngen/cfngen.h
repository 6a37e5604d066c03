/*
 * libcfngen: a data platform on AWS, described in one YAML file and synthesized to CloudFormation.
 *
 * All headers at once, but for the resource structs of each AWS service, <cfngen/aws/SERVICE.h>.
 *
 * The library has no global state, starts no thread, writes nothing to a terminal and never exits
 * (but for out of memory, see cfn_on_out_of_memory). Objects are not shared between threads;
 * constant tables are.
 */
#ifndef CFNGEN_CFNGEN_H
#define CFNGEN_CFNGEN_H

#include <cfngen/aws.h>
#include <cfngen/bi.h>
#include <cfngen/check.h>
#include <cfngen/config.h>
#include <cfngen/database.h>
#include <cfngen/dbt.h>
#include <cfngen/deploy.h>
#include <cfngen/diag.h>
#include <cfngen/diff.h>
#include <cfngen/evaluate.h>
#include <cfngen/generate.h>
#include <cfngen/graph.h>
#include <cfngen/inspect.h>
#include <cfngen/job.h>
#include <cfngen/load.h>
#include <cfngen/platform.h>
#include <cfngen/reconcile.h>
#include <cfngen/replicate.h>
#include <cfngen/schema.h>
#include <cfngen/session.h>
#include <cfngen/sim.h>
#include <cfngen/stack.h>
#include <cfngen/tables.h>
#include <cfngen/template.h>
#include <cfngen/upload.h>
#include <cfngen/value.h>
#include <cfngen/version.h>
#include <cfngen/warehouse.h>
#include <cfngen/warehouse_setup.h>
#include <cfngen/web.h>

#endif
