//! Plans a team's day: the members and their visits come from two CSV files, and each visit goes
//! into the round of its member. It may be killed at any moment and run again: nothing is lost, and
//! nothing is there twice.
//!
//! ```text
//! plan_from_csv 2026-11-24 team.csv visits.csv
//! ```
//!
//! The account comes from the environment, as `Client::from_env` explains. Without arguments, the
//! program shows itself: it plans a day at a sandbox, is stopped twice, and comes to the end.
//!
//! It has 55 lines of code, not counting imports, CSV, printing and that demonstration.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use geoplanning::time::{Date, OffsetDateTime, macros::format_description};
use geoplanning::{
    ActivityId, Client, NewActivity, NewCustomer, NewResource, NewRound, NewTask, Plan, Round,
    RoundId, StreetAddress,
};
use vendor_sandbox::Sandbox;

/// A line of `team.csv`.
#[derive(serde::Deserialize)]
struct Member {
    number: String,
    name: String,
    postcode: String,
    locality: String,
    street: String,
}

/// A line of `visits.csv`.
#[derive(serde::Deserialize)]
struct Visit {
    order: String,
    member: String,
    customer: String,
    name: String,
    postcode: String,
    locality: String,
    street: String,
    minutes: u64,
}

impl Member {
    fn resource(&self) -> NewResource {
        let home = StreetAddress::new("BE", &self.postcode, &self.locality, &self.street);
        NewResource::new(&self.name, home.clone(), home).foreign_id(&self.number)
    }
}

impl Visit {
    fn address(&self) -> StreetAddress {
        StreetAddress::new("BE", &self.postcode, &self.locality, &self.street)
    }

    fn customer(&self) -> NewCustomer {
        NewCustomer::new(&self.name, self.address()).foreign_id(&self.customer)
    }

    fn activity(&self) -> NewActivity {
        let duration = Duration::from_secs(self.minutes * 60);
        let task = NewTask::new(&self.name, duration, self.address()).foreign_id(&self.order);
        NewActivity::new(task)
    }
}

/// Makes the service have all of it. Each step looks first, so it keeps no record of its own.
async fn plan(
    client: &Client,
    day: Date,
    team: Vec<Member>,
    visits: Vec<Visit>,
) -> Result<(), Box<dyn Error>> {
    let mut rounds = BTreeMap::new();
    for member in team {
        let resource = client.resources().add_or_update(&member.resource()).await?;
        let round = NewRound::new(resource.into_inner().id, day);
        let round = client.rounds().find_or_add(&round).await?.into_inner();
        rounds.insert(member.number, round.id);
    }
    for visit in &visits {
        client.customers().add_or_update(&visit.customer()).await?;
    }
    let mut activities = BTreeMap::new();
    let new: Vec<_> = visits.iter().map(Visit::activity).collect();
    let mut results = client.activities().add_many(new);
    while let Some((new, result)) = results.next().await {
        activities.insert(new.task.foreign_id, result?.into_inner().id);
    }
    // In the order of the file.
    for visit in visits {
        let round = rounds.get(&visit.member).ok_or("a visit names no member")?;
        let activity = activities[&Some(visit.order)];
        match put(client, activity, *round).await {
            Err(error) if error.may_have_been_applied() => put(client, activity, *round).await?,
            result => result?,
        }
    }
    Ok(())
}

/// Puts an activity at the end of a round, unless it's there already. If a colleague changes the
/// round meanwhile, what it holds then decides.
async fn put(
    client: &Client,
    activity: ActivityId,
    round: RoundId,
) -> Result<(), geoplanning::Error> {
    let act = async |round: Round| {
        if round.has(activity) {
            return Ok(());
        }
        let plan = Plan::at_end(&round, OffsetDateTime::now_utc());
        client.activities().plan(activity, &plan).await.map(drop)
    };
    client.rounds().act(round, 5, act).await
}

fn rows<Row: serde::de::DeserializeOwned>(csv: impl std::io::Read) -> csv::Result<Vec<Row>> {
    csv::Reader::from_reader(csv).into_deserialize().collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [day, team, visits] = &arguments[..] else {
        return demonstrate().await;
    };
    let day = Date::parse(day, format_description!("[year]-[month]-[day]"))?;
    let (team, visits) = (std::fs::File::open(team)?, std::fs::File::open(visits)?);
    plan(&Client::from_env()?, day, rows(team)?, rows(visits)?).await
}

const TEAM: &str = "\
number,name,postcode,locality,street
T-1,Ada,5000,Namur,Rue de Fer
T-2,Ben,3000,Leuven,Bondgenotenlaan
";

const VISITS: &str = "\
order,member,customer,name,postcode,locality,street,minutes
O-1,T-1,C-1,Café Central,5000,Namur,Rue de Bruxelles,45
O-2,T-2,C-2,Boekhandel Janssens,3000,Leuven,Diestsestraat,30
O-3,T-1,C-3,Boulangerie du Pont,5100,Jambes,Rue de Dave,60
";

async fn demonstrate() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let service = sandbox.geoplanning();
    let client = Client::builder()
        .base_url(service.base_url())
        .credentials(service.login(), service.password())
        .build()?;
    let day = Date::from_ordinal_date(2026, 328)?;
    let run = || async {
        plan(
            &client,
            day,
            rows(TEAM.as_bytes())?,
            rows(VISITS.as_bytes())?,
        )
        .await
    };
    for limit in [15, 30] {
        let _ = tokio::time::timeout(Duration::from_millis(limit), run()).await;
    }
    run().await?;
    for order in ["O-1", "O-2", "O-3"] {
        assert_eq!(service.ledger().effects("add_activity", order), 1);
    }
    println!(
        "{} visits planned",
        service.ledger().received("plan_activity")
    );
    Ok(())
}
