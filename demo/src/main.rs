//! A day of work through the clients, against the embedded sandbox.

fn main() {}
