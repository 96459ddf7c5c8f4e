// `node synthesize.js <construct> <tasks> <output folder>`: synthesize a stack with a number of plain scheduled tasks.
// Prints the number of resources as JSON, and fails if CDK refuses the stack.
const cdk = require("aws-cdk-lib");
const { aws_ec2: ec2, aws_ecs: ecs, aws_ecs_patterns: patterns, aws_logs: logs } = cdk;
const { aws_applicationautoscaling: autoscaling, aws_scheduler: scheduler, aws_scheduler_targets: targets } = cdk;

const [construct, count] = [process.argv[2], Number(process.argv[3])];
const environment = { account: "123456789012", region: "eu-west-1" };
const app = new cdk.App({ analyticsReporting: false, outdir: process.argv[4] });
const stack = new cdk.Stack(app, "bench", { env: environment });
// As in our program, the VPC and the cluster exist, and all tasks share one log group.
const vpc = ec2.Vpc.fromVpcAttributes(stack, "vpc", {
  vpcId: "vpc-0bench",
  availabilityZones: ["eu-west-1a", "eu-west-1b"],
  privateSubnetIds: ["subnet-0a", "subnet-0b"],
});
const cluster = ecs.Cluster.fromClusterAttributes(stack, "cluster", { vpc, clusterName: "main", securityGroups: [] });
const logGroup = new logs.LogGroup(stack, "logs");

const image = (number) => ({
  image: ecs.ContainerImage.fromRegistry("public.ecr.aws/docker/library/busybox:1.37"),
  command: ["sh", "-c", `echo ${number}`],
  environment: { NUMBER: String(number), STAGE: "bench" },
  logging: ecs.LogDrivers.awsLogs({ streamPrefix: `task-${number}`, logGroup }),
});
const time = (number) => ({ minute: String(number % 60), hour: String(Math.floor(number / 60) % 24) });

const constructs = {
  ScheduledFargateTask: (number) =>
    new patterns.ScheduledFargateTask(stack, `task-${number}`, {
      cluster,
      schedule: autoscaling.Schedule.cron(time(number)),
      scheduledFargateTaskImageOptions: {
        image: image(number).image,
        command: image(number).command,
        environment: image(number).environment,
        logDriver: image(number).logging,
        cpu: 512,
        memoryLimitMiB: 1024,
      },
    }),
  EcsRunFargateTask: (number) => {
    const taskDefinition = new ecs.FargateTaskDefinition(stack, `definition-${number}`, { cpu: 512, memoryLimitMiB: 1024 });
    taskDefinition.addContainer("main", image(number));
    return new scheduler.Schedule(stack, `task-${number}`, {
      schedule: scheduler.ScheduleExpression.cron({ ...time(number), timeZone: cdk.TimeZone.EUROPE_BERLIN }),
      target: new targets.EcsRunFargateTask(cluster, { taskDefinition }),
    });
  },
};

for (let number = 0; number < count; number += 1) constructs[construct](number);
const template = app.synth().getStackByName("bench").template;
console.log(JSON.stringify({ resources: Object.keys(template.Resources).length }));
