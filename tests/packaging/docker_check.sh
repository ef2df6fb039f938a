#!/bin/sh
# Build the image and run it as its users do: no network, nothing writable but the mounted folder, any user.
# BASE names another base image (Debian with Python 3.11+), DOCKER_BUILD more options of docker build.
set -eu
cd "$(dirname "$0")/../.."
image=clm-audit-check
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 777 "$folder"

# shellcheck disable=SC2086 # several options
docker build ${BASE:+--build-arg BASE="$BASE"} ${DOCKER_BUILD:-} --tag "$image" . >"$folder/build.log" 2>&1 ||
  { cat "$folder/build.log"; exit 1; }

inside() { docker run --rm --network none --read-only --tmpfs /tmp --volume "$folder:/audit" "$@"; }

test "$(inside --entrypoint id "$image" -u)" = 10001
inside "$image" --version
inside "$image" demo --output demo >/dev/null 2>&1
inside --user 12345 "$image" report demo/audit.json --quiet --html r.html --pdf r.pdf --xlsx r.xlsx --pptx r.pptx \
  >/dev/null 2>"$folder/said" || { cat "$folder/said"; exit 1; }
test ! -s "$folder/said" || { cat "$folder/said"; exit 1; }
cmp "$folder/demo/report.html" "$folder/r.html"
head -c 5 "$folder/r.pdf" | grep -q '%PDF-'
for made in r.pdf r.xlsx r.pptx; do test -s "$folder/$made"; done
docker image inspect --format '{{.Size}}' "$image" | awk '{printf "the image works, %d MB\n", $1 / 1e6}'
inside --entrypoint sh "$image" -c 'rm -rf demo' || true
