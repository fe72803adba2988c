//! Time taken, and how it is written down: samples with their percentiles, figures with their budget, one table.

use std::time::{Duration, Instant};

/// The one real clock of the benchmarks.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark measures the machine's own time, finer than a till's clock"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// How long something took, many times.
#[derive(Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Measures one call.
    pub(crate) fn take<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let watch = Stopwatch::start();
        let result = work();
        self.push(watch.elapsed());
        result
    }

    pub(crate) fn total(&self) -> Duration {
        self.0.iter().sum()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The nearest-rank percentile; zero without samples.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The longest.
    pub(crate) fn most(&self) -> Duration {
        self.percentile(100)
    }

    /// `p50 0.21 ms, p99 0.40 ms`.
    pub(crate) fn text(&self) -> String {
        format!(
            "p50 {}, p99 {}",
            short(self.median()),
            short(self.percentile(99))
        )
    }
}

/// A time with three digits.
pub(crate) fn short(time: Duration) -> String {
    let us = time.as_micros();
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => format!("{:.2} s", time.as_secs_f64()),
    }
}

/// So many in a time, for one second: `12,300/s`.
pub(crate) fn rate(count: usize, time: Duration) -> String {
    let per_second = (count as u128 * 1_000_000) / time.as_micros().max(1);
    let digits = per_second.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text}/s")
}

/// One line of the table.
pub(crate) struct Figure {
    what: String,
    measured: String,
    budget: Option<(String, bool)>,
    times: usize,
}

impl Figure {
    /// Something that was measured so many times.
    pub(crate) fn new(what: impl Into<String>, measured: impl Into<String>, times: usize) -> Self {
        Self {
            what: what.into(),
            measured: measured.into(),
            budget: None,
            times,
        }
    }

    /// What it may cost, and whether it stays within.
    pub(crate) fn budget(mut self, budget: impl Into<String>, met: bool) -> Self {
        self.budget = Some((budget.into(), met));
        self
    }

    /// `| what | measured | budget | met | times |`
    pub(crate) fn row(&self) -> String {
        let (budget, met) = match &self.budget {
            None => ("-", "-"),
            Some((budget, true)) => (budget.as_str(), "yes"),
            Some((budget, false)) => (budget.as_str(), "**no**"),
        };
        format!(
            "| {} | {} | {budget} | {met} | {} |",
            self.what, self.measured, self.times
        )
    }
}

/// The resident memory of a process, in KiB (`VmRSS` of Linux).
pub(crate) fn resident_kib(process: u32) -> anyhow::Result<u64> {
    use anyhow::Context as _;
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .context("the kernel does not say how much memory is resident")
}

/// KiB as megabytes.
pub(crate) fn megabytes(kib: u64) -> String {
    let tenths = kib * 10 / 1024;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
