#!/usr/bin/env bash
# The unsafe code of crates/model under Miri, or under AddressSanitizer: crates/model/miri.sh [address]
# Miri wants `rustup component add --toolchain nightly miri rust-src`. It runs the portable kernel and the AVX2 one, whose
# instructions it knows; AddressSanitizer runs every kernel that the machine has.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1:-}" = address ]; then
    export RUSTFLAGS="-Zsanitizer=address"
    exec cargo +nightly test --target "$(rustc -vV | sed -n 's/^host: //p')" -p whimbrel-model --lib --tests
fi
export PROPTEST_RNG_SEED=1 MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-strict-provenance"
for features in "" "-Ctarget-feature=+avx2,+fma"; do
    RUSTFLAGS="$features" cargo +nightly miri test -p whimbrel-model --lib -- kernel:: matrix:: float::
done
