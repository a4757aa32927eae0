//! Client for Geoplanning: plan field work, rounds, resources and customers.
