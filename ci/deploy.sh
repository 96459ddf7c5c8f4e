#!/usr/bin/env bash
# Deploy a stack, and check that a preview then shows no changes: ci/deploy.sh <stack>
set -euo pipefail
stack=$1

pulumi up --stack "$stack" --non-interactive --yes
echo "==> Checking that a preview shows no changes"
pulumi preview --stack "$stack" --non-interactive --diff --expect-no-changes
