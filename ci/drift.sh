#!/usr/bin/env bash
# See whether what is deployed is still what was configured: ci/drift.sh <stack> <folder>
#
# Where it is not, or where that cannot be seen, writes <folder>/<stack>.md and ends with 1.
set -euo pipefail
stack=$1 folder=$2
python=${PYTHON:-.venv/bin/python}

mkdir -p "$folder"
preview=$(mktemp)
trap 'rm -f "$preview"' EXIT

if pulumi preview --stack "$stack" --refresh --expect-no-changes --non-interactive --json > "$preview"; then
  echo "Stack $stack: no drift"
  exit 0
fi
if [[ -s $preview ]]; then
  "$python" -m ops review --base HEAD --stack "$stack" --preview "$preview" > "$folder/$stack.md" || true
else
  printf '**The preview of stack %s did not begin:** the log of the run says why.\n' "$stack" > "$folder/$stack.md"
fi
cat "$folder/$stack.md"
exit 1
