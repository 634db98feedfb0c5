//! One hash for everything that must be the same on every machine and run: FNV-1a with a last mixing of the bits.

/// Hash of bytes, well mixed in all of its bits.
pub(crate) fn of(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mixed(hash)
}

/// Hash of several parts; the borders between them count.
pub(crate) fn of_parts(parts: &[&str]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |hash, part| joined(hash, of(part.as_bytes())))
}

/// Two hashes in one; their order counts.
pub(crate) fn joined(a: u64, b: u64) -> u64 {
    mixed(a.rotate_left(23).wrapping_mul(0x0000_0100_0000_01b3) ^ b)
}

/// The finisher of SplitMix64.
pub(crate) fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
