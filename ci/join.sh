#!/usr/bin/env bash
# Join the files of a folder into one comment: ci/join.sh <folder> <title> <URL of the run>
#
# A comment can have 65,536 characters. The comment names files that do not fit. The files come from jobs that run code
# of a pull request, so only files of stacks are read: no links, no other names.
set -euo pipefail
folder=$1 title=$2 url=$3
limit=${LIMIT:-60000}

printf '## %s\n' "$title"
total=0 left_out=0
for file in "$folder"/*.md; do
  [[ -f $file && ! -L $file ]] || continue
  stack=$(basename "$file" .md)
  [[ $stack =~ ^[A-Za-z0-9_.-]{1,100}$ ]] || continue
  size=$(wc -c < "$file")
  total=$((total + size))
  if ((total <= limit)); then
    printf '\n'
    cat -- "$file"
  else
    total=$((total - size))
    left_out=$((left_out + 1))
    if ((left_out <= 20)); then
      printf '\nThe part for `%s` is too long for a comment. See the summary of the run.\n' "$stack"
    fi
  fi
done
if ((left_out > 20)); then
  printf '\n%d more parts are too long for a comment.\n' $((left_out - 20))
fi
printf '\n[Run](%s)\n' "$url"
