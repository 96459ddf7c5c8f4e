#!/usr/bin/env bash
# Deploy a stack, run the tasks with runOn: deploy, and check that a preview shows no changes: ci/deploy.sh <stack>
set -euo pipefail
stack=$1
python=${PYTHON:-.venv/bin/python}

# Only stacks that use the keys need the permissions for runs.
uses() { grep -rqsE "\b$1:" config/tasks "Pulumi.$stack.yaml"; }

if uses gate; then
  echo "==> Deploying everything but the schedules, and running the tasks with gate: true"
  SCHEDULED_TASKS_HOLD=true pulumi up --stack "$stack" --non-interactive --yes
  "$python" -m ops run-deployed --stack "$stack" --gate
fi
pulumi up --stack "$stack" --non-interactive --yes
if uses runOn; then
  echo "==> Running the tasks with runOn: deploy"
  "$python" -m ops run-deployed --stack "$stack"
fi
echo "==> Checking that a preview shows no changes"
pulumi preview --stack "$stack" --non-interactive --diff --expect-no-changes
