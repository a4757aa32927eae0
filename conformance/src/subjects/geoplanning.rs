//! Geoplanning under the suite.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;

use geoplanning::{
    ActivityId, Assign, Cancel, Client, Contact, Coordinates, Creation, CustomerId, Error, EventId,
    NewActivity, NewAddress, NewCustomer, NewResource, NewRound, NewTask, Plan, Progress,
    ResourceField, ResourceId, RoundId, RoundKey, StreetAddress, TaskId, Unassign, UserField,
    UserId,
};
use vendor_client_core::schema::OperationSchema;
use vendor_sandbox::{Clock, Emulator, Sandbox};

use crate::subject::{Body, Key, Setup, Subject, Subjected, Way, without_contents};

/// The sandbox's open round, and the event of an activity in it (see the sandbox's documentation).
const OPEN_ROUND: RoundId = RoundId::new(1);
const EVENT: EventId = EventId::new(1);

/// Geoplanning.
pub struct Geoplanning {
    sandbox: Sandbox,
    arranged: Mutex<BTreeMap<u64, Arranged>>,
}

/// What a run works on.
#[derive(Clone, Debug)]
struct Arranged {
    activity: ActivityId,
    task: TaskId,
    customer: CustomerId,
    resource: ResourceId,
    round: RoundKey,
}

impl Arranged {
    /// What is in the sandbox from the start: an unassigned activity, a customer, a resource.
    fn seeded() -> Self {
        Self {
            activity: ActivityId::new(40),
            task: TaskId::new(50),
            customer: CustomerId::new(60),
            resource: ResourceId::new(2),
            round: RoundKey::new(OPEN_ROUND, "unknown"),
        }
    }
}

impl Subject for Geoplanning {
    type Client = Client;

    const NAME: &'static str = "geoplanning";

    const FAILURE_INSIDE: Option<&'static str> =
        Some(r#"{"status": {"code": 17, "message": "canary-words"}}"#);

    const CREATIONS: &'static [&'static str] = &["add_activity", "add_customer", "add_resource"];

    async fn start() -> Self {
        Self {
            sandbox: Sandbox::start().await.unwrap(),
            arranged: Mutex::default(),
        }
    }

    fn service(&self) -> &Emulator {
        self.sandbox.geoplanning().emulator()
    }

    fn clock(&self) -> &Clock {
        self.sandbox.clock()
    }

    fn client(&self, setup: Setup) -> Result<Client, Error> {
        let geoplanning = self.sandbox.geoplanning();
        Client::builder()
            .base_url(setup.base_url)
            .credentials(geoplanning.login(), geoplanning.password())
            .transport(setup.transport)
            .build()
    }

    fn operations(&self) -> Vec<Subjected> {
        geoplanning::operations()
            .map(|operation| Subjected {
                operation,
                body: match operation.name.starts_with("delete_") {
                    true => Body::Nothing,
                    false => Body::Read,
                },
            })
            .collect()
    }

    fn schema() -> Vec<OperationSchema> {
        geoplanning::schema::operations()
    }

    async fn probe(&self, client: &Client) -> Result<(), Error> {
        client.check_login().await.map(drop)
    }

    async fn arrange(&self, client: &Client, operation: &str, key: Key) -> Result<(), Error> {
        let mut arranged = Arranged::seeded();
        let text = key.text();
        match operation {
            "get_activity_by_foreign_id"
            | "update_activity_by_foreign_id"
            | "delete_activity_by_foreign_id" => {
                client.activities().add(&activity(&text)).await?;
            }
            "get_customer_by_foreign_id"
            | "update_customer_by_foreign_id"
            | "delete_customer_by_foreign_id" => {
                client.customers().add(&customer(&text)).await?;
            }
            "get_resource_by_foreign_id"
            | "update_resource_by_foreign_id"
            | "delete_resource_by_foreign_id"
            | "delete_resource" => {
                arranged.resource = client.resources().add(&resource(&text)).await?.id;
            }
            "plan_activity" | "start_activity_by_event" => {
                arranged.round = client.rounds().get(OPEN_ROUND).await?.key();
            }
            "unassign_activity" | "start_activity" | "reject_activity" => {
                self.plan(client, &mut arranged).await?;
            }
            "finish_activity" | "reject_working_activity" => {
                self.plan(client, &mut arranged).await?;
                let start = Progress::new(arranged.round.clone(), self.now());
                let changed = client.activities().start(arranged.activity, &start).await?;
                arranged.round.renew(&changed);
            }
            _ => {}
        }
        self.arranged.lock().unwrap().insert(key.0, arranged);
        Ok(())
    }

    async fn perform(&self, client: &Client, operation: &str, key: Key) -> Result<String, Error> {
        let Arranged {
            activity: id,
            task,
            customer: customer_id,
            resource: resource_id,
            round,
        } = self.arranged(key);
        let text = key.text();
        let text = text.as_str();
        let progress = Progress::new(round.clone(), self.now());
        let activities = client.activities();
        let customers = client.customers();
        let resources = client.resources();
        let rounds = client.rounds();
        match operation {
            "get_activity" => activities.get(id).await.map(shown),
            "get_activity_by_foreign_id" => activities.get_by_foreign_id(text).await.map(shown),
            "add_activity" => activities.add(&activity(text)).await.map(shown),
            "update_activity" => activities.update(id, &activity(text)).await.map(shown),
            "update_activity_by_foreign_id" => {
                let update = activity(text);
                activities
                    .update_by_foreign_id(text, &update)
                    .await
                    .map(shown)
            }
            "delete_activity" => activities.delete(id).await.map(shown),
            "delete_activity_by_foreign_id" => {
                activities.delete_by_foreign_id(text).await.map(shown)
            }
            "assign_activity" => {
                let assign = Assign::new(resource_id, task);
                activities.assign(id, &assign).await.map(shown)
            }
            "plan_activity" => {
                let plan = Plan::new(round, 0, self.now());
                activities.plan(id, &plan).await.map(shown)
            }
            "unassign_activity" => {
                let unassign = Unassign::from_round(&round);
                activities.unassign(id, &unassign).await.map(shown)
            }
            "start_activity" => activities.start(id, &progress).await.map(shown),
            "finish_activity" => activities.finish(id, &progress).await.map(shown),
            "reject_activity" => activities.reject(id, &progress).await.map(shown),
            "reject_working_activity" => activities.reject_working(id, &progress).await.map(shown),
            "cancel_activity" => {
                let cancel = Cancel::outside_rounds(self.now());
                activities.cancel(id, &cancel).await.map(shown)
            }
            "activity_history" => activities.history(customer_id).await.map(shown),
            "activity_attachments" => activities.attachments(id).await.map(shown),
            "start_activity_by_event" => client.events().start(EVENT, &progress).await.map(shown),
            "list_activity_statuses" => client.activity_statuses().list().await.map(shown),
            "list_activity_types" => client.activity_types().list().await.map(shown),
            "check_login" => client.check_login().await.map(shown),
            "closest_pois_by_address" => {
                client.pois().closest_to_address(&street()).await.map(shown)
            }
            "closest_pois_by_coordinates" => {
                let place = Coordinates::new(50.4321, 4.1234);
                client.pois().closest_to_coordinates(place).await.map(shown)
            }
            "get_resource" => {
                let all = resources.get(resource_id, &ResourceField::ALL);
                all.await.map(shown)
            }
            "get_resource_by_foreign_id" => {
                let all = resources.get_by_foreign_id(text, &ResourceField::ALL);
                all.await.map(shown)
            }
            "add_resource" => resources.add(&resource(text)).await.map(shown),
            "update_resource" => {
                let update = resource(text);
                resources.update(resource_id, &update).await.map(shown)
            }
            "update_resource_by_foreign_id" => {
                let update = resource(text);
                resources
                    .update_by_foreign_id(text, &update)
                    .await
                    .map(shown)
            }
            "delete_resource" => resources.delete(resource_id).await.map(shown),
            "delete_resource_by_foreign_id" => {
                resources.delete_by_foreign_id(text).await.map(shown)
            }
            "get_round" => rounds.get(OPEN_ROUND).await.map(shown),
            "list_rounds" => {
                let of_day = rounds.list(ResourceId::new(1), self.now());
                of_day.await.map(shown)
            }
            "add_round" => {
                let round = NewRound::new(resource_id, self.now());
                rounds.add(&round).await.map(shown)
            }
            "close_round" => rounds.close(OPEN_ROUND).await.map(shown),
            "get_user" => {
                let users = client.users();
                let user = users.get(UserId::new(1), &[UserField::Roles]);
                user.await.map(shown)
            }
            "list_users" => client.users().list().await.map(shown),
            "add_customer" => customers.add(&customer(text)).await.map(shown),
            "get_customer" => customers.get(customer_id).await.map(shown),
            "get_customer_by_foreign_id" => customers.get_by_foreign_id(text).await.map(shown),
            "update_customer" => {
                let update = customer(text);
                customers.update(customer_id, &update).await.map(shown)
            }
            "update_customer_by_foreign_id" => {
                let update = customer(text);
                customers
                    .update_by_foreign_id(text, &update)
                    .await
                    .map(shown)
            }
            "delete_customer" => customers.delete(customer_id).await.map(shown),
            "delete_customer_by_foreign_id" => {
                customers.delete_by_foreign_id(text).await.map(shown)
            }
            other => unreachable!("`{other}` is no operation of this vendor"),
        }
    }

    async fn create(
        &self,
        client: &Client,
        operation: &str,
        key: Key,
        way: Way,
    ) -> Result<Creation<()>, Error> {
        let key = key.text();
        match (operation, way) {
            ("add_activity", Way::CreateOrFind) => {
                let creation = client.activities().add_or_find(&activity(&key)).await;
                creation.map(without_contents)
            }
            ("add_activity", Way::FindOrCreate) => {
                let creation = client.activities().find_or_add(&activity(&key)).await;
                creation.map(without_contents)
            }
            ("add_customer", Way::CreateOrFind) => {
                let creation = client.customers().add_or_find(&customer(&key)).await;
                creation.map(without_contents)
            }
            ("add_customer", Way::FindOrCreate) => {
                let creation = client.customers().find_or_add(&customer(&key)).await;
                creation.map(without_contents)
            }
            ("add_resource", Way::CreateOrFind) => {
                let creation = client.resources().add_or_find(&resource(&key)).await;
                creation.map(without_contents)
            }
            ("add_resource", Way::FindOrCreate) => {
                let creation = client.resources().find_or_add(&resource(&key)).await;
                creation.map(without_contents)
            }
            (other, _) => unreachable!("`{other}` is no creation of this vendor"),
        }
    }

    fn effects(&self, operation: &str, key: Key) -> usize {
        let arranged = self.arranged(key);
        let about = match operation {
            "add_activity" | "add_customer" | "add_resource" => key.text(),
            "add_round" => arranged.resource.to_string(),
            "close_round" => OPEN_ROUND.to_string(),
            "start_activity_by_event" => EVENT.to_string(),
            by_reference if by_reference.ends_with("_by_foreign_id") => key.text(),
            of_customer if of_customer.ends_with("_customer") => arranged.customer.to_string(),
            of_resource if of_resource.ends_with("_resource") => arranged.resource.to_string(),
            _ => arranged.activity.to_string(),
        };
        self.service().ledger().effects(operation, &about)
    }

    fn secrets(&self) -> Vec<String> {
        let geoplanning = self.sandbox.geoplanning();
        [
            geoplanning.login(),
            geoplanning.password(),
            "50.4321",
            "4.1234",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn secret_headers(&self) -> &'static [&'static str] {
        &["authorization"]
    }
}

impl Geoplanning {
    fn now(&self) -> time::OffsetDateTime {
        self.sandbox.clock().now()
    }

    /// Plans the activity into the open round.
    async fn plan(&self, client: &Client, arranged: &mut Arranged) -> Result<(), Error> {
        arranged.round = client.rounds().get(OPEN_ROUND).await?.key();
        let plan = Plan::new(arranged.round.clone(), 0, self.now());
        let changed = client.activities().plan(arranged.activity, &plan).await?;
        arranged.round.renew(&changed);
        Ok(())
    }

    fn arranged(&self, key: Key) -> Arranged {
        let arranged = self.arranged.lock().unwrap();
        arranged
            .get(&key.0)
            .cloned()
            .unwrap_or_else(Arranged::seeded)
    }
}

fn shown(response: impl Debug) -> String {
    format!("{response:?}")
}

fn street() -> StreetAddress {
    StreetAddress::new("BE", "5100", "canary-city", "canary-street").number("774")
}

fn place() -> NewAddress {
    NewAddress::from(street()).at(Coordinates::new(50.4321, 4.1234))
}

fn activity(reference: &str) -> NewActivity {
    let mut contact = Contact::new();
    contact.phone_number = Some("canary-phone".to_owned());
    contact.email = Some("canary@example.com".to_owned());
    let mut task = NewTask::new("canary-task", Duration::from_secs(3600), place());
    task.foreign_id = Some(reference.to_owned());
    task.description = Some("canary-description".to_owned());
    task.contact = Some(contact);
    NewActivity::new(task)
}

fn customer(reference: &str) -> NewCustomer {
    let mut customer = NewCustomer::new("canary-customer", place());
    customer.foreign_id = Some(reference.to_owned());
    customer.email = Some("canary@example.com".to_owned());
    customer.mobile_number = Some("canary-mobile".to_owned());
    customer
}

fn resource(reference: &str) -> NewResource {
    let mut resource = NewResource::new("canary-resource", place(), place());
    resource.foreign_id = Some(reference.to_owned());
    resource
}

#[cfg(test)]
mod tests {
    use geoplanning::ErrorKind;
    use vendor_client_core::TransportConfig;

    use super::*;

    const KEY: Key = Key(1);

    /// Performs every operation once, and checks that each is refused in the vendor's words.
    async fn every_operation_is_refused(
        refuse: impl Fn(&vendor_sandbox::Geoplanning),
        check: impl Fn(&Error),
    ) {
        let subject = Geoplanning::start().await;
        let setup = Setup {
            base_url: subject.service().base_url(),
            transport: TransportConfig::default(),
            token_store: None,
        };
        let client = subject.client(setup).unwrap();
        let operations = subject.operations();
        // The world as it is from the start will do: nothing changes in it.
        subject.arrange(&client, "check_login", KEY).await.unwrap();
        refuse(subject.sandbox.geoplanning());
        for subjected in &operations {
            let operation = subjected.operation.name;
            let received = || subject.service().ledger().received(operation);
            let before = received();
            let error = subject.perform(&client, operation, KEY).await.unwrap_err();
            check(&error);
            assert_eq!(error.operation().unwrap().name, operation);
            assert!(!error.may_have_been_applied(), "{error}");
            assert!(error.vendor_message().is_some(), "{error}");
            assert_eq!(received(), before + 1, "{error}");
        }
        assert_eq!(operations.len(), geoplanning::operations().count());
    }

    /// Finding G-26: a user without the right is refused, and every operation says so alike.
    #[tokio::test]
    async fn without_the_right_to_web_services_every_operation_is_refused_and_nothing_happens() {
        every_operation_is_refused(
            |geoplanning| geoplanning.configure(|settings| settings.web_services = false),
            |error| {
                assert!(error.is_forbidden(), "{error}");
                assert_eq!(error.vendor_code(), Some("403"), "{error}");
            },
        )
        .await;
    }

    /// Finding G-26: a code other than 0 is a refusal, whichever response was asked for.
    #[tokio::test]
    async fn a_code_other_than_0_is_a_refusal_of_every_operation() {
        every_operation_is_refused(
            |geoplanning| {
                for operation in geoplanning::operations() {
                    let failure = vendor_sandbox::geoplanning::failure(17, "on leave");
                    let faults = geoplanning.emulator().faults();
                    faults.on(operation.name).always().respond(failure);
                }
            },
            |error| {
                assert_eq!(error.kind(), ErrorKind::VendorFailure);
                assert_eq!(error.vendor_code(), Some("17"), "{error}");
            },
        )
        .await;
    }
}
