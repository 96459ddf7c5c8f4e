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
