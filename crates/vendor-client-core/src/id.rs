//! Identifiers that a service gives out as integers.

/// Declares a type for each kind of identifier that is an integer on the wire, so that the id of
/// one thing cannot be passed for the id of another.
///
/// For the crates of vendors, which have a feature `schema` and depend on `serde`.
///
/// ```
/// vendor_client_core::id! {
///     /// A customer.
///     CustomerId;
/// }
///
/// assert_eq!(CustomerId::new(7).get(), 7);
/// assert_eq!(CustomerId::from(7).to_string(), "7");
/// assert_eq!("7".parse(), Ok(CustomerId::new(7)));
/// ```
#[macro_export]
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        ///
        /// Any integer is one, 0 and negative numbers included.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            ::serde::Deserialize, ::serde::Serialize,
        )]
        #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Takes the service's number.
            #[must_use]
            pub const fn new(id: i64) -> Self {
                Self(id)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}
