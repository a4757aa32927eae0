//! `Debug` that shows no personal data.

/// Implements [`Debug`](std::fmt::Debug) for a struct by the fields named, and hides the others.
///
/// A derived `Debug` shows whatever a field holds, now or after the next change. Types that carry
/// personal data name what may be shown instead.
///
/// ```
/// struct Contact {
///     id: u32,
///     mail: String,
/// }
///
/// vendor_client_core::redacted_debug!(Contact { id });
///
/// let contact = Contact { id: 7, mail: "someone@example.com".to_owned() };
/// assert_eq!(format!("{contact:?}"), "Contact { id: 7, .. }");
/// # let _ = contact.mail;
/// ```
#[macro_export]
macro_rules! redacted_debug {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($type))
                    $(.field(stringify!($field), &self.$field))*
                    .finish_non_exhaustive()
            }
        }
    };
}
