//! What happened in a night, line by line. Two runs of a seed must agree in every line.

use sha2::{Digest, Sha256};

/// Lines in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    lines: Vec<String>,
}

impl Trace {
    /// Writes a line.
    pub fn line(&mut self, text: String) {
        self.lines.push(text);
    }

    /// All lines.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The last lines.
    #[must_use]
    pub fn tail(&self, count: usize) -> &[String] {
        &self.lines[self.lines.len().saturating_sub(count)..]
    }

    /// A digest of all of it.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for line in &self.lines {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        hex::encode(digest.finalize())
    }
}
