//! A short soak with a fixed seed.

// It prints its figures.
#![allow(clippy::print_stdout)]

use conformance::soak::{Options, soak};

#[test]
fn nothing_is_lost_done_twice_or_leaked_while_requests_go_wrong_and_tokens_expire() {
    let findings = soak(Options {
        seed: 20_261_121,
        operations: 4_000,
        ..Options::default()
    });
    println!("{}", findings.figures);
    assert!(
        findings.complaints.is_empty(),
        "{}",
        findings.complaints.join("\n")
    );
}
