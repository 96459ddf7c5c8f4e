#!/usr/bin/env bash
# Put a text into the one comment that a pull request has for it, on GitHub: ci/comment.sh <file>
#
# Reads GH_TOKEN, GITHUB_REPOSITORY and PULL_REQUEST (its number). The comment that is there is written anew.
set -euo pipefail
file=$1
marker='<!-- scheduled-tasks: review -->'
issue="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST"

# Of a bot: anybody can write a comment that begins like ours.
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
