// The platform's nine stacks as a CDK user writes them: the CDK's own constructs where it has them, else the generated
// ones. It creates about the resources that cfngen's default platform creates; bench.py counts both.
const cdk = require('aws-cdk-lib');
const athena = require('aws-cdk-lib/aws-athena');
const budgets = require('aws-cdk-lib/aws-budgets');
const dms = require('aws-cdk-lib/aws-dms');
const ec2 = require('aws-cdk-lib/aws-ec2');
const emr = require('aws-cdk-lib/aws-emrserverless');
const glue = require('aws-cdk-lib/aws-glue');
const iam = require('aws-cdk-lib/aws-iam');
const kms = require('aws-cdk-lib/aws-kms');
const logs = require('aws-cdk-lib/aws-logs');
const mwaa = require('aws-cdk-lib/aws-mwaa');
const rds = require('aws-cdk-lib/aws-rds');
const redshift = require('aws-cdk-lib/aws-redshiftserverless');
const s3 = require('aws-cdk-lib/aws-s3');
const sns = require('aws-cdk-lib/aws-sns');

const PREFIX = 'shop-dev';
const RETAIN = cdk.RemovalPolicy.RETAIN;
const only = (stack, service) => new iam.ServicePrincipal(service, {
  conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
});

function bucket(stack, id, key, accessLogs) {
  return new s3.Bucket(stack, id, {
    encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true, enforceSSL: true, versioned: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    serverAccessLogsBucket: accessLogs, serverAccessLogsPrefix: `${id}/`, removalPolicy: RETAIN,
    lifecycleRules: [{
      abortIncompleteMultipartUploadAfter: cdk.Duration.days(7), noncurrentVersionExpiration: cdk.Duration.days(90),
      transitions: [{ storageClass: s3.StorageClass.INTELLIGENT_TIERING, transitionAfter: cdk.Duration.days(30) }],
    }],
  });
}

function logGroup(stack, id, name, key) {
  return new logs.LogGroup(stack, id, {
    logGroupName: name, encryptionKey: key, retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RETAIN,
  });
}

class Common extends cdk.Stack {
  get availabilityZones() { // else the CDK asks the account for them
    return [0, 1].map((zone) => cdk.Fn.select(zone, cdk.Fn.getAzs()));
  }

  constructor(scope, id, props) {
    super(scope, id, props);
    this.key = new kms.Key(this, 'Key', { enableKeyRotation: true, alias: PREFIX, removalPolicy: RETAIN });
    this.key.grantEncryptDecrypt(new iam.ServicePrincipal(`logs.${this.region}.amazonaws.com`));
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/16'), maxAzs: 2, natGateways: 1,
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      flowLogs: {
        All: { destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup(this, 'FlowLogs', `/${PREFIX}/vpc`, this.key)) },
      },
    });
    this.accessLogs = new s3.Bucket(this, 'AccessLogs', {
      encryption: s3.BucketEncryption.S3_MANAGED, enforceSSL: true, versioned: true, removalPolicy: RETAIN,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, lifecycleRules: [{ expiration: cdk.Duration.days(365) }],
    });
    this.scripts = bucket(this, 'Scripts', this.key, this.accessLogs);
    this.alarms = new sns.Topic(this, 'Alarms', { masterKey: this.key, enforceSSL: true });
    new budgets.CfnBudget(this, 'Budget', {
      budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount: 500, unit: 'USD' } },
      notificationsWithSubscribers: [{
        notification: { comparisonOperator: 'GREATER_THAN', notificationType: 'FORECASTED', threshold: 100 },
        subscribers: [{ subscriptionType: 'SNS', address: this.alarms.topicArn }],
      }],
    });
    for (const [role, policy] of [['dms-vpc-role', 'AmazonDMSVPCManagementRole'],
      ['dms-cloudwatch-logs-role', 'AmazonDMSCloudWatchLogsRole']]) {
      new iam.Role(this, role, {
        roleName: role, assumedBy: new iam.ServicePrincipal('dms.amazonaws.com'),
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(`service-role/${policy}`)],
      });
    }
  }
}

class DataLake extends cdk.Stack {
  constructor(scope, id, common, props) {
    super(scope, id, props);
    this.layers = Object.fromEntries(['bronze', 'silver', 'gold'].map((layer) =>
      [layer, bucket(this, layer, common.key, common.accessLogs)]));
  }
}

class Rds extends cdk.Stack {
  constructor(scope, id, common, props) {
    super(scope, id, props);
    const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of('17.10', '17') });
    this.clients = new ec2.SecurityGroup(this, 'Clients', { vpc: common.vpc });
    this.database = new rds.DatabaseInstance(this, 'Database', {
      engine, vpc: common.vpc, instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
      credentials: rds.Credentials.fromGeneratedSecret('postgres', { encryptionKey: common.key }),
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine, parameters: { 'rds.logical_replication': '1', 'rds.force_ssl': '1', wal_sender_timeout: '0' },
      }),
      databaseName: 'shop', storageEncrypted: true, storageEncryptionKey: common.key, deletionProtection: true,
      backupRetention: cdk.Duration.days(7), cloudwatchLogsExports: ['postgresql', 'upgrade'], multiAz: false,
      monitoringInterval: cdk.Duration.seconds(60), enablePerformanceInsights: true,
      performanceInsightEncryptionKey: common.key, copyTagsToSnapshot: true, removalPolicy: cdk.RemovalPolicy.SNAPSHOT,
    });
    this.database.connections.allowDefaultPortFrom(this.clients);
  }
}

class Dms extends cdk.Stack {
  constructor(scope, id, common, lake, source, props) {
    super(scope, id, props);
    const bronze = lake.layers.bronze, secret = source.database.secret;
    const target = new iam.Role(this, 'TargetRole', { assumedBy: only(this, 'dms.amazonaws.com') });
    bronze.grantReadWrite(target);
    const reader = new iam.Role(this, 'SecretRole', {
      assumedBy: new iam.ServicePrincipal(`dms.${this.region}.amazonaws.com`),
    });
    reader.addToPolicy(new iam.PolicyStatement({
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], resources: [secret.secretArn],
    }));
    common.key.grantDecrypt(reader);
    const subnets = new dms.CfnReplicationSubnetGroup(this, 'Subnets', {
      replicationSubnetGroupDescription: 'private subnets', subnetIds: common.vpc.privateSubnets.map((s) => s.subnetId),
    });
    const instance = new dms.CfnReplicationInstance(this, 'Instance', {
      replicationInstanceClass: 'dms.t3.small', engineVersion: '3.6.1', kmsKeyId: common.key.keyArn,
      publiclyAccessible: false, replicationSubnetGroupIdentifier: subnets.ref,
      vpcSecurityGroupIds: [source.clients.securityGroupId],
    });
    const from = new dms.CfnEndpoint(this, 'Source', {
      endpointType: 'source', engineName: 'postgres', databaseName: 'shop', sslMode: 'require',
      postgreSqlSettings: { secretsManagerSecretId: secret.secretArn, secretsManagerAccessRoleArn: reader.roleArn,
        heartbeatEnable: true },
    });
    const to = new dms.CfnEndpoint(this, 'Target', {
      endpointType: 'target', engineName: 's3',
      s3Settings: { bucketName: bronze.bucketName, serviceAccessRoleArn: target.roleArn, dataFormat: 'parquet',
        includeOpForFullLoad: true, timestampColumnName: '_dms_timestamp', encryptionMode: 'SSE_KMS',
        serverSideEncryptionKmsKeyId: common.key.keyArn },
    });
    new dms.CfnReplicationTask(this, 'Task', {
      migrationType: 'full-load-and-cdc', replicationInstanceArn: instance.ref, sourceEndpointArn: from.ref,
      targetEndpointArn: to.ref, replicationTaskSettings: JSON.stringify({ Logging: { EnableLogging: true } }),
      tableMappings: JSON.stringify({ rules: [{ 'rule-type': 'selection', 'rule-id': '1', 'rule-name': '1',
        'object-locator': { 'schema-name': 'public', 'table-name': '%' }, 'rule-action': 'include' }] }),
    });
  }
}

class Glue extends cdk.Stack {
  constructor(scope, id, common, lake, props) {
    super(scope, id, props);
    const role = new iam.Role(this, 'CrawlerRole', { assumedBy: only(this, 'glue.amazonaws.com') });
    const security = new glue.CfnSecurityConfiguration(this, 'Security', {
      name: PREFIX, encryptionConfiguration: {
        cloudWatchEncryption: { cloudWatchEncryptionMode: 'SSE-KMS', kmsKeyArn: common.key.keyArn },
        s3Encryptions: [{ s3EncryptionMode: 'SSE-KMS', kmsKeyArn: common.key.keyArn }] },
    });
    for (const [layer, lakeBucket] of Object.entries(lake.layers)) {
      const name = `${PREFIX}_${layer}`.replace('-', '_');
      lakeBucket.grantRead(role);
      const database = new glue.CfnDatabase(this, `${layer}Database`, {
        catalogId: this.account, databaseInput: { name, locationUri: `s3://${lakeBucket.bucketName}/` },
      });
      new glue.CfnCrawler(this, `${layer}Crawler`, {
        role: role.roleArn, databaseName: database.ref, crawlerSecurityConfiguration: security.ref,
        targets: { s3Targets: [{ path: `s3://${lakeBucket.bucketName}/` }] },
      });
    }
  }
}

class Athena extends cdk.Stack {
  constructor(scope, id, common, props) {
    super(scope, id, props);
    const results = bucket(this, 'Results', common.key, common.accessLogs);
    const group = new athena.CfnWorkGroup(this, 'Workgroup', {
      name: PREFIX, workGroupConfiguration: {
        bytesScannedCutoffPerQuery: 10 * 1024 ** 3, enforceWorkGroupConfiguration: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: { outputLocation: `s3://${results.bucketName}/results/`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: common.key.keyArn } } },
    });
    const query = new athena.CfnNamedQuery(this, 'Tables', {
      database: 'default', workGroup: group.name, queryString: 'SHOW TABLES',
    });
    query.addResourceDependency(group);
  }
}

class Emr extends cdk.Stack {
  constructor(scope, id, common, lake, props) {
    super(scope, id, props);
    const sparkLogs = logGroup(this, 'Logs', `/${PREFIX}/emr`, common.key);
    this.jobRole = new iam.Role(this, 'JobRole', { assumedBy: only(this, 'emr-serverless.amazonaws.com') });
    Object.values(lake.layers).forEach((lakeBucket) => lakeBucket.grantReadWrite(this.jobRole));
    common.scripts.grantRead(this.jobRole);
    sparkLogs.grantWrite(this.jobRole);
    const group = new ec2.SecurityGroup(this, 'Group', { vpc: common.vpc });
    new emr.CfnApplication(this, 'Application', {
      name: PREFIX, type: 'SPARK', releaseLabel: 'emr-7.13.0', architecture: 'ARM64',
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 15 },
      maximumCapacity: { cpu: '32 vCPU', memory: '128 GB', disk: '400 GB' },
      networkConfiguration: { subnetIds: common.vpc.privateSubnets.map((s) => s.subnetId),
        securityGroupIds: [group.securityGroupId] },
    });
  }
}

class Redshift extends cdk.Stack {
  constructor(scope, id, common, lake, props) {
    super(scope, id, props);
    const spectrum = new iam.Role(this, 'SpectrumRole', { assumedBy: only(this, 'redshift.amazonaws.com') });
    Object.values(lake.layers).forEach((lakeBucket) => lakeBucket.grantRead(spectrum));
    const group = new ec2.SecurityGroup(this, 'Group', { vpc: common.vpc });
    const clients = new ec2.SecurityGroup(this, 'Clients', { vpc: common.vpc });
    group.connections.allowFrom(clients, ec2.Port.tcp(5439));
    const namespace = new redshift.CfnNamespace(this, 'Namespace', {
      namespaceName: PREFIX, dbName: 'warehouse', manageAdminPassword: true, kmsKeyId: common.key.keyArn,
      adminPasswordSecretKmsKeyId: common.key.keyArn, defaultIamRoleArn: spectrum.roleArn, iamRoles: [spectrum.roleArn],
      logExports: ['userlog', 'connectionlog', 'useractivitylog'],
    });
    const workgroup = new redshift.CfnWorkgroup(this, 'Workgroup', {
      workgroupName: PREFIX, namespaceName: namespace.namespaceName, baseCapacity: 8, maxCapacity: 32,
      publiclyAccessible: false, enhancedVpcRouting: true, securityGroupIds: [group.securityGroupId],
      subnetIds: common.vpc.privateSubnets.map((s) => s.subnetId),
      configParameters: [{ parameterKey: 'require_ssl', parameterValue: 'true' }],
    });
    workgroup.addResourceDependency(namespace);
  }
}

class Mwaa extends cdk.Stack {
  constructor(scope, id, common, spark, props) {
    super(scope, id, props);
    const dags = bucket(this, 'Dags', common.key, common.accessLogs);
    const role = new iam.Role(this, 'ExecutionRole', {
      assumedBy: new iam.CompositePrincipal(only(this, 'airflow.amazonaws.com'), only(this, 'airflow-env.amazonaws.com')),
    });
    dags.grantRead(role);
    common.key.grantEncryptDecrypt(role);
    spark.jobRole.grantPassRole(role);
    const group = new ec2.SecurityGroup(this, 'Group', { vpc: common.vpc, allowAllOutbound: false });
    group.connections.allowToAnyIpv4(ec2.Port.tcp(443));
    group.connections.allowInternally(ec2.Port.tcp(5432));
    group.connections.allowInternally(ec2.Port.tcp(443));
    const level = { enabled: true, logLevel: 'INFO' };
    new mwaa.CfnEnvironment(this, 'Environment', {
      name: PREFIX, airflowVersion: '3.0.6', environmentClass: 'mw1.small', dagS3Path: 'dags', kmsKey: common.key.keyArn,
      sourceBucketArn: dags.bucketArn, executionRoleArn: role.roleArn, webserverAccessMode: 'PUBLIC_ONLY',
      networkConfiguration: { securityGroupIds: [group.securityGroupId],
        subnetIds: common.vpc.privateSubnets.map((s) => s.subnetId) },
      loggingConfiguration: { dagProcessingLogs: level, schedulerLogs: level, taskLogs: level, webserverLogs: level,
        workerLogs: level },
    }).node.addDependency(role);
  }
}

const app = new cdk.App();
const props = { env: { account: '111122223333', region: 'eu-west-1' }, synthesizer: new cdk.BootstraplessSynthesizer() };
const common = new Common(app, `${PREFIX}-common`, props);
const lake = new DataLake(app, `${PREFIX}-data-lake`, common, props);
const source = new Rds(app, `${PREFIX}-rds`, common, props);
new Dms(app, `${PREFIX}-dms`, common, lake, source, props);
new Glue(app, `${PREFIX}-glue`, common, lake, props);
new Athena(app, `${PREFIX}-athena`, common, props);
const spark = new Emr(app, `${PREFIX}-emr`, common, lake, props);
new Redshift(app, `${PREFIX}-redshift`, common, lake, props);
new Mwaa(app, `${PREFIX}-mwaa`, common, spark, props);
cdk.Tags.of(app).add('Project', 'shop');
cdk.Tags.of(app).add('Environment', 'dev');
