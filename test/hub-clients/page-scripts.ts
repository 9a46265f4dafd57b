/*
 * Scripts of Docker's pages, as they stand there: "Export organization repositories to CSV", and "Migrate
 * all tags for a repository" of "Bulk migrate images".
 */

export const exportToCsv = String.raw`
TOKEN=$(
  curl -s https://hub.docker.com/v2/users/login \
    -H 'Content-Type: application/json' \
    -d "{\"username\":\"$ORG\",\"password\":\"$OAT\"}" \
  | jq -r '.token'
)
PAGE_SIZE=100
URL="https://hub.docker.com/v2/namespaces/$ORG/repositories?page_size=$PAGE_SIZE"
ALL=$(
  while [ -n "$URL" ] && [ "$URL" != "null" ]; do
    RESP=$(curl -s "$URL" -H "Authorization: Bearer $TOKEN")
    echo "$RESP" | jq -c '.results[]'
    URL=$(echo "$RESP" | jq -r '.next')
  done | jq -s '.'
)
echo "$ALL" | jq -r '
  (["namespace","name","is_private","last_updated","pull_count","star_count"] | @csv),
  (.[] | [
    .namespace, .name, .is_private, .last_updated, (.pull_count//0), (.star_count//0)
  ] | @csv)
' > repos.csv
`;

export const migrateAllTags = String.raw`#!/usr/bin/env bash
set -euo pipefail

# Use environment variables if set, otherwise use defaults
SRC_ORG="${'${'}SRC_ORG:-oldorg}"
DEST_ORG="${'${'}DEST_ORG:-neworg}"
REPO="${'${'}REPO:-myapp}"

# Optional: for private repositories
# HUB_USER="your-username"
# HUB_TOKEN="your-access-token"
# AUTH="-u ${'${'}HUB_USER}:${'${'}HUB_TOKEN}"
AUTH=""

TOOL="crane"   # or: TOOL="regctl"

TAGS_URL="https://hub.docker.com/v2/repositories/${'${'}SRC_ORG}/${'${'}REPO}/tags?page_size=100"

while [[ -n "${'${'}TAGS_URL}" && "${'${'}TAGS_URL}" != "null" ]]; do
  RESP=$(curl -fsSL ${'${'}AUTH} "${'${'}TAGS_URL}")

  echo "${'${'}RESP}" | jq -r '.results[].name' | while read -r TAG; do
    [[ -z "${'${'}TAG}" ]] && continue

    SRC_IMAGE="${'${'}SRC_ORG}/${'${'}REPO}:${'${'}TAG}"
    DEST_IMAGE="${'${'}DEST_ORG}/${'${'}REPO}:${'${'}TAG}"

    echo "Migrating ${'${'}SRC_IMAGE} → ${'${'}DEST_IMAGE}"

    case "${'${'}TOOL}" in
      crane)
        crane cp "${'${'}SRC_IMAGE}" "${'${'}DEST_IMAGE}"
        ;;
      regctl)
        regctl image copy "${'${'}SRC_IMAGE}" "${'${'}DEST_IMAGE}"
        ;;
    esac
  done

  TAGS_URL=$(echo "${'${'}RESP}" | jq -r '.next')
done
`;
