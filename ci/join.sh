#!/usr/bin/env bash
# The files of a folder as the text of one comment: ci/join.sh <folder> <title> <url of the run>
#
# A comment may have 65,536 characters. A file that does not fit any more is named, and found in the run.
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
    printf '\nThe part of %s is too long for this place: it is in the summary of the run.\n' "$(basename "$file" .md)"
  fi
done
printf '\n[Run](%s)\n' "$url"
