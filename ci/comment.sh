#!/usr/bin/env bash
# Create or update the review comment of a pull request on GitHub: ci/comment.sh <file>
#
# Environment: GH_TOKEN, GITHUB_REPOSITORY, PULL_REQUEST (the number), and BOT, the user of the token, if it isn't the
# token of the workflow.
set -euo pipefail
file=$1
marker='<!-- scheduled-tasks: review -->'
[[ $PULL_REQUEST =~ ^[0-9]+$ ]]
issue="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST"

# Only the own comment: anybody can write a comment that starts with the marker, and have another bot repeat it.
bot=${BOT:-github-actions[bot]}
ours=".[] | select(.user.login == \"$bot\" and (.body | startswith(\"$marker\"))) | .id"
id=$(gh api --paginate "$issue/comments" --jq "$ours" | sed -n 1p)

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{ printf '%s\n' "$marker"; cat "$file"; } > "$body"
if [[ -n $id ]]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body" --silent
else
  gh api --method POST "$issue/comments" --field "body=@$body" --silent
fi
