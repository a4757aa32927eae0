//! Client for Océan Géomission: send missions to vehicles and field workers, and follow them.
