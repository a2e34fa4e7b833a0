//! A bad network between nats-server and who reads from it: deliveries come twice, late, out
//! of order, or not at all. Only deliveries: what the server answers to requests passes as it
//! is, because TCP would never give it in another order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::proxy::Meddler;

/// Whether there is disorder; shared by the connections of one proxy.
#[derive(Clone, Debug, Default)]
pub struct Disorder(Arc<AtomicBool>);

impl Disorder {
    /// Begins or ends it.
    pub fn set(&self, on: bool) {
        self.0.store(on, Ordering::Relaxed);
    }

    /// A meddler for one connection, whose choices follow from the seed.
    pub fn meddler(&self, seed: u64) -> Meddler {
        let mut shuffler = Shuffler {
            on: self.clone(),
            random: SmallRng::seed_from_u64(seed),
            partial: Vec::new(),
            held: Vec::new(),
        };
        Box::new(move |bytes| shuffler.take(bytes))
    }
}

struct Shuffler {
    on: Disorder,
    random: SmallRng,
    /// The beginning of a frame whose rest has not come yet.
    partial: Vec<u8>,
    /// Deliveries that others overtake.
    held: Vec<u8>,
}

impl Shuffler {
    fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut come = std::mem::take(&mut self.partial);
        come.extend_from_slice(bytes);
        let mut out = Vec::with_capacity(come.len());
        let mut at = 0;
        while let Some(length) = frame(&come[at..]) {
            self.pass(&come[at..at + length], &mut out);
            at += length;
        }
        self.partial = come.split_off(at);
        out
    }

    fn pass(&mut self, frame: &[u8], out: &mut Vec<u8>) {
        if !self.on.0.load(Ordering::Relaxed) {
            out.append(&mut self.held);
            return out.extend_from_slice(frame);
        }
        if !is_delivery(frame) {
            return out.extend_from_slice(frame);
        }
        match self.random.random_range(0..100) {
            0..8 => out.extend([frame, frame].concat()),
            8..16 => return self.held.extend_from_slice(frame),
            16..20 => {}
            _ => out.extend_from_slice(frame),
        }
        // Now and then those that were held back pile up, and come as a bunch.
        if self.random.random_bool(0.7) {
            out.append(&mut self.held);
        }
    }
}

/// How long the frame at the beginning is, if all of it is there.
fn frame(bytes: &[u8]) -> Option<usize> {
    let line = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    let head = &bytes[..line];
    let mut length = line + 2;
    if head.starts_with(b"MSG ") || head.starts_with(b"HMSG ") {
        // `… <bytes in all>`, then so many bytes and a line's end.
        let digits = head.rsplit(|byte| *byte == b' ').next()?;
        let size: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
        length += size + 2;
    }
    (bytes.len() >= length).then_some(length)
}

/// Whether the frame brings a message of a consumer, which is acknowledged at such a subject.
fn is_delivery(frame: &[u8]) -> bool {
    let line = frame
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    line.windows(9).any(|part| part == b" $JS.ACK.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIVERY: &str = "MSG ev.x 1 $JS.ACK.EVENTS.c.1.1.1.0.0 5\r\nhe\r\nl\r\n";
    const ANSWER: &str = "HMSG _INBOX.a.1 2 4 6\r\nab\r\nxy\r\n";

    #[test]
    fn frames_are_told_apart_however_the_bytes_come() {
        let text = format!("INFO {{}}\r\nPING\r\n{ANSWER}{DELIVERY}+OK\r\n");
        for size in 1..text.len() {
            let mut meddler = Disorder::default().meddler(1);
            let out: Vec<u8> = text
                .as_bytes()
                .chunks(size)
                .flat_map(&mut meddler)
                .collect();
            assert_eq!(String::from_utf8_lossy(&out), text, "in pieces of {size}");
        }
        assert!(is_delivery(DELIVERY.as_bytes()) && !is_delivery(ANSWER.as_bytes()));
    }

    #[test]
    fn deliveries_come_twice_late_or_never_and_answers_as_they_are() {
        let disorder = Disorder::default();
        disorder.set(true);
        let mut meddler = disorder.meddler(7);
        let text: String = (1_000..2_000)
            .map(|number| {
                format!(
                    "{}{ANSWER}",
                    DELIVERY.replace("he\r\nl", &format!("{number}."))
                )
            })
            .collect();
        let out = String::from_utf8_lossy(&meddler(text.as_bytes())).into_owned();
        assert_eq!(out.matches(ANSWER).count(), 1_000);
        let seen: Vec<u32> = out
            .split("\r\n")
            .filter_map(|line| line.strip_suffix('.')?.parse().ok())
            .collect();
        assert!(
            seen.windows(2).any(|pair| pair[0] > pair[1]),
            "out of order"
        );
        assert!(seen.windows(2).any(|pair| pair[0] == pair[1]), "twice");
        assert!(
            (1_000..2_000).any(|number| !seen.contains(&number)),
            "never"
        );
        // Once it is over, everything passes.
        disorder.set(false);
        meddler(ANSWER.as_bytes());
        assert_eq!(meddler(DELIVERY.as_bytes()), DELIVERY.as_bytes());
    }
}
