#!/usr/bin/env bash
# How fast the desk answers over a large ledger: each page alone (p50, p95), then mixed pages at once (wrk, of Debian), and its memory.
#
#     crates/desk/measure.sh PROGRAM LEDGER [SECONDS]
#
# A ledger of a million events comes from `cargo run --release -p whimbrel-ledger --example generate -- 170000 FILE`.
set -euo pipefail
program="$1" ledger="$2" seconds="${3:-20}"
folder="$(mktemp -d)"
"$program" serve --ledger "$ledger" --addr 127.0.0.1:0 2>"$folder/served" &
desk=$!
trap 'kill $desk; rm -rf "$folder"' EXIT
until grep -q 'http://' "$folder/served"; do sleep 0.1; done
address="$(grep -o 'http://127.0.0.1:[0-9]*' "$folder/served" | head -1)"
pages=(/ '/?status=planned' '/?act=deny' '/?words=minister' /stories/1000 /events/5000 /actors/300 '/agenda?on=2024-05-01'
    /claims '/claims?view=accusations' /explore '/explore?type=ASSAULT' '/explore?tab=timeline' '/explore?tab=map' '/explore?tab=network' /runs)
echo "page, p50 ms, p95 ms, bytes as gzip"
for page in "${pages[@]}"; do
    for _ in $(seq 20); do
        curl -s -o "$folder/page" -H 'accept-encoding: gzip' -w '%{time_total} %{size_download} %{http_code}\n' "$address$page"
    done | sort -n | awk -v page="$page" '{time[NR] = $1 * 1000; size = $2; if ($3 != 200) bad = $3}
        END {printf "%s, %.0f, %.0f, %d%s\n", page, time[int(NR / 2)], time[int(NR * 0.95)], size, bad ? " status " bad : ""}'
done
{
    printf 'local pages = {'
    printf '"%s", ' "${pages[@]}"
    cat <<'LUA'
}
local at = 0
request = function()
    at = at % #pages + 1
    return wrk.format("GET", at % 4 == 0 and "/stories/" .. math.random(1, 100000) or at % 4 == 1 and "/events/" .. math.random(1, 500000) or pages[at])
end
LUA
} >"$folder/mixed.lua"
wrk -t1 -c16 -d"${seconds}s" --latency -s "$folder/mixed.lua" "$address" | grep -E 'Requests/sec|50%|90%|99%|Non-2xx|requests in' || true
awk '/RssAnon|RssFile/ {print $1, $2 / 1024 " MB"}' "/proc/$desk/status"
