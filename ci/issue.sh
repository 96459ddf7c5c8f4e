#!/usr/bin/env bash
# Create, update or close the drift issue on GitHub: ci/issue.sh <result> <file>
#
# <result> is the result of the drift jobs: `success` closes the issue. Any other creates or updates it with <file>.
# Environment: GH_TOKEN, GITHUB_REPOSITORY, and BOT, the user of the token, if it isn't the token of the workflow.
set -euo pipefail
result=$1 file=$2
issues="repos/$GITHUB_REPOSITORY/issues"
label=drift

# Only the own issue: the label can be on an issue of somebody else.
bot=${BOT:-github-actions[bot]}
ours=".[] | select(.pull_request == null and .user.login == \"$bot\") | .number"
number=$(gh api "$issues?state=open&labels=$label" --jq "$ours" | sed -n 1p)
if [[ $result == success ]]; then
  if [[ -n $number ]]; then
    gh api --method POST "$issues/$number/comments" --raw-field 'body=There is no more drift.' --silent
    gh api --method PATCH "$issues/$number" --raw-field state=closed --silent
  fi
elif [[ -n $number ]]; then
  gh api --method PATCH "$issues/$number" --field "body=@$file" --silent
else
  gh api --method POST "$issues" --raw-field 'title=Drift: resources differ from the configuration' \
    --raw-field "labels[]=$label" --field "body=@$file" --silent
fi
