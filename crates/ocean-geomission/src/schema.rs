//! The types that go over the wire, for the comparison with the documentation.

pub use vendor_client_core::schema::{OperationSchema, Part, Probed};

use crate::authentication::{Credentials, LOG_IN, LoggedIn};
use crate::missions::{
    ById, CREATE_MISSION, DELETE_MISSION, MISSION_STATUS, MODIFY_MISSION, Mission, MissionStatus,
    OfCustomer, Receipt,
};

/// Every operation with its types.
#[must_use]
pub fn operations() -> Vec<OperationSchema> {
    vec![
        OperationSchema::of(&LOG_IN)
            .body::<Credentials<'static>>()
            .response::<LoggedIn>(),
        OperationSchema::of(&CREATE_MISSION)
            .query::<OfCustomer<Mission>>()
            .response::<Receipt>(),
        OperationSchema::of(&MODIFY_MISSION)
            .query::<OfCustomer<Mission>>()
            .response::<Receipt>(),
        OperationSchema::of(&MISSION_STATUS)
            .query::<OfCustomer<ById>>()
            .response::<MissionStatus>(),
        OperationSchema::of(&DELETE_MISSION)
            .query::<OfCustomer<ById>>()
            .response::<Receipt>(),
    ]
}
