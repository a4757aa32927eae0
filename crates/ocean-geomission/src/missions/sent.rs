//! What a mission that is created and one that is changed have in common.

/// Gives a type of mission that is sent its constructor, a setter for each field, and the checks
/// that both types share.
macro_rules! sent {
    ($(#[$doc:meta])* $mission:ident) => {
        impl $mission {
            $(#[$doc])*
            #[must_use]
            pub fn new(id: impl Into<$crate::MissionId>) -> Self {
                Self {
                    id: id.into(),
                    scheduled_at: None,
                    expires_at: None,
                    kind: None,
                    recipient: None,
                    comment: None,
                    reference_address: None,
                    street: None,
                    postal_code: None,
                    city: None,
                    send: None,
                    coordinates: None,
                }
            }

            /// Addresses it to the vehicle with this name.
            #[must_use]
            pub fn vehicle(self, name: impl Into<String>) -> Self {
                self.recipient($crate::Recipient::vehicle(name))
            }

            /// Addresses it to the person with this last and first name.
            #[must_use]
            pub fn person(
                self,
                last_name: impl Into<String>,
                first_name: impl Into<String>,
            ) -> Self {
                self.recipient($crate::Recipient::person(last_name, first_name))
            }

            /// Has it sent to its recipient, not only prepared.
            #[must_use]
            pub fn send(mut self) -> Self {
                self.send = Some(true);
                self
            }

            /// Checks what holds for every mission that is sent.
            fn check(&self, violations: &mut ::vendor_client_core::Violations) {
                ::vendor_client_core::Validate::validate(&self.id, violations);
                $crate::wire::utc_minute::validate(
                    self.scheduled_at,
                    self.expires_at,
                    violations,
                );
                if let Some(recipient) = &self.recipient {
                    violations.nested(("recipient", ""), recipient);
                }
                if let Some(coordinates) = &self.coordinates {
                    violations.nested(("coordinates", ""), coordinates);
                }
            }
        }

        ::vendor_client_core::setters!($mission {
            scheduled_at: ::time::OffsetDateTime,
            expires_at: ::time::OffsetDateTime,
            kind: String,
            recipient: $crate::Recipient,
            comment: String,
            reference_address: String,
            street: String,
            postal_code: String,
            city: String,
            coordinates: $crate::Coordinates,
        });
    };
}

pub(crate) use sent;
