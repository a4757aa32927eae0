//! Speed of the clients, as ratios to bare reqwest.

fn main() {}
