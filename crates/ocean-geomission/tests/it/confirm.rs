//! A mission is neither lost nor sent twice.

use ocean_geomission::{Creation, MissionStatus, Outcome, Receipt};
use vendor_sandbox::Sandbox;

use crate::support::{client, full_mission};

const CREATE: &str = "create_mission";

async fn create(
    sandbox: &Sandbox,
) -> Result<Creation<Receipt, MissionStatus>, ocean_geomission::Error> {
    client(sandbox).create_or_find(&full_mission("M-1")).await
}

#[tokio::test]
async fn a_mission_whose_answer_was_lost_is_found_and_not_sent_twice() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean
        .faults()
        .on(CREATE)
        .times(1)
        .after_processing()
        .reset();
    assert!(matches!(
        create(&sandbox).await.unwrap(),
        Creation::Found(_)
    ));
    assert_eq!(ocean.ledger().received(CREATE), 1);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn a_mission_that_never_arrived_is_sent_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.faults().on(CREATE).times(1).reset();
    assert!(matches!(
        create(&sandbox).await.unwrap(),
        Creation::Created(_)
    ));
    assert_eq!(ocean.ledger().received(CREATE), 2);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn a_refused_mission_is_not_looked_up() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    create(&sandbox).await.unwrap();
    let error = create(&sandbox).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(ocean.ledger().received("mission_status"), 0);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn the_outcome_stays_unknown_where_nothing_can_be_learned() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean
        .faults()
        .on(CREATE)
        .times(1)
        .after_processing()
        .reset();
    ocean.faults().on("mission_status").always().reset();
    let error = create(&sandbox).await.unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(error.operation().unwrap().name, CREATE);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 1);
}

#[tokio::test]
async fn it_gives_up_after_two_creations_that_left_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.faults().on(CREATE).always().reset();
    let error = create(&sandbox).await.unwrap_err();
    assert!(error.may_have_been_applied());
    assert_eq!(ocean.ledger().received(CREATE), 2);
    assert_eq!(ocean.ledger().effects(CREATE, "M-1"), 0);
}
