#!/usr/bin/env bash
# Preview a stack and review the effects of a change: ci/review.sh <stack> <base> <folder>
#
# Writes <folder>/<stack>.md. Exits with 1 if the preview fails or the configuration cannot be deployed. The file then has
# the reason.
set -euo pipefail
stack=$1 base=$2 folder=$3
python=${PYTHON:-.venv/bin/python}

mkdir -p "$folder"
preview=$(mktemp)
trap 'rm -f "$preview"' EXIT
status=0

pulumi preview --stack "$stack" --non-interactive --json > "$preview" || status=1
arguments=(--base "$base" --stack "$stack")
if [[ -s $preview ]]; then
  arguments+=(--preview "$preview")
fi
"$python" -m ops review "${arguments[@]}" > "$folder/$stack.md" || status=1
if [[ ! -s $preview || ! -s $folder/$stack.md ]]; then
  printf '\n**The preview or the review of stack %s failed to start.** See the log of this job for the cause.\n' "$stack" >> "$folder/$stack.md"
  status=1
fi
# Not in GitHub's log, in which lines that start with :: are commands.
cat "$folder/$stack.md" >> "${GITHUB_STEP_SUMMARY:-/dev/stdout}"
exit "$status"
