//! Times and the tables they are shown in.

use std::time::Duration;

/// Measured times, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1_000.0);
    }

    /// The value below which this share of them lies.
    pub fn quantile(&self, share: f64) -> f64 {
        quantile(&self.0, share)
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// `0.61 (p95 1.20)`
    pub fn shown(&self) -> String {
        format!("{:.2} ms (p95 {:.2})", self.median(), self.quantile(0.95))
    }
}

/// The value below which this share lies.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list of a few hundred"
    )]
    let at = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// The head of a table.
pub fn head(title: &str) {
    println!("\n### {title}\n");
    println!("| what | ours | bare | ratio | target | |");
    println!("| --- | --- | --- | --- | --- | --- |");
}

/// One line: what ratio was reached, and whether it meets the target.
pub fn line(what: &str, ours: &str, bare: &str, ratio: f64, target: &str, met: bool) {
    println!("| {what} | {ours} | {bare} | {ratio:.2} | {target} | {} |", if met { "met" } else { "**missed**" });
}

/// A line that has no target.
pub fn note(what: &str, value: &str) {
    println!("| {what} | {value} | | | | |");
}
