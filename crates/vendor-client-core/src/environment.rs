//! Settings from environment variables.
//!
//! A client reads them through a function, `|name| std::env::var(name).ok()` in production, so
//! that its tests need not change the process.

use crate::error::Error;

/// A variable that may be missing. An empty one counts as missing, since some tools can empty a
/// variable but not unset it.
pub fn optional(get: impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    get(name).filter(|value| !value.is_empty())
}

/// A variable that must be there.
///
/// ```
/// use vendor_client_core::environment::required;
///
/// let get = |name: &str| (name == "LOGIN").then(|| "planner".to_owned());
/// assert_eq!(required(get, "LOGIN")?, "planner");
/// assert!(required(get, "PASSWORD").unwrap_err().to_string().contains("PASSWORD"));
/// # Ok::<(), vendor_client_core::Error>(())
/// ```
///
/// # Errors
///
/// [`Configuration`](crate::ErrorKind::Configuration), which names the variable.
pub fn required(get: impl Fn(&str) -> Option<String>, name: &str) -> Result<String, Error> {
    optional(get, name)
        .ok_or_else(|| Error::configuration(format!("the variable {name} is not set")))
}

/// The process's variable `name`, if it is set and is valid Unicode.
pub fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_missing_or_empty_is_named() {
        let get = |name: &str| (name == "EMPTY").then(String::new);
        for name in ["EMPTY", "MISSING"] {
            assert_eq!(optional(get, name), None);
            let error = required(get, name).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn the_process_has_variables() {
        assert!(optional(of_process, "PATH").is_some());
    }
}
