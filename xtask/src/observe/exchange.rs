//! A call and its response, as they crossed the network.

use std::io::Read as _;
use std::time::Duration;

use flate2::read::GzDecoder;
use serde_json::Value;

/// Those of HTTP itself.
const METHODS: [&str; 9] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];

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

    /// With its body unpacked if it came as gzip. As for the client, what comes after the end of the
    /// gzip stream is nothing. One that cannot be unpacked, or that a saved file has unpacked
    /// already, stays as it is.
    pub(crate) fn unpacked(self) -> Self {
        if !self.is_packed() {
            return self;
        }
        let mut body = Vec::new();
        match GzDecoder::new(self.body.as_slice()).read_to_end(&mut body) {
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
    shown_if(is_name(member, "_"), member)
}

/// A header's name as it may be shown. In a saved file it can be anything.
pub(crate) fn header(name: &str) -> &str {
    shown_if(is_name(name, "_-"), name)
}

/// A method as it may be shown. In a saved file it can be anything.
pub(crate) fn method(method: &str) -> &str {
    shown_if(METHODS.contains(&method), method)
}

fn shown_if(may_be: bool, text: &str) -> &str {
    if may_be { text } else { "*" }
}

/// Whether it is made of letters, digits and these joints.
fn is_name(text: &str, joints: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || joints.contains(letter))
}

/// A path such as `rows[2].name` followed into a body: as it may be shown, which is how the pages
/// write it (`rows[].name`), and the value there, if there is one.
pub(crate) fn follow<'a>(path: &str, body: &'a Value) -> (String, Option<&'a Value>) {
    if path.is_empty() {
        return (String::new(), Some(body));
    }
    let Some((first, value, rest)) = step(path, body) else {
        // A page has it, and the body doesn't.
        return (name(path).to_owned(), None);
    };
    let (below, value) = follow(rest.strip_prefix('.').unwrap_or(rest), value);
    let gap = match below.is_empty() || below.starts_with('[') {
        true => "",
        false => ".",
    };
    (format!("{first}{gap}{below}"), value)
}

/// The first step of a path as it may be shown, where it leads, and the rest of the path.
fn step<'a, 'b>(path: &'b str, body: &'a Value) -> Option<(&'a str, &'a Value, &'b str)> {
    match body {
        Value::Array(elements) => {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            Some(("[]", elements.get(index.parse::<usize>().ok()?)?, rest))
        }
        Value::Object(members) => {
            let steps = members.iter().filter_map(|(member, value)| {
                let rest = path.strip_prefix(member.as_str())?;
                let is_whole = rest.is_empty() || rest.starts_with(['.', '[']);
                is_whole.then_some((name(member), value, rest))
            });
            // A member's name may have dots of its own, as an address has.
            steps.min_by_key(|(_, _, rest)| rest.len())
        }
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::json;

    use super::*;
    use crate::page::name_of;
    use crate::pages;

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
        let and_more = [&gzip[..], b"\r\n"].concat();
        assert_eq!(came("gzip", and_more).unpacked().body, json);
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
        let body = json!({
            "rows": [{"name": "x"}, {"jean.dupont": {"phone": 2}}],
            "jean": {"dupont": 3},
            "canary.person@x.fr": 4,
            ".dupont": 5,
            "rue[3]": 6,
        });
        let follow = |path| follow(path, &body);
        assert_eq!(follow(""), (String::new(), Some(&body)));
        let shown = |path| {
            let (shown, value) = follow(path);
            (shown, value.and_then(Value::as_i64))
        };
        assert_eq!(shown("rows[0].name"), ("rows[].name".to_owned(), None));
        assert_eq!(follow("rows[0].name").1, Some(&json!("x")));
        assert_eq!(
            shown("rows[1].jean.dupont.phone"),
            ("rows[].*.phone".to_owned(), Some(2))
        );
        assert_eq!(shown("jean.dupont"), ("jean.dupont".to_owned(), Some(3)));
        assert_eq!(shown("canary.person@x.fr"), ("*".to_owned(), Some(4)));
        assert_eq!(shown(".dupont"), ("*".to_owned(), Some(5)));
        assert_eq!(shown("rue[3]"), ("*".to_owned(), Some(6)));
        assert_eq!(
            shown("rows[0].lacking"),
            ("rows[].lacking".to_owned(), None)
        );
        assert_eq!(shown("rows[0].not.there"), ("rows[].*".to_owned(), None));
    }

    #[test]
    fn every_name_that_a_page_documents_is_shown() {
        let root = crate::root();
        for vendor in pages::names(root).unwrap() {
            let (vendor, _) = pages::read(&vendor, &pages::texts(root, &vendor).unwrap());
            let sections = vendor.sections();
            let of_calls = sections.flat_map(|(_, section)| section.response_rows());
            let types = || vendor.pages.iter().flat_map(|page| &page.types);
            let variants = types().flat_map(|section| &section.variants);
            let of_types = types().flat_map(|section| &section.rows);
            let of_types = of_types.chain(variants.flat_map(|variant| &variant.rows));
            for row in of_calls.chain(of_types) {
                let documented = name_of(&row.field.path);
                if !documented.is_empty() {
                    assert_eq!(name(documented), documented);
                }
            }
        }
    }
}
