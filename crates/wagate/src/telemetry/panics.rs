//! A panic becomes a log line like every other, with its place and thread.

use std::{backtrace::Backtrace, panic::PanicHookInfo};

/// Replaces the process's panic hook.
pub(super) fn log() {
    std::panic::set_hook(Box::new(write));
}

fn write(panic: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = Backtrace::capture();
    tracing::error!(
        place,
        thread = thread.name().unwrap_or("unnamed"),
        // Only where RUST_BACKTRACE asks for it.
        backtrace = %backtrace,
        "panic: {}",
        panic.payload_as_str().unwrap_or("(no text)")
    );
}
