#!/usr/bin/env bash
# Create or update the review comment of a pull request on GitHub: ci/comment.sh <file>
#
# Environment: GH_TOKEN, GITHUB_REPOSITORY and PULL_REQUEST (the number).
set -euo pipefail
file=$1
marker='<!-- scheduled-tasks: review -->'
issue="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST"

# Only a bot's comment: anybody can write a comment that starts with the marker.
ours=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id"
id=$(gh api --paginate "$issue/comments" --jq "$ours" | sed -n 1p)

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{ printf '%s\n' "$marker"; cat "$file"; } > "$body"
if [[ -n $id ]]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body" --silent
else
  gh api --method POST "$issue/comments" --field "body=@$body" --silent
fi
