"""The smallest stack of the sandbox: one task, without monitoring."""

STACK = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: { create: true }
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:monitoring: { outcomes: false, alarms: false }
  scheduled-tasks:tasks:
    backup: { image: "backup:1", cpu: 256, memory: 512, schedule: rate(1 day) }
"""
RESOURCES = 15
"""The number of its resources."""
SUPERVISED = """\
config:
  aws:region: eu-west-1
  scheduled-tasks:cluster: { create: true }
  scheduled-tasks:network: { vpc: default }
  scheduled-tasks:catalogue: false
  scheduled-tasks:notify: { emails: [ops@example.com] }
  scheduled-tasks:tasks:
    settle: { image: "settle:1", cpu: 256, memory: 512, schedule: rate(1 hour), timeout: 45m, overlap: forbid }
    reports:
      image: "reports:1"
      cpu: 256
      memory: 512
      schedules: [{ name: early, expression: "cron(0 5 * * ? *)" }, { name: late, expression: "cron(0 17 * * ? *)" }]
      permissions: [{ actions: ["s3:PutObject"], resources: ["arn:aws:s3:::reports/*"] }]
      secrets: { TOKEN: /prod/reports/token }
      expectSuccessWithin: 25h
"""
"""A stack with a state machine, roles of tasks, alarms and a topic."""
