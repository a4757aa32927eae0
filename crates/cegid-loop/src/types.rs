//! References to other objects, and files.
//!
//! Docs: [Types](crate::contract::types).

use serde::{Deserialize, Deserializer, Serialize};
use vendor_client_core::redacted_debug;

use crate::id::ObjectId;
use crate::wire;

/// Another object that a row points to: a client, a collaborator, a template.
///
/// Docs: [Type: Reference](crate::contract::types#type-reference).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Reference {
    /// The object's identifier; `None` if the row points to nothing.
    ///
    /// Wire: `objectId`.
    #[doc(alias = "objectId")]
    #[serde(rename = "objectId", default, deserialize_with = "wire::id")]
    pub id: Option<ObjectId>,

    /// Words that describe the object to a person, such as its code and its name. The service
    /// decides how many there are.
    ///
    /// Wire: `description`, an array of strings; a single string is read as well.
    #[serde(default, deserialize_with = "wire::words")]
    #[cfg_attr(feature = "schema", schemars(with = "wire::schema::Words"))]
    pub description: Vec<String>,
}

impl Reference {
    /// Whether the row points to nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_none() && self.description.is_empty()
    }

    /// A reference of which only a text came.
    fn from_text(text: &str) -> Self {
        match text.parse() {
            Ok(id) => Self {
                id: Some(id),
                description: Vec::new(),
            },
            Err(_) => Self {
                id: None,
                description: vec![text.to_owned()],
            },
        }
    }
}

redacted_debug!(Reference { id });

/// A file that a row carries.
///
/// Where there is none, `id` is `None` and every text is empty.
///
/// Docs: [Type: File](crate::contract::types#type-file).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "File"))]
#[non_exhaustive]
pub struct FileReference {
    /// The file's identifier; `None` if there is no file.
    ///
    /// Wire: `objectId`.
    #[doc(alias = "objectId")]
    #[serde(rename = "objectId", default, deserialize_with = "wire::id")]
    pub id: Option<ObjectId>,

    /// The file's name.
    ///
    /// Wire: `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub name: Option<String>,

    /// The file's media type.
    ///
    /// Wire: `mimeType`.
    #[doc(alias = "mimeType")]
    #[serde(rename = "mimeType", default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub media_type: Option<String>,

    /// Where the file is.
    ///
    /// Wire: `uri`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub uri: Option<String>,

    /// The content, if the service sends it along; its encoding is not documented.
    ///
    /// Contents make pages large: request fewer rows at once, or the other fields only, if
    /// a response exceeds the client's limit on its size.
    ///
    /// Wire: `data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "wire::text")]
    pub data: Option<String>,
}

impl FileReference {
    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let texts = [&self.name, &self.media_type, &self.uri, &self.data];
        self.id.is_none() && texts.into_iter().flatten().all(String::is_empty)
    }

    /// A file of which only a text came.
    fn from_text(text: &str) -> Self {
        Self {
            name: Some(text.to_owned()),
            ..Self::default()
        }
    }
}

redacted_debug!(FileReference { id });

/// For a field that holds a reference.
pub(crate) fn reference<'de, D: Deserializer<'de>>(
    input: D,
) -> Result<Option<Reference>, D::Error> {
    wire::object_or_text(input, Reference::from_text)
}

/// For a field that holds a file.
pub(crate) fn file<'de, D: Deserializer<'de>>(input: D) -> Result<Option<FileReference>, D::Error> {
    wire::object_or_text(input, FileReference::from_text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[derive(Deserialize)]
    struct Row {
        #[serde(default, deserialize_with = "reference")]
        owner: Option<Reference>,
        #[serde(default, deserialize_with = "file")]
        file: Option<FileReference>,
    }

    const ID: &str = "e87a74e3-2e92-41c2-898a-0b253f73315b";

    fn read(value: Value) -> Row {
        serde_json::from_str(&value.to_string()).unwrap()
    }

    #[test]
    fn a_reference_is_an_object_with_an_id_and_words() {
        let owner = json!({ "objectId": ID, "description": ["ENT002", "Client"] });
        let owner = read(json!({ "owner": owner })).owner.unwrap();
        assert_eq!(owner.id, Some(ID.parse().unwrap()));
        assert_eq!(owner.description, ["ENT002", "Client"]);
    }

    #[test]
    fn a_reference_to_nothing_is_empty_in_each_of_its_spellings() {
        for nothing in [
            json!({ "objectId": null, "description": [] }),
            json!({ "objectId": "" }),
            json!({}),
        ] {
            assert!(read(json!({ "owner": nothing })).owner.unwrap().is_empty());
        }
        for nothing in [json!(null), json!("")] {
            assert_eq!(read(json!({ "owner": nothing })).owner, None);
        }
    }

    #[test]
    fn a_reference_that_comes_as_a_string_is_an_id_or_a_description() {
        let id = read(json!({ "owner": ID })).owner.unwrap();
        assert_eq!((id.id, id.description), (Some(ID.parse().unwrap()), vec![]));
        let words = read(json!({ "owner": "ENT002" })).owner.unwrap();
        assert_eq!(
            (words.id, words.description),
            (None, vec!["ENT002".to_owned()])
        );
    }

    #[test]
    fn a_file_without_id_and_texts_is_none() {
        let nothing =
            json!({ "objectId": null, "name": "", "mimeType": "", "uri": "", "data": "" });
        assert!(read(json!({ "file": nothing })).file.unwrap().is_empty());
        let file = read(json!({ "file": "LM2021112.pdf" })).file.unwrap();
        assert_eq!(file.name.as_deref(), Some("LM2021112.pdf"));
        assert!(!file.is_empty());
    }

    #[test]
    fn debug_shows_neither_words_nor_files() {
        let row = read(json!({
            "owner": { "objectId": ID, "description": ["canary-name"] },
            "file": { "objectId": ID, "name": "canary-file", "uri": "canary-uri", "data": "canary-data" },
        }));
        assert!(!format!("{:?}{:?}", row.owner, row.file).contains("canary"));
    }
}
