#!/usr/bin/env bash
# Keep one issue about drift, on GitHub: ci/issue.sh <result> <file>
#
# <result> is that of the jobs that looked: `success` closes the issue, where there is one. Anything else opens it with
# the text of <file>, or writes the text of the one that is open anew. Reads GH_TOKEN and GITHUB_REPOSITORY.
set -euo pipefail
result=$1 file=$2
issues="repos/$GITHUB_REPOSITORY/issues"
label=drift

number=$(gh api "$issues?state=open&labels=$label" --jq '.[] | select(.pull_request == null) | .number' | sed -n 1p)
if [[ $result == success ]]; then
  if [[ -n $number ]]; then
    gh api --method POST "$issues/$number/comments" --raw-field 'body=There is no drift any more.' --silent
    gh api --method PATCH "$issues/$number" --raw-field state=closed --silent
  fi
elif [[ -n $number ]]; then
  gh api --method PATCH "$issues/$number" --field "body=@$file" --silent
else
  gh api --method POST "$issues" --raw-field 'title=What is deployed is not what is configured' \
    --raw-field "labels[]=$label" --field "body=@$file" --silent
fi
