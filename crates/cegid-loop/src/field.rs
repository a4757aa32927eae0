//! The fields of a row, by their names on the wire.

/// Declares the fields of a row: a constant for each, for filters, orders and selections.
///
/// The names are held against the row's schema, so that a field that is renamed in one place and
/// not in the other fails a test.
macro_rules! fields {
    ($row:ident {
        $($(#[$doc:meta])* $name:ident: $type:ty = $path:literal;)+
    }) => {
        $(
            $(#[$doc])*
            #[doc(alias = $path)]
            pub const $name: $crate::Field<$row, $type> = $crate::Field::new($path);
        )+

        /// The paths of the constants above.
        #[cfg(all(test, feature = "schema"))]
        pub(crate) const NAMES: &[&str] = &[$($path),+];
    };
}

pub(crate) use fields;

#[cfg(all(test, feature = "schema"))]
mod tests {
    use std::collections::BTreeSet;

    use schemars::JsonSchema;
    use serde_json::Value;

    use crate::{EngagementLetter, LetterActivity, activities, letters};

    fn schema_of<Row: JsonSchema>() -> Value {
        schemars::schema_for!(Row).to_value()
    }

    /// The schemas that `schema` may stand for: itself, or each of its alternatives.
    fn alternatives<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = root.pointer(reference.trim_start_matches('#'));
            return target.into_iter().collect();
        }
        match schema["anyOf"].as_array() {
            Some(several) => several
                .iter()
                .flat_map(|one| alternatives(root, one))
                .collect(),
            None => vec![schema],
        }
    }

    /// Whether the schema has a field at `path`.
    fn has(root: &Value, schema: &Value, path: &str) -> bool {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        alternatives(root, schema).into_iter().any(|schema| {
            let field = schema["properties"].get(name);
            field.is_some_and(|field| rest.is_none_or(|rest| has(root, field, rest)))
        })
    }

    #[test]
    fn every_constant_names_a_field_of_its_row_and_every_field_has_a_constant() {
        for (schema, names) in [
            (schema_of::<EngagementLetter>(), letters::NAMES),
            (schema_of::<LetterActivity>(), activities::NAMES),
        ] {
            for name in names {
                assert!(has(&schema, &schema, name), "no field `{name}`");
            }
            let named: BTreeSet<&str> = names.iter().copied().collect();
            let fields = schema["properties"].as_object().unwrap();
            let unnamed: Vec<_> = fields
                .keys()
                .filter(|field| !named.contains(field.as_str()))
                .collect();
            assert!(unnamed.is_empty(), "no constant for {unnamed:?}");
        }
    }

    #[test]
    fn a_name_that_the_row_does_not_have_is_noticed() {
        let schema = schema_of::<EngagementLetter>();
        for name in ["engStatus", "entite.id", "statut.objectId"] {
            assert!(!has(&schema, &schema, name), "{name}");
        }
    }
}
