//! Panics in the log: by place and thread, never by message, which may quote a value.

use std::panic::PanicHookInfo;

/// Replaces the process's panic hook; the default one prints the message.
pub(crate) fn install() {
    // From the beginning: the first panic is then a rise, which an alert can see.
    metrics::counter!("medilink_panics_total").increment(0);
    std::panic::set_hook(Box::new(report));
}

fn report(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let thread = std::thread::current();
    metrics::counter!("medilink_panics_total").increment(1);
    tracing::error!(
        target: "medilink_telemetry",
        place,
        thread = thread.name().unwrap_or("unnamed"),
        "a task panicked; its message is withheld because it may quote personal data"
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use crate::logs::tests::logging;

    #[test]
    fn a_panic_is_logged_by_its_place_without_its_message() {
        let text = logging("info", || {
            let before = std::panic::take_hook();
            super::install();
            let caught = std::panic::catch_unwind(|| panic!("no such patient: Gurpreet"));
            std::panic::set_hook(before);
            assert!(caught.is_err());
        });
        assert!(text.contains("panics.rs"), "{text}");
        assert!(!text.contains("Gurpreet"), "{text}");
    }
}
