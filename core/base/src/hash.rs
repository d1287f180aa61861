//! Mixing numbers into a hash.

/// Folds `value` into `state`: both halves of a 64 by 64 bit product, so that every bit of both matters.
pub const fn mix(state: u64, value: u64) -> u64 {
    let product = ((state ^ 0x9e37_79b9_7f4a_7c15) as u128) * ((value ^ 0xd1b5_4a32_d192_ed03) as u128);
    (product as u64) ^ ((product >> 64) as u64) ^ state.rotate_left(23)
}
