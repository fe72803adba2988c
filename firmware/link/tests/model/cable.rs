//! One direction of the cable, and the model's random numbers.

use std::collections::VecDeque;

/// SplitMix64: the same seed gives the same run.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5EED)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn one_in(&mut self, chance: u64) -> bool {
        self.below(chance) == 0
    }
}

/// Bytes on their way, each with the moment at which it arrives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cable {
    bytes: VecDeque<(u64, u8)>,
    free_ms: u64,
    carried: u64,
    faulty: bool,
    cut_until_ms: u64,
    faults: u64,
}

/// 115200 baud.
const BYTES_PER_MS: u64 = 11;

impl Cable {
    pub(crate) fn set_faulty(&mut self, faulty: bool) {
        self.faulty = faulty;
    }

    pub(crate) fn faults(&self) -> u64 {
        self.faults
    }

    pub(crate) fn send(&mut self, bytes: &[u8], now_ms: u64) {
        self.free_ms = self.free_ms.max(now_ms);
        for byte in bytes {
            self.bytes.push_back((self.free_ms + 1, *byte));
            self.carried += 1;
            if self.carried.is_multiple_of(BYTES_PER_MS) {
                self.free_ms += 1;
            }
        }
    }

    pub(crate) fn take(&mut self, rng: &mut Rng, now_ms: u64) -> Vec<u8> {
        let due = self.bytes.partition_point(|(at_ms, _)| *at_ms <= now_ms);
        let mut taken: Vec<u8> = self.bytes.drain(..due).map(|(_, byte)| byte).collect();
        if !self.faulty {
            return taken;
        }
        if rng.one_in(4_000) {
            self.cut_until_ms = now_ms + rng.below(3_000);
        }
        if now_ms < self.cut_until_ms {
            self.faults += u64::from(!taken.is_empty());
            return Vec::new();
        }
        if taken.is_empty() || !rng.one_in(6) {
            return taken;
        }
        self.faults += 1;
        let len = taken.len() as u64;
        let at = usize::try_from(rng.below(len)).unwrap_or(0);
        match rng.below(5) {
            0 => taken[at] ^= 1 << rng.below(8),
            1 => {
                taken.remove(at);
            }
            2 => taken.insert(at, taken[at]),
            3 => taken.rotate_left(at),
            // The whole piece comes once more, later.
            _ => {
                let again_ms = now_ms + 1 + rng.below(400);
                for byte in &taken {
                    self.bytes.push_back((again_ms, *byte));
                }
                self.bytes
                    .make_contiguous()
                    .sort_by_key(|(at_ms, _)| *at_ms);
            }
        }
        taken
    }
}
