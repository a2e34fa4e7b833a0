//! What one caller, request or process may use. All state is bounded.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use poem::{Addr, Endpoint, IntoResponse, Request, Response};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::config::{GatewayConfig, millis};
use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// How many checks pass between two sweeps of the callers who have been quiet.
const SWEEP_EVERY: u64 = 4_096;

/// The limits of one gateway; in the data of every request.
#[derive(Debug)]
pub struct Gate {
    addresses: Meter<IpAddr>,
    persons: Meter<Uuid>,
    visitors: Meter<IpAddr>,
    under_way: Semaphore,
    patience: Duration,
    trusted_proxies: Vec<IpAddr>,
}

impl Gate {
    /// The limits as configured.
    pub fn new(config: &GatewayConfig) -> Self {
        let limits = &config.limits;
        Self {
            addresses: Meter::new(
                "address",
                limits.address_per_second,
                limits.address_burst,
                limits.callers,
            ),
            persons: Meter::new(
                "person",
                limits.person_per_second,
                limits.person_burst,
                limits.callers,
            ),
            visitors: Meter::new(
                "visitor",
                limits.visitor_per_second,
                limits.visitor_burst,
                limits.callers,
            ),
            under_way: Semaphore::new(limits.concurrent_requests),
            patience: millis(limits.request_ms),
            trusted_proxies: config.trusted_proxies.clone(),
        }
    }

    /// Counts a request of a signed-in person.
    ///
    /// # Errors
    /// 429 when there have been too many.
    pub fn admit_person(&self, person: Uuid) -> Result<(), Problem> {
        self.persons.admit(person)
    }

    /// Counts a request of somebody who has not said who they are; the network that they call
    /// from, if that is known.
    ///
    /// # Errors
    /// 429 when their network has made too many.
    pub fn admit_visitor(&self, request: &Request) -> Result<Option<IpAddr>, Problem> {
        let network = self.caller(request);
        if let Some(network) = network {
            self.visitors.admit(network)?;
        }
        Ok(network)
    }

    fn caller(&self, request: &Request) -> Option<IpAddr> {
        let Addr::SocketAddr(peer) = request.remote_addr().0 else {
            return None;
        };
        let hops = request.headers().get_all("x-forwarded-for");
        let hops: Vec<&str> = hops
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        Some(network(origin(peer.ip(), &hops, &self.trusted_proxies)))
    }
}

/// The last address that no proxy of ours wrote down; what is left of it was written by the
/// caller and proves nothing.
fn origin(peer: IpAddr, forwarded: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut caller = peer;
    for hop in forwarded.iter().rev().flat_map(|hops| hops.rsplit(',')) {
        if !trusted.contains(&caller) {
            break;
        }
        let Ok(hop) = hop.trim().parse() else { break };
        caller = hop;
    }
    caller
}

/// One IPv6 customer has a /64 to choose addresses from, so that is what counts.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

/// Holds every request to the limits of its address, of the process and of time.
///
/// # Errors
/// 429, 503 or 504 as a [`Problem`].
pub async fn hold<E: Endpoint>(
    next: Arc<E>,
    mut request: Request,
    gate: Arc<Gate>,
) -> poem::Result<Response> {
    // Whoever watches us must get an answer most of all when there is too much to do.
    if matches!(request.uri().path(), "/livez" | "/readyz" | "/metrics") {
        return next.call(request).await.map(IntoResponse::into_response);
    }
    if let Some(address) = gate.caller(&request) {
        gate.addresses.admit(address)?;
    }
    let Ok(_slot) = gate.under_way.try_acquire() else {
        metrics::counter!("medilink_http_refused_total", "limit" => "concurrency").increment(1);
        return Err(Problem::new(&kinds::OVERLOADED)
            .retry_after(Duration::from_secs(1))
            .into());
    };
    let patience = gate.patience;
    request.set_data(Arc::clone(&gate));
    match tokio::time::timeout(patience, next.call(request)).await {
        Ok(answer) => answer.map(IntoResponse::into_response),
        Err(_) => Err(Problem::new(&kinds::TIMED_OUT)
            .retry_after(Duration::from_secs(1))
            .into()),
    }
}

#[derive(Debug)]
struct Meter<K: std::hash::Hash + Eq + Clone> {
    name: &'static str,
    limiter: DefaultKeyedRateLimiter<K>,
    /// What callers beyond the bound share.
    overflow: governor::DefaultDirectRateLimiter,
    clock: DefaultClock,
    most: usize,
    checks: AtomicU64,
}

impl<K: std::hash::Hash + Eq + Clone> Meter<K> {
    fn new(name: &'static str, per_second: u32, burst: u32, most: usize) -> Self {
        let at_least_one = |value| NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        Self {
            name,
            limiter: RateLimiter::keyed(quota),
            overflow: RateLimiter::direct(quota),
            clock: DefaultClock::default(),
            most,
            checks: AtomicU64::new(0),
        }
    }

    fn admit(&self, key: K) -> Result<(), Problem> {
        if self
            .checks
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(SWEEP_EVERY)
        {
            self.limiter.retain_recent();
        }
        // A sweep runs often enough that the store overshoots by one interval at most.
        let verdict = if self.limiter.len() >= self.most {
            self.overflow.check()
        } else {
            self.limiter.check_key(&key)
        };
        verdict.map_err(|until| {
            metrics::counter!("medilink_http_refused_total", "limit" => self.name).increment(1);
            Problem::new(&kinds::TOO_MANY_REQUESTS)
                .retry_after(until.wait_time_from(self.clock.now()))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_caller_is_stopped_after_its_burst_and_told_when_to_return() {
        let meter = Meter::new("person", 1, 3, 10);
        for _ in 0..3 {
            meter.admit(1).unwrap();
        }
        let refused = meter.admit(1).unwrap_err();
        assert_eq!(refused.slug(), "too-many-requests");
        let response = refused.respond(None);
        let wait: u64 = response.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=2).contains(&wait));
        meter.admit(2).unwrap();
    }

    #[test]
    fn callers_beyond_the_bound_share_one_allowance() {
        let meter = Meter::new("address", 1, 1, 2);
        meter.admit(1).unwrap();
        meter.admit(2).unwrap();
        meter.admit(3).unwrap();
        assert!(meter.admit(4).is_err());
        assert_eq!(meter.limiter.len(), 2);
    }

    #[test]
    fn one_ipv6_network_is_one_caller() {
        let first: IpAddr = "2001:db8:1:2::1".parse().unwrap();
        let second: IpAddr = "2001:db8:1:2:ffff::9".parse().unwrap();
        let other: IpAddr = "2001:db8:1:3::1".parse().unwrap();
        assert_eq!(network(first), network(second));
        assert_ne!(network(first), network(other));
        assert_eq!(
            network("::ffff:10.0.0.1".parse().unwrap()),
            "10.0.0.1".parse::<IpAddr>().unwrap()
        );
    }

    #[test]
    fn forwarded_addresses_count_only_from_a_trusted_proxy() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [address("10.0.0.1"), address("10.0.0.2")];
        let cases: &[(&str, &[&str], &str)] = &[
            ("8.8.8.8", &["1.1.1.1"], "8.8.8.8"),
            ("10.0.0.1", &["1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6", "1.1.1.1, 10.0.0.2"], "1.1.1.1"),
            ("10.0.0.1", &["nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ];
        for (peer, forwarded, expected) in cases {
            assert_eq!(
                origin(address(peer), forwarded, &proxies),
                address(expected),
                "{peer} {forwarded:?}"
            );
        }
    }
}
