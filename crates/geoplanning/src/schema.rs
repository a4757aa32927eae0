//! The types that go over the wire, for the comparison with the documentation.

use vendor_client_core::schema::OperationSchema;

use crate::activities::{
    ACTIVITY_ATTACHMENTS, ACTIVITY_HISTORY, ADD_ACTIVITY, ASSIGN_ACTIVITY, ActivityAnswer, Assign,
    AttachmentsAnswer, CANCEL_ACTIVITY, Cancel, DELETE_ACTIVITY, DELETE_ACTIVITY_BY_FOREIGN_ID,
    FINISH_ACTIVITY, GET_ACTIVITY, GET_ACTIVITY_BY_FOREIGN_ID, HistoryAnswer, NewActivity,
    PLAN_ACTIVITY, Plan, Progress, REJECT_ACTIVITY, REJECT_WORKING_ACTIVITY, START_ACTIVITY,
    SimpleActivityUpdate, TaskUpdate, UNASSIGN_ACTIVITY, UPDATE_ACTIVITY,
    UPDATE_ACTIVITY_BY_FOREIGN_ID, Unassign,
};
use crate::activity_statuses::{ActivityStatusesAnswer, LIST_ACTIVITY_STATUSES};
use crate::activity_types::{ActivityTypesAnswer, LIST_ACTIVITY_TYPES};
use crate::address::{Coordinates, StreetAddress};
use crate::customers::{
    ADD_CUSTOMER, CustomerAnswer, CustomerUpdate, DELETE_CUSTOMER, DELETE_CUSTOMER_BY_FOREIGN_ID,
    GET_CUSTOMER, GET_CUSTOMER_BY_FOREIGN_ID, NewCustomer, UPDATE_CUSTOMER,
    UPDATE_CUSTOMER_BY_FOREIGN_ID,
};
use crate::events::START_ACTIVITY_BY_EVENT;
use crate::foreign_id::ByForeignId;
use crate::id::{ActivityId, CustomerId, EventId, ResourceId, RoundId, UserId};
use crate::login::{CHECK_LOGIN, LoginAnswer};
use crate::pois::{CLOSEST_POIS_BY_ADDRESS, CLOSEST_POIS_BY_COORDINATES, PoisAnswer};
use crate::resources::{
    ADD_RESOURCE, DELETE_RESOURCE, DELETE_RESOURCE_BY_FOREIGN_ID, GET_RESOURCE,
    GET_RESOURCE_BY_FOREIGN_ID, NewResource, ResourceAnswer, ResourceField, ResourceUpdate,
    UPDATE_RESOURCE, UPDATE_RESOURCE_BY_FOREIGN_ID,
};
use crate::rounds::{
    ADD_ROUND, CLOSE_ROUND, GET_ROUND, LIST_ROUNDS, NewRound, OfDay, RoundAnswer, RoundsAnswer,
};
use crate::users::{GET_USER, LIST_USERS, UserAnswer, UserField, UsersAnswer};

/// Every operation with its types.
#[must_use]
pub fn operations() -> Vec<OperationSchema> {
    let mut all = activities();
    all.extend(actions());
    all.extend(lists());
    all.extend(resources());
    all.extend(rounds());
    all.extend(customers());
    all
}

fn activities() -> Vec<OperationSchema> {
    vec![
        OperationSchema::of(&GET_ACTIVITY)
            .path_parameter::<ActivityId>("id")
            .response::<ActivityAnswer>(),
        OperationSchema::of(&GET_ACTIVITY_BY_FOREIGN_ID)
            .query::<ByForeignId<'static>>()
            .response::<ActivityAnswer>(),
        OperationSchema::of(&ADD_ACTIVITY)
            .body::<NewActivity>()
            .response::<ActivityAnswer>(),
        OperationSchema::of(&UPDATE_ACTIVITY)
            .path_parameter::<ActivityId>("id")
            .body_named::<TaskUpdate>("task")
            .body_named::<SimpleActivityUpdate>("simple activity")
            .response::<ActivityAnswer>(),
        OperationSchema::of(&UPDATE_ACTIVITY_BY_FOREIGN_ID)
            .query::<ByForeignId<'static>>()
            .body_named::<TaskUpdate>("task")
            .body_named::<SimpleActivityUpdate>("simple activity")
            .response::<ActivityAnswer>(),
        OperationSchema::of(&DELETE_ACTIVITY).path_parameter::<ActivityId>("id"),
        OperationSchema::of(&DELETE_ACTIVITY_BY_FOREIGN_ID).query::<ByForeignId<'static>>(),
        OperationSchema::of(&ACTIVITY_HISTORY)
            .path_parameter::<CustomerId>("id")
            .response::<HistoryAnswer>(),
        OperationSchema::of(&ACTIVITY_ATTACHMENTS)
            .path_parameter::<ActivityId>("id")
            .response::<AttachmentsAnswer>(),
    ]
}

fn actions() -> Vec<OperationSchema> {
    let progress = [
        &START_ACTIVITY,
        &FINISH_ACTIVITY,
        &REJECT_ACTIVITY,
        &REJECT_WORKING_ACTIVITY,
    ];
    let progress = progress.into_iter().map(|operation| {
        OperationSchema::of(operation)
            .path_parameter::<ActivityId>("id")
            .body::<Progress>()
            .response::<RoundsAnswer>()
    });
    let others = [
        OperationSchema::of(&ASSIGN_ACTIVITY)
            .path_parameter::<ActivityId>("id")
            .body::<Assign>()
            .response::<ActivityAnswer>(),
        OperationSchema::of(&PLAN_ACTIVITY)
            .path_parameter::<ActivityId>("id")
            .body::<Plan>()
            .response::<RoundsAnswer>(),
        OperationSchema::of(&UNASSIGN_ACTIVITY)
            .path_parameter::<ActivityId>("id")
            .body::<Unassign>()
            .response::<ActivityAnswer>(),
        OperationSchema::of(&CANCEL_ACTIVITY)
            .path_parameter::<ActivityId>("id")
            .body::<Cancel>()
            .response::<ActivityAnswer>(),
        OperationSchema::of(&START_ACTIVITY_BY_EVENT)
            .path_parameter::<EventId>("id")
            .body::<Progress>()
            .response::<RoundsAnswer>(),
    ];
    others.into_iter().chain(progress).collect()
}

fn lists() -> Vec<OperationSchema> {
    vec![
        OperationSchema::of(&LIST_ACTIVITY_STATUSES).response::<ActivityStatusesAnswer>(),
        OperationSchema::of(&LIST_ACTIVITY_TYPES).response::<ActivityTypesAnswer>(),
        OperationSchema::of(&CHECK_LOGIN).response::<LoginAnswer>(),
        OperationSchema::of(&CLOSEST_POIS_BY_ADDRESS)
            .query::<StreetAddress>()
            .response::<PoisAnswer>(),
        OperationSchema::of(&CLOSEST_POIS_BY_COORDINATES)
            .query::<Coordinates>()
            .response::<PoisAnswer>(),
        OperationSchema::of(&GET_USER)
            .path_parameter::<UserId>("id")
            .query_parameter::<Option<Vec<UserField>>>("fields")
            .response::<UserAnswer>(),
        OperationSchema::of(&LIST_USERS)
            .query_parameter::<Option<bool>>("resourceBound")
            .response::<UsersAnswer>(),
    ]
}

fn resources() -> Vec<OperationSchema> {
    vec![
        OperationSchema::of(&GET_RESOURCE)
            .path_parameter::<ResourceId>("id")
            .query_parameter::<Option<Vec<ResourceField>>>("fields")
            .response::<ResourceAnswer>(),
        OperationSchema::of(&GET_RESOURCE_BY_FOREIGN_ID)
            .query::<ByForeignId<'static>>()
            .query_parameter::<Option<Vec<ResourceField>>>("fields")
            .response::<ResourceAnswer>(),
        OperationSchema::of(&ADD_RESOURCE)
            .body::<NewResource>()
            .response::<ResourceAnswer>(),
        OperationSchema::of(&UPDATE_RESOURCE)
            .path_parameter::<ResourceId>("id")
            .body::<ResourceUpdate>()
            .response::<ResourceAnswer>(),
        OperationSchema::of(&UPDATE_RESOURCE_BY_FOREIGN_ID)
            .query::<ByForeignId<'static>>()
            .body::<ResourceUpdate>()
            .response::<ResourceAnswer>(),
        OperationSchema::of(&DELETE_RESOURCE).path_parameter::<ResourceId>("id"),
        OperationSchema::of(&DELETE_RESOURCE_BY_FOREIGN_ID).query::<ByForeignId<'static>>(),
    ]
}

fn rounds() -> Vec<OperationSchema> {
    vec![
        OperationSchema::of(&GET_ROUND)
            .path_parameter::<RoundId>("id")
            .response::<RoundAnswer>(),
        OperationSchema::of(&LIST_ROUNDS)
            .path_parameter::<ResourceId>("id")
            .query::<OfDay>()
            .response::<RoundsAnswer>(),
        OperationSchema::of(&ADD_ROUND)
            .body::<NewRound>()
            .response::<RoundAnswer>(),
        OperationSchema::of(&CLOSE_ROUND)
            .path_parameter::<RoundId>("id")
            .response::<RoundAnswer>(),
    ]
}

fn customers() -> Vec<OperationSchema> {
    vec![
        OperationSchema::of(&ADD_CUSTOMER)
            .body::<NewCustomer>()
            .response::<CustomerAnswer>(),
        OperationSchema::of(&GET_CUSTOMER)
            .path_parameter::<CustomerId>("id")
            .response::<CustomerAnswer>(),
        OperationSchema::of(&GET_CUSTOMER_BY_FOREIGN_ID)
            .path_parameter::<String>("ref")
            .response::<CustomerAnswer>(),
        OperationSchema::of(&UPDATE_CUSTOMER)
            .path_parameter::<CustomerId>("id")
            .body::<CustomerUpdate>()
            .response::<CustomerAnswer>(),
        OperationSchema::of(&UPDATE_CUSTOMER_BY_FOREIGN_ID)
            .path_parameter::<String>("ref")
            .body::<CustomerUpdate>()
            .response::<CustomerAnswer>(),
        OperationSchema::of(&DELETE_CUSTOMER).path_parameter::<CustomerId>("id"),
        OperationSchema::of(&DELETE_CUSTOMER_BY_FOREIGN_ID).path_parameter::<String>("ref"),
    ]
}
