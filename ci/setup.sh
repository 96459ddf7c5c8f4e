#!/usr/bin/env bash
# What a job that calls Pulumi needs: the virtual environment, and the Pulumi CLI on PATH for the steps that follow.
set -euo pipefail
cd "$(dirname "$0")/.."

make setup
root=$(.venv/bin/python -m sandbox cli)
if [[ -n ${GITHUB_PATH:-} ]]; then
  echo "$root/bin" >> "$GITHUB_PATH"
fi
