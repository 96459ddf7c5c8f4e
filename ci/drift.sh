#!/usr/bin/env bash
# Check whether a stack's resources still match its configuration: ci/drift.sh <stack> <folder>
#
# If they differ or the check fails, writes <folder>/<stack>.md and exits with 1.
set -euo pipefail
stack=$1 folder=$2
python=${PYTHON:-.venv/bin/python}

mkdir -p "$folder"
preview=$(mktemp)
trap 'rm -f "$preview"' EXIT

if pulumi preview --stack "$stack" --refresh --expect-no-changes --non-interactive --json > "$preview"; then
  echo "Stack $stack: no drift." >> "${GITHUB_STEP_SUMMARY:-/dev/stdout}"
  exit 0
fi
if [[ -s $preview ]]; then
  "$python" -m ops review --base HEAD --stack "$stack" --preview "$preview" > "$folder/$stack.md" || true
else
  printf '**The preview of stack %s failed to start.** See the log of this run for the cause.\n' "$stack" > "$folder/$stack.md"
fi
# Not in GitHub's log, in which lines that start with :: are commands.
cat "$folder/$stack.md" >> "${GITHUB_STEP_SUMMARY:-/dev/stdout}"
exit 1
