//! Methods that set the fields of what is sent.

/// Gives a type a method for each of these optional fields, which sets it and returns the value, so
/// that a value is made in one expression.
///
/// ```
/// #[derive(Default)]
/// struct Note {
///     text: Option<String>,
///     priority: Option<u8>,
/// }
///
/// vendor_client_core::setters!(Note { text: String, priority: u8 });
///
/// let note = Note::default().text("Ring twice").priority(1);
/// assert_eq!(note.text.as_deref(), Some("Ring twice"));
/// ```
#[macro_export]
macro_rules! setters {
    ($type:ty { $($field:ident: $value:ty),+ $(,)? }) => {
        impl $type {$(
            #[doc = concat!("Sets the field `", stringify!($field), "`.")]
            #[must_use]
            pub fn $field(mut self, value: impl Into<$value>) -> Self {
                self.$field = Some(value.into());
                self
            }
        )+}
    };
}
