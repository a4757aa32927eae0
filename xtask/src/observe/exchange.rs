//! A call and its response, as they crossed the network.

use std::io::Read as _;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

/// One exchange. Nothing of it is printed as it is: see `report.rs`.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    /// The path, with the base URL's own path in front.
    pub(crate) path: String,
    pub(crate) status: u16,
    /// The names and values of the response's headers.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) duration: Option<Duration>,
}

impl Exchange {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// With the body that was packed with gzip for the way. One that cannot be unpacked, or that a
    /// saved file has unpacked already, stays as it is.
    pub(crate) fn unpacked(self) -> Self {
        if !self.is_packed() {
            return self;
        }
        let mut body = Vec::new();
        match MultiGzDecoder::new(self.body.as_slice()).read_to_end(&mut body) {
            Ok(_) => Self { body, ..self },
            Err(_) => self,
        }
    }

    fn is_packed(&self) -> bool {
        self.headers.iter().any(|(name, encoding)| {
            let encoding = encoding.trim().to_ascii_lowercase();
            name.eq_ignore_ascii_case("content-encoding")
                && matches!(encoding.as_str(), "gzip" | "x-gzip")
        })
    }

    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// What a value looks like, without the value: `string of 5 characters`.
pub(crate) fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(number) if number.is_f64() => "number".to_owned(),
        Value::Number(_) => "integer".to_owned(),
        Value::String(text) => format!("string of {} characters", text.chars().count()),
        Value::Array(elements) => format!("array of {}", elements.len()),
        Value::Object(members) => format!("object of {}", members.len()),
    }
}

/// A member's name as it may be shown. What doesn't look like a name may be somebody's data.
pub(crate) fn name(member: &str) -> &str {
    let looks_like_one = member.len() <= 40
        && member.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && member
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if looks_like_one { member } else { "*" }
}

/// A path such as `rows[2].name` as it may be shown, and as the pages write it: `rows[].name`.
pub(crate) fn path(shown: &str) -> String {
    let segments = shown.split('.').map(|segment| {
        let (member, indexes) = match segment.find('[') {
            Some(start) => segment.split_at(start),
            None => (segment, ""),
        };
        let member = if member.is_empty() { "" } else { name(member) };
        member.to_owned() + &"[]".repeat(indexes.matches('[').count())
    });
    segments.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::json;

    use super::*;

    /// A body as a service packs it.
    pub(crate) fn packed(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn came(encoding: &str, body: Vec<u8>) -> Exchange {
        Exchange {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            status: 200,
            headers: vec![("Content-Encoding".to_owned(), encoding.to_owned())],
            body,
            duration: None,
        }
    }

    #[test]
    fn a_body_is_unpacked_if_its_header_says_so_and_it_is_packed() {
        let (json, gzip) = (b"{}".to_vec(), packed(b"{}"));
        for encoding in ["gzip", " GZIP ", "x-gzip"] {
            assert_eq!(came(encoding, gzip.clone()).unpacked().body, json);
            assert_eq!(came(encoding, json.clone()).unpacked().body, json);
        }
        let half = gzip[..gzip.len() / 2].to_vec();
        assert_eq!(came("gzip", half.clone()).unpacked().body, half);
        assert_eq!(came("identity", gzip.clone()).unpacked().body, gzip);
    }

    #[test]
    fn a_shape_shows_no_value() {
        assert_eq!(shape(&json!("canary")), "string of 6 characters");
        assert_eq!(shape(&json!(1234)), "integer");
        assert_eq!(shape(&json!(1.5)), "number");
        assert_eq!(shape(&json!(["canary"])), "array of 1");
        assert_eq!(shape(&json!({"canary": 1})), "object of 1");
    }

    #[test]
    fn a_path_shows_names_and_hides_what_may_be_data() {
        assert_eq!(path("rows[12].name"), "rows[].name");
        assert_eq!(path("[0][1].idMission"), "[][].idMission");
        assert_eq!(path("jean dupont.phone"), "*.phone");
        assert_eq!(path("jean@dupont"), "*");
        assert_eq!(path(""), "");
    }
}
