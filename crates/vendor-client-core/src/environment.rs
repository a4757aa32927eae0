//! Settings from environment variables.

use std::env;

use crate::error::Error;

/// The variables that a client is set up from.
///
/// ```
/// use vendor_client_core::Environment;
///
/// let environment = Environment::new(|name| (name == "LOGIN").then(|| "planner".to_owned()));
/// assert_eq!(environment.required("LOGIN")?, "planner");
/// assert_eq!(environment.optional("BASE_URL"), None);
/// # Ok::<(), vendor_client_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Environment<F>(F);

impl Environment<fn(&str) -> Option<String>> {
    /// The variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self(|name| env::var(name).ok())
    }
}

impl<F: Fn(&str) -> Option<String>> Environment<F> {
    /// The variables that `read` gives, for a test.
    pub fn new(read: F) -> Self {
        Self(read)
    }

    /// A variable that may be missing. An empty one counts as missing, since some tools can only
    /// empty a variable and not unset it.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// A variable that must be there.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), which names the variable.
    pub fn required(&self, name: &str) -> Result<String, Error> {
        self.optional(name)
            .ok_or_else(|| Error::configuration(format!("the variable {name} is not set")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_missing_or_empty_is_named() {
        let environment = Environment::new(|name| (name == "EMPTY").then(String::new));
        for name in ["EMPTY", "MISSING"] {
            assert_eq!(environment.optional(name), None);
            let error = environment.required(name).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn the_process_has_variables() {
        let environment = Environment::of_process();
        assert!(environment.optional("CARGO_MANIFEST_DIR").is_some());
    }
}
