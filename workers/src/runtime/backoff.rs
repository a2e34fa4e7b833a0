//! Pauses between tries: each twice as long as the one before, half of it by chance, so that
//! what failed together does not come back together.

use std::time::Duration;

use rand::Rng;

use crate::config::RetryConfig;

/// The pause after this many failures, from 1.
pub(crate) fn pause(retry: &RetryConfig, failures: u32) -> Duration {
    let longest = nominal(retry, failures);
    let millis = longest.as_millis() as u64;
    Duration::from_millis(rand::rng().random_range(millis / 2..=millis))
}

fn nominal(retry: &RetryConfig, failures: u32) -> Duration {
    // 2^40 ms are decades; the ceiling comes first.
    let doubled = retry
        .first_ms
        .saturating_mul(1 << failures.saturating_sub(1).min(40));
    Duration::from_millis(doubled.min(retry.longest_ms))
}

/// The pause while a part of the platform is away: a matter of seconds, whatever the job.
pub(crate) fn away(failures: u32) -> Duration {
    pause(
        &RetryConfig {
            attempts: 0,
            first_ms: 100,
            longest_ms: 5_000,
        },
        failures,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_ceiling_and_vary() {
        let retry = RetryConfig {
            attempts: 9,
            first_ms: 100,
            longest_ms: 1_000,
        };
        let nominal: Vec<u128> = (1..=6)
            .map(|failures| nominal(&retry, failures).as_millis())
            .collect();
        assert_eq!(nominal, [100, 200, 400, 800, 1_000, 1_000]);
        let drawn: Vec<u128> = (0..64)
            .map(|_| pause(&retry, u32::MAX).as_millis())
            .collect();
        assert!(
            drawn.iter().all(|pause| (500..=1_000).contains(pause)),
            "{drawn:?}"
        );
        assert!(drawn.iter().any(|pause| pause != &drawn[0]), "no jitter");
    }
}
