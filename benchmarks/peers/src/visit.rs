//! What goes over the wire: a visit of 2 KB.

use benchmarks::CannedResponse;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A customer's visit, of the size and shape that such APIs have.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    id: String,
    reference: String,
    kind: String,
    status: String,
    scheduled_at: String,
    duration_s: u32,
    customer: Contact,
    address: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    technician: Option<Contact>,
    skills: Vec<String>,
    parts: Vec<Part>,
    instructions: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Contact {
    first_name: String,
    last_name: String,
    email: String,
    phone: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    street: String,
    postal_code: String,
    city: String,
    country: String,
    latitude: f64,
    longitude: f64,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    id: u64,
    name: String,
    quantity: u32,
    is_returned: bool,
}

/// The response to a creation.
#[derive(Debug, Deserialize)]
pub struct Created {
    #[expect(dead_code, reason = "only its decoding matters")]
    id: String,
}

impl Visit {
    /// The one in every request and response.
    pub fn example() -> Self {
        Self {
            id: "5f0c0b1e-2f5d-4c39-9a53-0c9c7f1f8a11".into(),
            reference: "2026-0042".into(),
            kind: "Maintenance".into(),
            status: "PLANNED".into(),
            scheduled_at: "2026-11-24T08:30:00+01:00".into(),
            duration_s: 5400,
            customer: Contact::example("Éloïse", "Durand"),
            address: Address {
                street: "12 rue de la Paix".into(),
                postal_code: "75002".into(),
                city: "Paris".into(),
                country: "FR".into(),
                latitude: 48.868_812,
                longitude: 2.331_604,
            },
            technician: Some(Contact::example("Jean", "Lefèvre")),
            skills: ["heating", "gas", "electricity"].map(Into::into).into(),
            parts: (0..6).map(Part::example).collect(),
            instructions: "Ring twice and wait at the gate; the meter is behind the blue door.\n"
                .repeat(11),
        }
    }
}

impl Contact {
    fn example(first_name: &str, last_name: &str) -> Self {
        Self {
            first_name: first_name.into(),
            last_name: last_name.into(),
            email: format!("{}@example.com", last_name.to_lowercase()),
            phone: None,
        }
    }
}

impl Part {
    fn example(number: u64) -> Self {
        Self {
            id: 900_000 + number,
            name: format!("Valve DN{}", 15 + number),
            quantity: 2,
            is_returned: false,
        }
    }
}

/// One visit, thirty of them, and the response to a creation.
pub fn responses() -> Vec<CannedResponse> {
    let visit = json!(Visit::example());
    let visits: Vec<_> = (0..30).map(|_| &visit).collect();
    vec![
        CannedResponse::new("/visits/5f0c0b1e", &visit),
        CannedResponse::new("/visits?", &json!(visits)),
        CannedResponse::new("/visits", &json!({ "id": Visit::example().id })),
    ]
}
