//! An object that has one field under several names.
//!
//! A vendor that renames a field may send both names for a while. serde refuses such an object, so
//! it is read again with one of them: the first that is not null.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Reads a `T`; of several names of one of its fields, the first that is not null counts.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
    let error = match serde_json::from_str(json) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if repeated_field(&error).is_none() {
        return Err(error);
    }
    match serde_json::from_str::<Object>(json) {
        Ok(object) => object.read(error),
        Err(_) => Err(error),
    }
}

/// The members of an object, in their order.
struct Object(Vec<(String, Box<RawValue>)>);

impl Object {
    /// Drops names of the field that `error` complains of until the object can be read.
    fn read<T: DeserializeOwned>(
        mut self,
        mut error: serde_json::Error,
    ) -> Result<T, serde_json::Error> {
        while let Some(field) = repeated_field(&error) {
            let members = self.0.len();
            self.keep_first_of::<T>(&field);
            if self.0.len() == members {
                break;
            }
            match serde_json::from_str(&serde_json::to_string(&self)?) {
                Ok(value) => return Ok(value),
                Err(other) => error = other,
            }
        }
        Err(error)
    }

    fn keep_first_of<T: DeserializeOwned>(&mut self, field: &str) {
        let is_name: Vec<bool> = self
            .0
            .iter()
            .map(|(name, value)| name == field || is_repetition::<T>(name, value, field))
            .collect();
        let names = || (0..is_name.len()).filter(|index| is_name[*index]);
        let is_set = |index: &usize| self.0[*index].1.get() != "null";
        let Some(kept) = names().find(is_set).or_else(|| names().next()) else {
            return;
        };
        let mut index = 0;
        self.0.retain(|_| {
            let is_kept = index == kept || !is_name[index];
            index += 1;
            is_kept
        });
    }
}

/// Whether `name` is another name of `field`: beside it, `T` refuses it.
fn is_repetition<T: DeserializeOwned>(name: &str, value: &RawValue, field: &str) -> bool {
    let both = [(name, value), (field, value)];
    let both = Object(
        both.map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    );
    let both = serde_json::to_string(&both).unwrap_or_default();
    let error = serde_json::from_str::<T>(&both).err();
    error.and_then(|error| repeated_field(&error)).as_deref() == Some(field)
}

/// The field that is said to be there twice.
fn repeated_field(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let (field, _) = text.strip_prefix("duplicate field `")?.split_once('`')?;
    Some(field.to_owned())
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        input.deserialize_map(Members)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Row {
        #[serde(default, rename = "statut", alias = "status")]
        status: Option<i64>,
        #[serde(alias = "Libelle", alias = "libelle")]
        name: Option<String>,
    }

    fn row(json: &str) -> Option<(Option<i64>, Option<String>)> {
        read::<Row>(json).ok().map(|row| (row.status, row.name))
    }

    #[test]
    fn the_first_name_that_is_not_null_counts() {
        for (json, status, name) in [
            (r#"{"name":"a"}"#, None, "a"),
            (r#"{"name":"a","statut":1,"status":2}"#, Some(1), "a"),
            (r#"{"status":2,"name":"a","statut":1}"#, Some(2), "a"),
            (r#"{"status":null,"name":"a","statut":1}"#, Some(1), "a"),
            (r#"{"status":null,"name":"a","statut":null}"#, None, "a"),
            (r#"{"libelle":"c","Libelle":"b","name":"a"}"#, None, "c"),
            (
                r#"{"libelle":null,"Libelle":"b","name":"a","statut":1,"status":2,"x":{"y":[1]}}"#,
                Some(1),
                "b",
            ),
            (r#"{"statut":1,"statut":2,"name":"a"}"#, Some(1), "a"),
        ] {
            assert_eq!(row(json), Some((status, Some(name.to_owned()))), "{json}");
        }
    }

    #[test]
    fn what_is_wrong_otherwise_stays_wrong() {
        for json in [
            r#"{"statut":"x","status":2,"name":"a"}"#,
            r#"{"name":1,"libelle":"a","statut":1}"#,
            "[]",
            "{",
        ] {
            assert_eq!(row(json), None, "{json}");
        }
    }
}
