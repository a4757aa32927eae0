//! The endpoints that this crate's methods call, for [`Client::call`](crate::Client::call) and
//! [`Client::call_raw`](crate::Client::call_raw): for what no method returns, such as the status,
//! the headers or the attempts of a success.
//!
//! ```no_run
//! use geoplanning::endpoints::GET_ROUND;
//! use geoplanning::{Client, RoundId};
//!
//! # async fn run(client: Client) -> Result<(), geoplanning::Error> {
//! let response = client.call_raw(&GET_ROUND, &RoundId::new(7), ()).await?;
//! println!("{:?}, sent {} times", response.request_id(), response.resend_count() + 1);
//!
//! let round = client.call(&GET_ROUND, &RoundId::new(7), ()).await?.round;
//! println!("{} activities", round.activities().len());
//! # Ok(())
//! # }
//! ```
//!
//! `call` reads the response as the endpoint's type and no further: a list that is absent, or has an
//! element that can't be read, is an error. The methods return it empty, and without that element.

pub use crate::activities::{
    ACTIVITY_ATTACHMENTS, ACTIVITY_HISTORY, ADD_ACTIVITY, ASSIGN_ACTIVITY, ActivityResponse,
    AttachmentsResponse, CANCEL_ACTIVITY, DELETE_ACTIVITY, DELETE_ACTIVITY_BY_FOREIGN_ID,
    FINISH_ACTIVITY, GET_ACTIVITY, GET_ACTIVITY_BY_FOREIGN_ID, HistoryResponse, PLAN_ACTIVITY,
    REJECT_ACTIVITY, REJECT_WORKING_ACTIVITY, START_ACTIVITY, TaskOrSimpleActivity,
    UNASSIGN_ACTIVITY, UPDATE_ACTIVITY, UPDATE_ACTIVITY_BY_FOREIGN_ID,
};
pub use crate::activity_statuses::{ActivityStatusesResponse, LIST_ACTIVITY_STATUSES};
pub use crate::activity_types::{ActivityTypesResponse, LIST_ACTIVITY_TYPES};
pub use crate::customers::{
    ADD_CUSTOMER, CustomerResponse, DELETE_CUSTOMER, DELETE_CUSTOMER_BY_FOREIGN_ID, GET_CUSTOMER,
    GET_CUSTOMER_BY_FOREIGN_ID, UPDATE_CUSTOMER, UPDATE_CUSTOMER_BY_FOREIGN_ID,
};
pub use crate::envelope::{EnvelopeStatus, Nothing};
pub use crate::events::START_ACTIVITY_BY_EVENT;
pub use crate::fields::Fields;
pub use crate::foreign_id::{InPath, InQuery, Repeated};
pub use crate::login::{CHECK_LOGIN, LoginResponse};
pub use crate::pois::{CLOSEST_POIS_BY_ADDRESS, CLOSEST_POIS_BY_COORDINATES, PoisResponse};
pub use crate::resources::{
    ADD_RESOURCE, DELETE_RESOURCE, DELETE_RESOURCE_BY_FOREIGN_ID, GET_RESOURCE,
    GET_RESOURCE_BY_FOREIGN_ID, ResourceResponse, UPDATE_RESOURCE, UPDATE_RESOURCE_BY_FOREIGN_ID,
};
pub use crate::rounds::{
    ADD_ROUND, CLOSE_ROUND, ChangedRoundsResponse, GET_ROUND, LIST_ROUNDS, OfDay, RoundResponse,
    RoundsResponse,
};
pub use crate::users::{GET_USER, LIST_USERS, ListedUsers, UserResponse, UsersResponse};
