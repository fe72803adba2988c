//! What a scanner sent and did not come through: heard and said, once a burst. It touches neither the sale nor a dialog, and
//! takes nothing out of the number that is being typed.

use super::effect::Beep;
use super::input::DamagedScan;
use super::step::Step;
use super::view::Notice;

/// Noise with less than this between two pieces is one burst, in milliseconds.
const BURST_MS: u64 = 2_000;
/// The fewest characters in a row that are worth showing: fewer are noise that happens to be letters.
const MIN_RUN: usize = 3;
/// The most characters that are shown.
const MAX_SHOWN: usize = 40;

/// What can be read of damaged bytes: the runs of plain characters in them, with `…` where something is missing between.
fn legible(data: &[u8]) -> String {
    let runs: Vec<&str> = data
        .split(|byte| !(b' '..=b'~').contains(byte))
        .filter_map(|run| std::str::from_utf8(run).ok())
        .map(str::trim)
        .filter(|run| run.len() >= MIN_RUN)
        .collect();
    let text = runs.join("…");
    if text.chars().count() <= MAX_SHOWN {
        return text;
    }
    text.chars().take(MAX_SHOWN).chain(['…']).collect()
}

impl Step<'_, '_> {
    pub(super) fn damaged(&mut self, scan: &DamagedScan) {
        let now_ms = self.env.now.mono_ms;
        let in_burst = self.state.damage.as_ref().is_some_and(|(scanner, at_ms)| {
            *scanner == scan.scanner && now_ms.saturating_sub(*at_ms) < BURST_MS
        });
        self.state.damage = Some((scan.scanner.clone(), now_ms));
        if in_burst {
            return;
        }
        self.beep(Beep::Attention);
        if !self.state.notice.as_ref().is_some_and(Notice::is_pressing) {
            self.state.notice = Some(Notice::DamagedScan {
                damage: scan.damage,
                read: legible(&scan.read),
            });
        }
    }

    /// A whole code of this scanner ends its burst: what is damaged after it is news.
    pub(super) fn whole_again(&mut self, scanner: &str) {
        if self
            .state
            .damage
            .as_ref()
            .is_some_and(|(noisy, _)| noisy == scanner)
        {
            self.state.damage = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::legible;

    #[test]
    fn what_can_be_read_of_damaged_bytes() {
        for (data, text) in [
            (b"87123".as_slice(), "87123"),
            (
                b"\x13\xf3\x00\x00\x0b8712345678906\xfa\xcd",
                "8712345678906",
            ),
            (b"8712\xff\x00345678\r\n", "8712…345678"),
            (b"\xff\x00a\xfe12\x80", ""),
            (b"", ""),
        ] {
            assert_eq!(legible(data), text);
        }
        let long = legible(&[b'7'; 128]);
        assert_eq!(long.chars().count(), 41);
        assert!(long.ends_with('…'));
    }
}
