//! Behaviour through the public interface.

mod filters;
mod javascript;
