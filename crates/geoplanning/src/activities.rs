//! Activities: read, add, update, delete; assign, plan, start, finish, reject, cancel.

mod actions;
mod activity;
mod updates;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vendor_client_core::{Creation, Error, Json, Path, endpoints, redacted_debug};

pub use actions::{Assign, Cancel, Plan, Progress, Unassign};
pub use activity::{Activity, ActivityDetails, Event, Route, SimpleActivity, UnsettledDuration};
pub use updates::{
    ActivityUpdate, NewActivity, SimpleActivityUpdate, TaskOrSimpleActivity, TaskUpdate,
};

use crate::UnknownFields;
use crate::client::Client;
use crate::envelope::{Nothing, envelopes};
use crate::foreign_id::{self, InQuery, Repeated};
use crate::found::Found;
use crate::id::{ActivityId, AttachmentId, CustomerId, TaskId, UserId};
use crate::list::{Apart, List};
use crate::rounds::{ChangedRounds, ChangedRoundsResponse};
use crate::wire::{self, open_enum};

endpoints! {
    GET_ACTIVITY = GET "/activity/{id}" Path<ActivityId>, () => ActivityResponse, idempotent;
    GET_ACTIVITY_BY_FOREIGN_ID = GET "/activity" InQuery, () => ActivityResponse, idempotent;
    /// The path ends with a slash (finding [G-24](crate::contract#g-24)). The vendor doesn't
    /// document what a repeated foreign id does.
    ADD_ACTIVITY = POST "/activity/" (), Json<NewActivity> => ActivityResponse, not_idempotent;
    UPDATE_ACTIVITY = PUT "/activity/{id}"
        Path<ActivityId>, TaskOrSimpleActivity => ActivityResponse, idempotent;
    /// The update repeats the foreign id, so a second call finds the same activity.
    UPDATE_ACTIVITY_BY_FOREIGN_ID = PUT "/activity"
        InQuery, Repeated<TaskOrSimpleActivity> => ActivityResponse, idempotent;
    /// Deleting twice deletes once; the second response is a 404.
    DELETE_ACTIVITY = DELETE "/activity/{id}" Path<ActivityId>, () => Nothing, idempotent;
    /// A foreign id need not be unique, so deleting twice may delete two.
    DELETE_ACTIVITY_BY_FOREIGN_ID = DELETE "/activity" InQuery, () => Nothing, not_idempotent;
    // None of the actions is idempotent: the service probably refuses a key that the action itself
    // has made stale, but the vendor doesn't document that.
    ASSIGN_ACTIVITY = PATCH "/activity/{id}/assign"
        Path<ActivityId>, Json<Assign> => ActivityResponse, not_idempotent;
    PLAN_ACTIVITY = PATCH "/activity/{id}/plan"
        Path<ActivityId>, Json<Plan> => ChangedRoundsResponse, not_idempotent;
    UNASSIGN_ACTIVITY = PATCH "/activity/{id}/unassign"
        Path<ActivityId>, Json<Unassign> => ActivityResponse, not_idempotent;
    START_ACTIVITY = PATCH "/activity/{id}/start"
        Path<ActivityId>, Json<Progress> => ChangedRoundsResponse, not_idempotent;
    FINISH_ACTIVITY = PATCH "/activity/{id}/finish"
        Path<ActivityId>, Json<Progress> => ChangedRoundsResponse, not_idempotent;
    REJECT_ACTIVITY = PATCH "/activity/{id}/rejectnowork"
        Path<ActivityId>, Json<Progress> => ChangedRoundsResponse, not_idempotent;
    REJECT_WORKING_ACTIVITY = PATCH "/activity/{id}/rejectwork"
        Path<ActivityId>, Json<Progress> => ChangedRoundsResponse, not_idempotent;
    CANCEL_ACTIVITY = PATCH "/activity/{id}/cancel"
        Path<ActivityId>, Json<Cancel> => ActivityResponse, not_idempotent;
    ACTIVITY_HISTORY = GET "/activity/history/{id}"
        Path<CustomerId>, () => HistoryResponse, idempotent;
    ACTIVITY_ATTACHMENTS = GET "/activity/{id}/attachments"
        Path<ActivityId>, () => AttachmentsResponse, idempotent;
}

envelopes! {
    ActivityResponse { activity as "activity": Activity }
    HistoryResponse { activities as "activities": List<HistoryEntry>, or List::default() }
    AttachmentsResponse { attachments as "attachments": List<Attachment>, or List::default() }
}

/// The operations on activities; from [`Client::activities`].
///
/// Docs: [Activities](crate::contract::activities).
#[derive(Clone, Copy, Debug)]
pub struct Activities<'a> {
    pub(crate) client: &'a Client,
}

impl Client {
    /// Reading, adding, updating, planning, starting, finishing activities, and more.
    #[doc(alias = "activity")]
    #[must_use]
    pub fn activities(&self) -> Activities<'_> {
        Activities { client: self }
    }
}

impl Activities<'_> {
    /// Reads an activity.
    ///
    /// `GET /activity/{id}`. Docs: [Get an activity](crate::contract::activities#get-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client};
    /// # async fn run(client: Client, id: ActivityId) -> Result<(), geoplanning::Error> {
    /// let activity = client.activities().get(id).await?;
    /// println!("{}", activity.status.kind);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such activity; otherwise any [`Error`].
    #[doc(alias = "get_activity")]
    pub async fn get(self, id: ActivityId) -> Result<Activity, Error> {
        self.client.contents(&GET_ACTIVITY, &id, ()).await
    }

    /// Reads an activity by the `foreignId` of its task.
    ///
    /// `GET /activity?fid=`. Docs: [Get an activity](crate::contract::activities#get-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let activity = client.activities().get_by_foreign_id("ORDER-100").await?;
    /// println!("{}", activity.status.kind);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    #[doc(alias = "fid")]
    #[doc(alias = "get_activity_by_foreign_id")]
    pub async fn get_by_foreign_id(self, foreign_id: &str) -> Result<Activity, Error> {
        self.client
            .contents(&GET_ACTIVITY_BY_FOREIGN_ID, foreign_id, ())
            .await
    }

    /// Adds an activity, unassigned.
    ///
    /// It is retried only while the service certainly has not acted;
    /// [`add_or_find`](Self::add_or_find) also handles an unknown outcome.
    ///
    /// `POST /activity/`. Docs: [Add an activity](crate::contract::activities#add-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, NewActivity, NewTask};
    /// # async fn run(client: Client, task: NewTask) -> Result<(), geoplanning::Error> {
    /// let activity = client.activities().add(&NewActivity::new(task)).await?;
    /// println!("added {}", activity.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint, before
    /// anything is sent; otherwise any [`Error`]. If
    /// [`may_have_been_applied`](Error::may_have_been_applied) holds, look for the activity before
    /// adding it again.
    #[doc(alias = "add_activity")]
    pub async fn add(self, activity: &NewActivity) -> Result<Activity, Error> {
        self.client.contents(&ADD_ACTIVITY, (), activity).await
    }

    /// Adds an activity so that it is neither lost nor added twice: after an unknown outcome it
    /// waits a little, looks for the task's `foreignId`, and adds it again only if there is none.
    ///
    /// It relies on two things. The foreign id must not have been used before, or an older activity
    /// is taken for this one. And the service must show an activity that it took within the wait
    /// ([`TransportConfig::look_up`](crate::TransportConfig::look_up)).
    ///
    /// It makes at most two additions and two look-ups, each within a call's deadline
    /// ([`TransportConfig::deadline`](crate::TransportConfig::deadline)).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Creation, NewActivity};
    /// # async fn run(client: Client, activity: NewActivity) -> Result<(), geoplanning::Error> {
    /// if let Creation::Found(found) = client.activities().add_or_find(&activity).await? {
    ///     println!("a response was lost; found {}", found.thing.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`add`](Self::add), and [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the
    /// task has no `foreignId`.
    pub async fn add_or_find(
        self,
        activity: &NewActivity,
    ) -> Result<Creation<Activity, Found<Activity>>, Error> {
        let foreign_id = foreign_id::required(activity, &ADD_ACTIVITY)?;
        let create = || self.add(activity);
        let find = || self.find(foreign_id, activity);
        self.client.transport().create_or_find(create, find).await
    }

    /// Finds an activity by its task's `foreignId`, and adds it if it is not there. It may be called again at any
    /// time: after a crash, after its future was dropped, after an unknown outcome.
    ///
    /// It looks before the addition and, as [`add_or_find`](Self::add_or_find), after one with an
    /// unknown outcome. Two processes must not add the same foreign id at the same time: each may
    /// look before the other has added it.
    ///
    /// ```no_run
    /// # use geoplanning::{Client, Creation, NewActivity};
    /// # async fn run(client: Client, activity: NewActivity) -> Result<(), geoplanning::Error> {
    /// match client.activities().find_or_add(&activity).await? {
    ///     Creation::Created(activity) => println!("added {}", activity.id),
    ///     Creation::Found(found) => println!("there; differs in {:?}", found.differs_in),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`add_or_find`](Self::add_or_find), and those of the look-up.
    pub async fn find_or_add(
        self,
        activity: &NewActivity,
    ) -> Result<Creation<Activity, Found<Activity>>, Error> {
        let foreign_id = foreign_id::required(activity, &ADD_ACTIVITY)?;
        let create = || self.add(activity);
        let find = || self.find(foreign_id, activity);
        self.client.transport().find_or_create(find, create).await
    }

    async fn find(
        self,
        foreign_id: &str,
        sent: &NewActivity,
    ) -> Result<Option<Found<Activity>>, Error> {
        let is_it = |activity: &Activity| activity.foreign_id() == Some(foreign_id);
        let found = self
            .client
            .look_up(&GET_ACTIVITY_BY_FOREIGN_ID, foreign_id, is_it);
        Ok(found.await?.map(|activity| {
            let as_sent = NewActivity::from_read(&activity).ok();
            Found::compared(activity, sent, as_sent)
        }))
    }

    /// Replaces a task or a simple activity: what the update leaves out becomes blank. Make it
    /// from what was read, with [`TaskUpdate::from_read`] or [`SimpleActivityUpdate::from_read`].
    ///
    /// `PUT /activity/{id}`. Docs:
    /// [Update an activity](crate::contract::activities#update-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client, TaskUpdate};
    /// # async fn run(client: Client, id: ActivityId) -> Result<(), geoplanning::Error> {
    /// let read = client.activities().get(id).await?;
    /// let mut update = TaskUpdate::from_read(&read)?;
    /// update.task.description = Some("Ring twice".to_owned());
    /// client.activities().update(id, &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every broken constraint;
    /// [`is_not_found`](Error::is_not_found) if there is no such activity; otherwise any [`Error`].
    #[doc(alias = "update_activity")]
    pub async fn update(
        self,
        id: ActivityId,
        update: impl Into<ActivityUpdate<'_>>,
    ) -> Result<Activity, Error> {
        self.client
            .contents(&UPDATE_ACTIVITY, &id, update.into())
            .await
    }

    /// Replaces a task or a simple activity by its `foreignId`, which the update repeats: what it
    /// leaves out becomes blank. To change the foreign id, update by id.
    ///
    /// `PUT /activity?fid=`. Docs:
    /// [Update an activity](crate::contract::activities#update-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, TaskUpdate};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let read = client.activities().get_by_foreign_id("ORDER-100").await?;
    /// let mut update = TaskUpdate::from_read(&read)?;
    /// update.task.description = Some("Ring twice".to_owned());
    /// client.activities().update_by_foreign_id("ORDER-100", &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update), and [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if
    /// the update's foreign id differs.
    #[doc(alias = "fid")]
    #[doc(alias = "update_activity_by_foreign_id")]
    pub async fn update_by_foreign_id(
        self,
        foreign_id: &str,
        update: impl Into<ActivityUpdate<'_>>,
    ) -> Result<Activity, Error> {
        let repeated = (foreign_id, update.into());
        self.client
            .contents(&UPDATE_ACTIVITY_BY_FOREIGN_ID, foreign_id, repeated)
            .await
    }

    /// Deletes an activity.
    ///
    /// If the response to a first attempt was lost, the second finds the activity gone. The error
    /// is then [`is_not_found`](Error::is_not_found) and
    /// [`may_have_been_applied`](Error::may_have_been_applied) at once.
    ///
    /// `DELETE /activity/{id}`. Docs:
    /// [Delete an activity](crate::contract::activities#delete-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client};
    /// # async fn run(client: Client, id: ActivityId) -> Result<(), geoplanning::Error> {
    /// client.activities().delete(id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such activity; otherwise any [`Error`].
    #[doc(alias = "delete_activity")]
    pub async fn delete(self, id: ActivityId) -> Result<(), Error> {
        self.client.contents(&DELETE_ACTIVITY, &id, ()).await
    }

    /// Deletes an activity by its `foreignId`. A foreign id need not be unique, so the call is not
    /// repeated after an unknown outcome.
    ///
    /// `DELETE /activity?fid=`. Docs:
    /// [Delete an activity](crate::contract::activities#delete-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::Client;
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// client.activities().delete_by_foreign_id("ORDER-100").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`delete`](Self::delete).
    #[doc(alias = "fid")]
    #[doc(alias = "delete_activity_by_foreign_id")]
    pub async fn delete_by_foreign_id(self, foreign_id: &str) -> Result<(), Error> {
        self.client
            .contents(&DELETE_ACTIVITY_BY_FOREIGN_ID, foreign_id, ())
            .await
    }

    /// Assigns an activity to a resource without putting it into a round.
    ///
    /// `PATCH /activity/{id}/assign`. Docs:
    /// [Assign an activity](crate::contract::activities#assign-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Assign, Client, ResourceId, TaskId};
    /// # async fn run(client: Client, id: ActivityId, task: TaskId, day: time::Date) -> Result<(), geoplanning::Error> {
    /// let assign = Assign::new(ResourceId::new(1), task).on(day);
    /// client.activities().assign(id, &assign).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such activity or resource; otherwise
    /// any [`Error`]. It is retried only while the service certainly has not acted.
    #[doc(alias = "assign_activity")]
    pub async fn assign(self, id: ActivityId, assign: &Assign) -> Result<Activity, Error> {
        self.client.contents(&ASSIGN_ACTIVITY, &id, assign).await
    }

    /// Puts an activity into a round. The service adds the routes and computes the times.
    ///
    /// `PATCH /activity/{id}/plan`. Docs:
    /// [Plan an activity](crate::contract::activities#plan-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client, Plan, Round};
    /// # async fn run(client: Client, id: ActivityId, round: Round, now: time::OffsetDateTime) -> Result<(), geoplanning::Error> {
    /// let mut key = round.key();
    /// let first = Plan::new(key.clone(), 0, now);
    /// key.renew(&client.activities().plan(id, &first).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A refusal if the round's key is stale: read the round again, and decide again.
    /// [`is_not_found`](Error::is_not_found) if there is no such activity or round; otherwise any
    /// [`Error`]. It is retried only while the service certainly has not acted.
    #[doc(alias = "plan_activity")]
    pub async fn plan(self, id: ActivityId, plan: &Plan) -> Result<ChangedRounds, Error> {
        self.client.contents(&PLAN_ACTIVITY, &id, plan).await
    }

    /// Takes an activity from its resource, and out of its round.
    ///
    /// `PATCH /activity/{id}/unassign`. Docs:
    /// [Unassign an activity](crate::contract::activities#unassign-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client, Unassign};
    /// # async fn run(client: Client, id: ActivityId) -> Result<(), geoplanning::Error> {
    /// client.activities().unassign(id, &Unassign::from_wherever_it_is()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`plan`](Self::plan).
    #[doc(alias = "unassign_activity")]
    pub async fn unassign(self, id: ActivityId, unassign: &Unassign) -> Result<Activity, Error> {
        self.client
            .contents(&UNASSIGN_ACTIVITY, &id, unassign)
            .await
    }

    /// Reports that the work has begun: sets [`Activity::actual_start`] and a status of type
    /// `WORKING`. If only the event is known, use [`Events::start`](crate::Events::start).
    ///
    /// `PATCH /activity/{id}/start`. Docs:
    /// [Start an activity](crate::contract::activities#start-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client, Progress, RoundKey};
    /// # async fn run(client: Client, id: ActivityId, mut key: RoundKey, now: time::OffsetDateTime) -> Result<(), geoplanning::Error> {
    /// let started = Progress::new(key.clone(), now);
    /// key.renew(&client.activities().start(id, &started).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`plan`](Self::plan).
    #[doc(alias = "start_activity")]
    pub async fn start(self, id: ActivityId, at: &Progress) -> Result<ChangedRounds, Error> {
        self.client.contents(&START_ACTIVITY, &id, at).await
    }

    /// Reports that the work is done: sets [`Activity::actual_end`] and a status of type
    /// `COMPLETED`. The response may lack the activity itself; read it again if its state matters
    /// (finding [G-19](crate::contract#g-19)).
    ///
    /// `PATCH /activity/{id}/finish`. Docs:
    /// [Finish an activity](crate::contract::activities#finish-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client, Progress, RoundKey};
    /// # async fn run(client: Client, id: ActivityId, mut key: RoundKey, now: time::OffsetDateTime) -> Result<(), geoplanning::Error> {
    /// let finished = Progress::new(key.clone(), now);
    /// key.renew(&client.activities().finish(id, &finished).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`plan`](Self::plan).
    #[doc(alias = "finish_activity")]
    pub async fn finish(self, id: ActivityId, at: &Progress) -> Result<ChangedRounds, Error> {
        self.client.contents(&FINISH_ACTIVITY, &id, at).await
    }

    /// Reports that the work will not be done, before it was started.
    ///
    /// `PATCH /activity/{id}/rejectnowork`. Docs:
    /// [Reject an activity](crate::contract::activities#reject-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client, Progress, RoundKey, StatusReference};
    /// # async fn run(client: Client, id: ActivityId, mut key: RoundKey, now: time::OffsetDateTime) -> Result<(), geoplanning::Error> {
    /// let closed = StatusReference::by_foreign_id("CLOSED");
    /// let rejected = Progress::new(key.clone(), now).status(closed);
    /// key.renew(&client.activities().reject(id, &rejected).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`plan`](Self::plan).
    #[doc(alias = "reject_activity")]
    #[doc(alias = "rejectnowork")]
    pub async fn reject(self, id: ActivityId, at: &Progress) -> Result<ChangedRounds, Error> {
        self.client.contents(&REJECT_ACTIVITY, &id, at).await
    }

    /// Reports that the work will not be done, after it was started.
    ///
    /// `PATCH /activity/{id}/rejectwork`. Docs:
    /// [Reject a working activity](crate::contract::activities#reject-a-working-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client, Progress, RoundKey, StatusReference};
    /// # async fn run(client: Client, id: ActivityId, mut key: RoundKey, now: time::OffsetDateTime) -> Result<(), geoplanning::Error> {
    /// let broken = StatusReference::by_foreign_id("SPARE-PART-MISSING");
    /// let rejected = Progress::new(key.clone(), now).status(broken);
    /// key.renew(&client.activities().reject_working(id, &rejected).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`plan`](Self::plan).
    #[doc(alias = "reject_working_activity")]
    #[doc(alias = "rejectwork")]
    pub async fn reject_working(
        self,
        id: ActivityId,
        at: &Progress,
    ) -> Result<ChangedRounds, Error> {
        self.client
            .contents(&REJECT_WORKING_ACTIVITY, &id, at)
            .await
    }

    /// Cancels an activity for good: removes it from its round and from every list.
    ///
    /// `PATCH /activity/{id}/cancel`. Docs:
    /// [Cancel an activity](crate::contract::activities#cancel-an-activity).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Cancel, Client};
    /// # async fn run(client: Client, id: ActivityId, now: time::OffsetDateTime) -> Result<(), geoplanning::Error> {
    /// client.activities().cancel(id, &Cancel::outside_rounds(now)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`plan`](Self::plan).
    #[doc(alias = "cancel_activity")]
    pub async fn cancel(self, id: ActivityId, cancel: &Cancel) -> Result<Activity, Error> {
        self.client.contents(&CANCEL_ACTIVITY, &id, cancel).await
    }

    /// The past activities of a customer.
    ///
    /// `GET /activity/history/{id}`. Docs:
    /// [List a customer's history](crate::contract::activities#list-a-customers-history).
    ///
    /// ```no_run
    /// # use geoplanning::{Client, CustomerId};
    /// # async fn run(client: Client) -> Result<(), geoplanning::Error> {
    /// let past = client.activities().history(CustomerId::new(1)).await?;
    /// println!("{} visits", past.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such customer; otherwise any [`Error`].
    #[doc(alias = "activity_history")]
    pub async fn history(self, customer: CustomerId) -> Result<List<HistoryEntry>, Error> {
        self.client.contents(&ACTIVITY_HISTORY, &customer, ()).await
    }

    /// What users have added to an activity's task: comments, pictures, signatures.
    ///
    /// `GET /activity/{id}/attachments`. Docs:
    /// [List an activity's attachments](crate::contract::activities#list-an-activitys-attachments).
    ///
    /// ```no_run
    /// # use geoplanning::{ActivityId, Client};
    /// # async fn run(client: Client, id: ActivityId) -> Result<(), geoplanning::Error> {
    /// let attachments = client.activities().attachments(id).await?;
    /// println!("{} attachments", attachments.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    #[doc(alias = "activity_attachments")]
    pub async fn attachments(self, id: ActivityId) -> Result<List<Attachment>, Error> {
        self.client.contents(&ACTIVITY_ATTACHMENTS, &id, ()).await
    }
}

impl From<Found<Activity>> for Activity {
    fn from(found: Found<Self>) -> Self {
        found.thing
    }
}

/// One past activity of a customer.
///
/// `Debug` shows id and date only.
///
/// Docs: [Type: HistoryEntry](crate::contract::activities#type-historyentry).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HistoryEntry {
    /// The activity's id. Wire: `id`.
    pub id: ActivityId,
    /// The activity's name. Wire: `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The caller's foreign id of the activity. Wire: `foreignId`.
    #[doc(alias = "foreignId")]
    #[serde(rename = "foreignId", skip_serializing_if = "Option::is_none")]
    pub foreign_id: Option<String>,
    /// When it did end. Wire: `endDate`.
    #[doc(alias = "endDate")]
    #[serde(
        rename = "endDate",
        with = "wire::instant",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub ended_at: Option<OffsetDateTime>,
    /// The resource that did it. Wire: `resourceName`.
    #[doc(alias = "resourceName")]
    #[serde(rename = "resourceName", skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(HistoryEntry { id, ended_at });

impl HistoryEntry {
    /// An entry with its id and nothing else.
    #[must_use]
    pub fn new(id: ActivityId) -> Self {
        Self {
            id,
            name: None,
            foreign_id: None,
            ended_at: None,
            resource_name: None,
            unknown: UnknownFields::new(),
        }
    }
}

impl Apart for HistoryEntry {}

/// Something that a user has added to a task.
///
/// `Debug` shows neither the text nor the picture's address.
///
/// Docs: [Type: Attachment](crate::contract::activities#type-attachment).
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Attachment {
    /// The attachment's id. Wire: `id`.
    pub id: AttachmentId,
    /// The task that it belongs to. Wire: `taskId`.
    #[doc(alias = "taskId")]
    #[serde(rename = "taskId", skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// The user who made it. Wire: `userId`.
    #[doc(alias = "userId")]
    #[serde(rename = "userId", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// A comment, a picture, a signature. Wire: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// When it was made. Wire: `creationDate`.
    #[doc(alias = "creationDate")]
    #[serde(
        rename = "creationDate",
        with = "wire::instant",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<wire::schema::Instant>"))]
    pub created_at: Option<OffsetDateTime>,
    /// The comment, or the words with a picture. Wire: `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The picture's URL. `None` for a comment. Wire: `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Fields that this version of the crate does not know.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

redacted_debug!(Attachment {
    id,
    task_id,
    user_id,
    kind,
    created_at
});

impl Attachment {
    /// An attachment of which only what is always there is set.
    #[must_use]
    pub fn new(id: AttachmentId, kind: AttachmentKind) -> Self {
        Self {
            id,
            task_id: None,
            user_id: None,
            kind,
            created_at: None,
            text: None,
            url: None,
            unknown: UnknownFields::new(),
        }
    }
}

impl Apart for Attachment {}

open_enum! {
    /// What an attachment is.
    ///
    /// Docs: [Type: Attachment](crate::contract::activities#type-attachment).
    AttachmentKind {
        /// A comment.
        Text = "TEXT",
        /// A picture.
        Image = "IMAGE",
        /// A signature.
        Signature = "SIGNATURE",
    }
}
