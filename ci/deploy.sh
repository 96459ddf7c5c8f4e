#!/usr/bin/env bash
# Deploy a stack, and see that nothing is left to change: ci/deploy.sh <stack>
set -euo pipefail
stack=$1

pulumi up --stack "$stack" --non-interactive --yes
echo "==> Again: there must be no changes"
pulumi preview --stack "$stack" --non-interactive --diff --expect-no-changes
