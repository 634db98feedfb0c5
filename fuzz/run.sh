#!/usr/bin/env bash
# Feeds every target for MINUTES (default 10), one after another: fuzz/run.sh [MINUTES [TARGET...]]
# Needs `cargo install cargo-fuzz` and a nightly toolchain. What is found stays in fuzz/artifacts; a line for each target
# goes to standard output. Corpora grow in fuzz/corpus, from the seeds in fuzz/seeds.
set -uo pipefail
cd "$(dirname "$0")"
minutes="${1:-10}"
shift || true
targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    mapfile -t targets < <(for file in fuzz_targets/*.rs; do basename "$file" .rs; done)
fi
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
failed=0
for target in "${targets[@]}"; do
    mkdir -p "corpus/$target"
    options=(-max_total_time="$((minutes * 60))" -rss_limit_mb=3000 -malloc_limit_mb=1000 -timeout=20 -max_len=65536 -print_final_stats=1)
    # Rules of time are loaded once a run and live as long as the program.
    leaks=1
    [ "$target" = time_rules ] && leaks=0
    [ -f "dictionary/$target.txt" ] && options+=(-dict="dictionary/$target.txt")
    if ASAN_OPTIONS="detect_leaks=$leaks" nice -n 19 cargo +nightly fuzz run "$target" "corpus/$target" "seeds/$target" -- "${options[@]}" >"$log" 2>&1; then
        result="nothing found"
    else
        result="FOUND, see fuzz/artifacts/$target: $(grep -m1 -E "panicked|ERROR: |SUMMARY" "$log")"
        failed=1
    fi
    executions="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)"
    memory="$(sed -n 's/^stat::peak_rss_mb: *//p' "$log" | tail -1)"
    printf '%s\t%s executions\t%s min\t%s MB\t%s\n' "$target" "${executions:-0}" "$minutes" "${memory:-?}" "$result"
done
exit "$failed"
