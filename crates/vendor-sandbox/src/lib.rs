//! Océan Géomission, Cegid Loop and Geoplanning emulated on loopback, for development and tests.

pub mod contract;
