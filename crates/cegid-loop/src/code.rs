//! Enumerations that are open: a value that the vendor has not listed is kept.

/// Declares an enumeration as a number with named values.
macro_rules! code {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$value_doc:meta])* $constant:ident = $value:literal, $words:literal;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            $($(#[$value_doc])* pub const $constant: Self = Self($value);)+

            /// The number on the wire.
            #[must_use]
            pub const fn value(self) -> i64 {
                self.0
            }

            /// What the number means; `None` if the vendor has not listed it.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($words),)+
                    _ => None,
                }
            }
        }

        impl From<i64> for $name {
            fn from(value: i64) -> Self {
                Self(value)
            }
        }

        impl From<$name> for i64 {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        /// Writes what the number means, or the number if the vendor has not listed it.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => std::fmt::Display::fmt(&self.0, f),
                }
            }
        }

        /// Reads an integer or a numeric string.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let value = $crate::wire::integer(input)?;
                value.ok_or_else(|| serde::de::Error::custom("expected a number"))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": ["integer", "string"],
                    "examples": [$($value),+],
                })
            }
        }

        impl $crate::filter::IntoLiteral<Self> for $name {
            fn into_literal(self) -> $crate::filter::Literal {
                $crate::filter::Literal::Integer(self.0)
            }
        }
    };
}

pub(crate) use code;
