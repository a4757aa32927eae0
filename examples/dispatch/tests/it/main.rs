//! The program against the sandbox.

mod commands;
mod crash;
mod machine;
mod postgres;
