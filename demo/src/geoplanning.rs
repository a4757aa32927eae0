//! A planner's day: customers, a van and its round, activities planned in order and worked on, one
//! of them rejected. On the way, a response is lost, and a colleague changes the round.

use std::error::Error;
use std::time::Duration;

use geoplanning::{
    Activity, Client, Creation, Customer, CustomerId, LookUp, NewActivity, NewCustomer,
    NewResource, NewRound, NewTask, OpeningHours, Plan, Progress, ResourceId, RetryPolicy, Round,
    RoundKey, StatusCode, StatusReference, StreetAddress, TransportConfig,
};
use time::macros::{datetime, format_description, time};
use time::{Date, OffsetDateTime};
use vendor_sandbox::Sandbox;

use crate::screen::{detail, event, table, title};

const MINUTE: Duration = Duration::from_secs(60);
const MORNING: OffsetDateTime = datetime!(2026-11-24 07:00 UTC);
const MIDNIGHT: OffsetDateTime = datetime!(2026-11-24 00:00 +01:00);

/// A customer, and the work that is to be done there.
struct Visit {
    reference: &'static str,
    customer: &'static str,
    postcode: &'static str,
    locality: &'static str,
    street: &'static str,
    number: &'static str,
    minutes: u32,
}

#[rustfmt::skip]
const VISITS: [Visit; 4] = [
    Visit { reference: "D-1", customer: "Café Central", postcode: "5000", locality: "Namur", street: "Rue de Fer", number: "24", minutes: 30 },
    Visit { reference: "D-2", customer: "Imprimerie Collard", postcode: "5030", locality: "Gembloux", street: "Chaussée de Tirlemont", number: "75", minutes: 45 },
    Visit { reference: "D-3", customer: "Pharmacie du Lac", postcode: "1300", locality: "Wavre", street: "Rue de Bruxelles", number: "9", minutes: 20 },
    Visit { reference: "D-4", customer: "Boekhandel Janssens", postcode: "3000", locality: "Leuven", street: "Bondgenotenlaan", number: "20", minutes: 60 },
];

/// The number of the visit before which a colleague changes the round.
const INTERRUPTED: i32 = 2;
/// The number of the visit where nobody opens.
const NOBODY_THERE: i32 = 3;

pub(crate) async fn run(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    title("Geoplanning: a planner's day");
    sandbox.clock().set(MORNING);
    let client = client(sandbox)?;
    let planner = client.check_login().await?;
    let name = planner.first_name.unwrap_or_default();
    event(now(sandbox), format!("The credentials are {name}'s."));

    let customers = add_customers(sandbox, &client).await?;
    let van = add_van(sandbox, &client).await?;
    let planned = plan_the_day(sandbox, &client, van, &customers).await?;
    work(sandbox, &client, &planned).await?;

    let closed = client.rounds().close(planned.id).await?;
    event(now(sandbox), "Closed the round. What became of the day:");
    timetable(&closed);
    if let Some(first) = customers.first() {
        history(sandbox, &client, first).await?;
    }
    Ok(())
}

/// The client of the day. Its waits are short, since nobody wants to watch them.
fn client(sandbox: &Sandbox) -> Result<Client, geoplanning::Error> {
    let geoplanning = sandbox.geoplanning();
    let config = TransportConfig::default()
        .look_up(LookUp::default().waits([Duration::from_millis(20)]))
        .retry(RetryPolicy::default().first_wait(Duration::from_millis(10)));
    Client::builder()
        .base_url(geoplanning.base_url())
        .credentials(geoplanning.login(), geoplanning.password())
        .transport(config)
        .build()
}

async fn add_customers(
    sandbox: &Sandbox,
    client: &Client,
) -> Result<Vec<Customer>, geoplanning::Error> {
    let mut customers = Vec::new();
    for visit in &VISITS {
        let mut customer = NewCustomer::new(visit.customer, visit.address());
        customer.foreign_id = Some(visit.reference.to_owned());
        customer.opening_hours = Some(OpeningHours::monday_to_friday(time!(9:00), time!(18:00)));
        customers.push(client.customers().add(&customer).await?);
    }
    let rows = VISITS.each_ref().map(|visit| {
        let text = [visit.reference, visit.customer, visit.locality];
        text.map(str::to_owned)
    });
    event(
        now(sandbox),
        "Added customers, open on weekdays from 9 to 18:",
    );
    table(["reference", "customer", "where"], &rows);
    Ok(customers)
}

async fn add_van(sandbox: &Sandbox, client: &Client) -> Result<ResourceId, geoplanning::Error> {
    let depot = StreetAddress::new("BE", "5002", "Saint-Servais", "Rue de Gembloux").number("110");
    let mut van = NewResource::new("Van 7", depot.clone(), depot);
    van.foreign_id = Some("VAN-07".to_owned());
    let van = client.resources().add(&van).await?;
    event(now(sandbox), format!("Added a resource, {}.", van.name));
    Ok(van.id)
}

/// Makes the van's round, adds an activity for each customer, and plans one after the other.
async fn plan_the_day(
    sandbox: &Sandbox,
    client: &Client,
    van: ResourceId,
    customers: &[Customer],
) -> Result<Round, geoplanning::Error> {
    // The service adds the second activity, and its response is lost.
    let second = sandbox
        .geoplanning()
        .faults()
        .on("add_activity")
        .about("A-2");
    second.after_processing().reset();

    let round = client.rounds().add(&NewRound::new(van, MIDNIGHT)).await?;
    let mut key = round.key();
    for (index, (visit, customer)) in (0..).zip(VISITS.iter().zip(customers)) {
        let reference = format!("A-{}", index + 1);
        let activity = add_activity(sandbox, client, visit, customer.id, &reference).await?;
        let plan = Plan::new(key.clone(), index, now(sandbox));
        key.renew(&client.activities().plan(activity.id, &plan).await?);
    }
    let round = client.rounds().get(round.id).await?;
    event(now(sandbox), "Planned the day of Van 7:");
    timetable(&round);
    Ok(round)
}

async fn add_activity(
    sandbox: &Sandbox,
    client: &Client,
    visit: &Visit,
    customer: CustomerId,
    reference: &str,
) -> Result<Activity, geoplanning::Error> {
    let mut task = NewTask::new(visit.customer, visit.minutes * MINUTE, visit.address());
    task.foreign_id = Some(reference.to_owned());
    task.customer = Some(customer.into());
    let created = client
        .activities()
        .add_or_find(&NewActivity::new(task))
        .await?;
    if let Creation::Found(_) = created {
        event(
            now(sandbox),
            format!("The response for {reference} was lost."),
        );
        let ledger = sandbox.geoplanning().ledger();
        let times = ledger.effects("add_activity", reference);
        detail(format!(
            "It was looked up and found. Added by the service: {times} time."
        ));
    }
    Ok(created.into_inner())
}

/// Goes through the day: all is done a little later than planned, and at one door nobody opens.
async fn work(sandbox: &Sandbox, client: &Client, round: &Round) -> Result<(), geoplanning::Error> {
    let mut key = round.key();
    let visits = round.activities().iter().filter(|it| it.task().is_some());
    for (number, activity) in (1..).zip(visits) {
        let (Some(start), Some(end)) = (activity.computed_start, activity.computed_end) else {
            continue;
        };
        let late = time::Duration::minutes(3) * number;
        if number == INTERRUPTED {
            sandbox.geoplanning().change_round(round.id.get());
        }
        sandbox.clock().set(start + late);
        start_work(sandbox, client, activity, &mut key).await?;

        let changed = if number == NOBODY_THERE {
            sandbox.clock().advance(5 * MINUTE);
            event(
                now(sandbox),
                format!("{}: nobody opens, rejected.", name(activity)),
            );
            let nobody = StatusReference::by_foreign_id("ST-NOBODY");
            let rejected = Progress::new(key.clone(), now(sandbox)).status(nobody);
            client
                .activities()
                .reject_working(activity.id, &rejected)
                .await?
        } else {
            sandbox.clock().set(end + late);
            event(now(sandbox), format!("{}: finished.", name(activity)));
            let finished = Progress::new(key.clone(), now(sandbox));
            client.activities().finish(activity.id, &finished).await?
        };
        key.renew(&changed);
    }
    Ok(())
}

/// Starts an activity. Where somebody else has changed the round, its key is read again first.
async fn start_work(
    sandbox: &Sandbox,
    client: &Client,
    activity: &Activity,
    key: &mut RoundKey,
) -> Result<(), geoplanning::Error> {
    event(
        now(sandbox),
        format!("{}: arrived, starting.", name(activity)),
    );
    let started = Progress::new(key.clone(), now(sandbox));
    let changed = match client.activities().start(activity.id, &started).await {
        Err(error) if error.status() == Some(StatusCode::CONFLICT) => {
            detail(format!("Refused: {}", error.disclosed()));
            detail("A colleague has changed the round: read it again, and once more.");
            *key = client.rounds().get(key.id).await?.key();
            let again = Progress::new(key.clone(), now(sandbox));
            client.activities().start(activity.id, &again).await?
        }
        result => result?,
    };
    key.renew(&changed);
    Ok(())
}

/// A round as a table: what was planned, and what happened.
fn timetable(round: &Round) {
    let rows: Vec<_> = round.activities().iter().map(line).collect();
    table(["planned", "what", "happened", "status"], &rows);
}

/// An activity as a row of the timetable.
fn line(activity: &Activity) -> [String; 4] {
    let status = match activity.route() {
        Some(_) => String::new(),
        None => activity.status.name.clone().unwrap_or_default(),
    };
    [
        span(activity.computed_start, activity.computed_end),
        name(activity),
        span(activity.actual_start, activity.actual_end),
        status,
    ]
}

/// What an activity is, in words.
fn name(activity: &Activity) -> String {
    if let Some(task) = activity.task() {
        return task.name.clone();
    }
    let Some(route) = activity.route() else {
        let simple = activity.simple_activity();
        return simple
            .and_then(|simple| simple.name.clone())
            .unwrap_or_default();
    };
    let kilometres = route.distance_m.unwrap_or_default() / 1000.0;
    let destination = route.destination.as_ref();
    let to = destination.and_then(|place| place.city.as_deref());
    format!("  {kilometres:.0} km to {}", to.unwrap_or("the next place"))
}

async fn history(
    sandbox: &Sandbox,
    client: &Client,
    customer: &Customer,
) -> Result<(), geoplanning::Error> {
    let past = client.activities().history(customer.id).await?;
    let name = customer.name.as_deref().unwrap_or_default();
    event(now(sandbox), format!("The history of {name}:"));
    for entry in past {
        let reference = entry.foreign_id.unwrap_or_default();
        let by = entry.resource_name.unwrap_or_default();
        let day = entry.ended_at.map(|at| at.date());
        let day = day.as_ref().map(Date::to_string).unwrap_or_default();
        detail(format!("{reference} on {day}, by {by}"));
    }
    Ok(())
}

impl Visit {
    fn address(&self) -> StreetAddress {
        StreetAddress::new("BE", self.postcode, self.locality, self.street).number(self.number)
    }
}

fn span(start: Option<OffsetDateTime>, end: Option<OffsetDateTime>) -> String {
    match (start.map(time_of), end.map(time_of)) {
        (None, None) => String::new(),
        (start, end) => {
            let [start, end] = [start, end].map(Option::unwrap_or_default);
            format!("{start} - {end}")
        }
    }
}

fn time_of(at: OffsetDateTime) -> String {
    let time = format_description!("[hour]:[minute]");
    at.format(time).unwrap_or_default()
}

fn now(sandbox: &Sandbox) -> OffsetDateTime {
    sandbox.clock().now()
}
