//! Maintainers' commands: fixtures, contract and table checks, releases.

fn main() {}
