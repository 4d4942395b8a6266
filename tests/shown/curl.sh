#!/usr/bin/env bash
# Asks a running service with curl, first as a stream, then for one answer: tests/shown/curl.sh http://127.0.0.1:7860
set -euo pipefail
address=${1:?usage: curl.sh ADDRESS}
address=${address%/}
question='{"question": "杭州健康码日最高使用量是多少？"}'

curl -sSN --fail-with-body -H 'Content-Type: application/json' -d "$question" "$address/api/ask"
curl -sS --fail-with-body -H 'Content-Type: application/json' -H 'Accept: application/json' -d "$question" "$address/api/ask"
echo
