#!/usr/bin/env bash
# Prepare a job that runs Pulumi: the virtual environment, and the Pulumi CLI on PATH for the following steps.
set -euo pipefail
cd "$(dirname "$0")/.."

make setup
root=$(.venv/bin/python -m sandbox cli)
if [[ -n ${GITHUB_PATH:-} ]]; then
  echo "$root/bin" >> "$GITHUB_PATH"
fi
