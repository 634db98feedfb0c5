#!/bin/sh
# What takes too long for the test suite: 1,000 crashes, and a ledger of a million stories.
# crates/ledger/measure.sh [FOLDER]: the folder needs about 15 GB.
set -eu
cd "$(dirname "$0")/../.."
folder=${1:-${TMPDIR:-.}}
WHIMBREL_CRASHES=1000 cargo test --release -p whimbrel-ledger --test crash
rm -f "$folder/million.whimbrel"
cargo run --release -p whimbrel-ledger --example generate -- 1000000 "$folder/million.whimbrel"
rm -f "$folder/million.whimbrel"
