//! Which route of a contract a request is for.

use crate::contract::{Contract, Operation, Place, Route, parameters};
use crate::exchange::decode;

/// A route with the parameters that the path holds for it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) operation: &'static Operation,
    pub(crate) route: &'static Route,
    pub(crate) path: Vec<(String, String)>,
}

/// Why no route was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// No route has this path.
    Path,
    /// Routes have this path, but with other methods.
    Method { allowed: Vec<&'static str> },
}

/// Finds the route for a request.
///
/// A literal segment goes before a parameter: `/activity/status` is not the activity `status`.
/// If routes differ only in their query, the best fit is taken.
pub(crate) fn find(
    contract: &'static Contract,
    method: &str,
    path: &str,
    query: &[(String, String)],
) -> Result<Found, Missing> {
    let by_path: Vec<Found> = contract
        .operations
        .iter()
        .flat_map(|operation| operation.routes.iter().map(move |route| (operation, route)))
        .filter_map(|(operation, route)| {
            let path = fit(&route.path, path)?;
            Some(Found {
                operation,
                route,
                path,
            })
        })
        .collect();
    if by_path.is_empty() {
        return Err(Missing::Path);
    }
    let mut allowed: Vec<&str> = by_path
        .iter()
        .map(|found| found.route.method.as_str())
        .collect();
    by_path
        .into_iter()
        .filter(|found| found.route.method == method)
        .min_by_key(|found| (found.path.len(), misfits(contract, found, query)))
        .ok_or_else(|| {
            allowed.sort_unstable();
            allowed.dedup();
            Missing::Method { allowed }
        })
}

/// The values of a template's parameters in a path, if it fits.
fn fit(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut values = Vec::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = decode(segments.next()?)?;
        match parameter(expected) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => values.push((name.to_owned(), segment)),
            None if segment == expected => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(values)
}

/// The name in a template's segment like `{id}`.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// In how many ways a query breaks the route's tables.
fn misfits(contract: &Contract, found: &Found, query: &[(String, String)]) -> usize {
    let tables = &found.operation.query_parameters;
    parameters(contract, tables, &found.route.name, query, Place::Query).len()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde_json::json;

    use super::*;

    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let required = |name: &str| {
            json!([{ "fields": [
                { "path": name, "kind": { "any_of": [{ "type": "string" }] }, "required": true }
            ] }])
        };
        let operation = |name: &str, method: &str, path: &str, query: serde_json::Value| {
            json!({
                "title": name, "page": "p.md", "query_parameters": query,
                "routes": [{ "name": name, "method": method, "path": path }]
            })
        };
        serde_json::from_value(json!({ "vendor": "example", "operations": [
            operation("get", "GET", "/activity/{id}", json!([])),
            operation("list_status", "GET", "/activity/status", json!([])),
            operation("add", "POST", "/activity/", json!([])),
            operation("by_town", "GET", "/pois/closest", required("town")),
            operation("by_point", "GET", "/pois/closest", required("x")),
        ] }))
        .unwrap()
    });

    fn name(method: &str, path: &str, query: &str) -> Result<&'static str, Missing> {
        let query = crate::exchange::pairs(query).unwrap();
        find(&CONTRACT, method, path, &query).map(|found| found.route.name.as_str())
    }

    fn other_method(allowed: &[&'static str]) -> Result<&'static str, Missing> {
        let allowed = allowed.to_vec();
        Err(Missing::Method { allowed })
    }

    #[test]
    fn a_path_is_matched_segment_by_segment() {
        assert_eq!(name("GET", "/activity/7", ""), Ok("get"));
        assert_eq!(name("GET", "/activity/status", ""), Ok("list_status"));
        assert_eq!(name("POST", "/activity/", ""), Ok("add"));
        assert_eq!(name("POST", "/activity", ""), Err(Missing::Path));
        assert_eq!(name("GET", "/activity/", ""), other_method(&["POST"]));
        assert_eq!(name("GET", "/activity/7/8", ""), Err(Missing::Path));
        assert_eq!(name("PUT", "/activity/7", ""), other_method(&["GET"]));
    }

    #[test]
    fn a_parameter_is_decoded_and_stays_within_its_segment() {
        let found = find(&CONTRACT, "GET", "/activity/a%2Fb%20%C3%A9", &[]).unwrap();
        assert_eq!(found.path, [("id".to_owned(), "a/b é".to_owned())]);
    }

    #[test]
    fn the_query_decides_between_routes_of_the_same_path() {
        assert_eq!(name("GET", "/pois/closest", "x=1"), Ok("by_point"));
        assert_eq!(name("GET", "/pois/closest", "town=Lyon"), Ok("by_town"));
    }
}
