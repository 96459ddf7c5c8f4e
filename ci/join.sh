#!/usr/bin/env bash
# Join the files of a folder into one comment: ci/join.sh <folder> <title> <URL of the run>
#
# A comment can have 65,536 characters. The comment names files that do not fit.
set -euo pipefail
folder=$1 title=$2 url=$3
limit=${LIMIT:-60000}

printf '## %s\n' "$title"
total=0
for file in "$folder"/*.md; do
  [[ -e $file ]] || continue
  size=$(wc -c < "$file")
  total=$((total + size))
  if ((total <= limit)); then
    printf '\n'
    cat "$file"
  else
    total=$((total - size))
    printf '\nThe part for %s is too long for a comment. See the summary of the run.\n' "$(basename "$file" .md)"
  fi
done
printf '\n[Run](%s)\n' "$url"
