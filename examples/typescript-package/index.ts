import * as tasks from "@acme/ecs-scheduled-tasks"; // acme: the organization of the package's repository
import * as aws from "@pulumi/aws";

const cluster = new aws.ecs.Cluster("jobs");
const alerts = new aws.sns.Topic("alerts");
const reports = new aws.s3.Bucket("reports");

const jobs = new tasks.ScheduledTaskGroup("jobs", {
    cluster: cluster.arn,
    network: { vpc: "default", subnets: "public" },
    notify: { topicArn: alerts.arn },
    tags: { team: "reports" },
});

const daily = new tasks.ScheduledTask("daily", {
    group: jobs.reference,
    description: "Build the daily report",
    image: "public.ecr.aws/docker/library/busybox:1.37",
    command: ["echo", "report"],
    environment: { BUCKET: reports.bucket },
    permissions: [{ actions: ["s3:PutObject"], resources: [reports.arn] }],
    schedule: "cron(0 6 * * ? *)",
    timezone: "Europe/Berlin",
    flexibleWindow: "15m",
    cpu: 512,
    memory: 1024,
    retry: { attempts: 3, maxAge: "30m" },
    expectSuccessWithin: "25h",
});

const cleanup = new tasks.ScheduledTask("cleanup", {
    group: jobs.reference,
    image: "public.ecr.aws/docker/library/busybox:1.37",
    launch: "fargateSpot",
    schedules: [
        { expression: "rate(1 hour)" },
        { expression: "cron(30 2 ? * SUN *)", command: ["clean", "--all"], memory: 2048 },
    ],
});

export const dailySchedules = daily.schedules;
export const cleanupSchedules = cleanup.schedules;
export const deadLetters = jobs.deadLetterQueueUrl;
