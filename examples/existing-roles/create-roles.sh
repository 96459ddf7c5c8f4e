#!/bin/sh
# Creates each role of policies/roles with its trust policy and its permissions.
set -eu
cd "$(dirname "$0")/policies/roles"
for role in *; do
  aws iam create-role --path /jobs/ --role-name "$role" --assume-role-policy-document "file://$role/trust.json"
  for policy in "$role"/policy*.json; do
    [ -e "$policy" ] || continue
    aws iam put-role-policy --role-name "$role" --policy-name "$(basename "$policy" .json)" --policy-document "file://$policy"
  done
done
