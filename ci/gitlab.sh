#!/usr/bin/env bash
# Create or update the review note of a merge request, or the drift issue, on GitLab:
#   ci/gitlab.sh note <file>
#   ci/gitlab.sh issue <result> <file>      <result>: `success` closes the issue, any other creates or updates it
#
# Environment: GITLAB_TOKEN (a project access token with the scope api), CI_API_V4_URL, CI_PROJECT_ID and, for a note,
# CI_MERGE_REQUEST_IID.
set -euo pipefail
project="$CI_API_V4_URL/projects/$CI_PROJECT_ID"
marker='<!-- scheduled-tasks: review -->'
label=drift

call() {
  # Pass the token in a file, because every process can read arguments.
  curl --silent --show-error --fail-with-body --header @<(printf 'PRIVATE-TOKEN: %s\n' "$GITLAB_TOKEN") "$@"
}

note() {
  local notes="$project/merge_requests/$CI_MERGE_REQUEST_IID/notes" me id
  me=$(call "$CI_API_V4_URL/user" | jq .id)
  # Only a note by this token's user: anybody can write a note that starts with the marker.
  id=$(call "$notes?per_page=100&sort=asc" | jq --argjson me "$me" --arg marker "$marker" \
    '[.[] | select(.author.id == $me and (.body | startswith($marker))) | .id] | first // empty')
  body=$(mktemp)
  trap 'rm -f "$body"' EXIT
  { printf '%s\n' "$marker"; cat "$1"; } > "$body"
  if [[ -n $id ]]; then
    call --request PUT --data-urlencode "body@$body" "$notes/$id" > /dev/null
  else
    call --request POST --data-urlencode "body@$body" "$notes" > /dev/null
  fi
}

issue() {
  local id me
  me=$(call "$CI_API_V4_URL/user" | jq .id)
  # Only an issue by this token's user: the label can be on an issue of somebody else.
  id=$(call "$project/issues?state=opened&labels=$label&author_id=$me" | jq '[.[].iid] | first // empty')
  if [[ $1 == success ]]; then
    [[ -z $id ]] || call --request PUT --data state_event=close "$project/issues/$id" > /dev/null
  elif [[ -n $id ]]; then
    call --request PUT --data-urlencode "description@$2" "$project/issues/$id" > /dev/null
  else
    call --request POST --data-urlencode 'title=Drift: resources differ from the configuration' --data "labels=$label" \
      --data-urlencode "description@$2" "$project/issues" > /dev/null
  fi
}

case ${1:-} in
  note) note "$2" ;;
  issue) issue "$2" "$3" ;;
  *)
    echo 'Usage: ci/gitlab.sh note <file>, or ci/gitlab.sh issue <result> <file>' >&2
    exit 2
    ;;
esac
