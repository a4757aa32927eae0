//! Workers are killed at random moments, and every mission is sent once.
//!
//! `DISPATCH_MISSIONS` and `DISPATCH_KILLS` make the test longer.

use std::process::Child;
use std::time::Duration;

use vendor_sandbox::Response;

use crate::machine::Machine;
use crate::postgres::Postgres;

const SEED: u64 = 11;

fn setting(name: &str, default: usize) -> usize {
    match std::env::var(name) {
        Ok(value) => value.parse().unwrap(),
        Err(_) => default,
    }
}

/// Kills workers at random moments until enough were killed, then lets them finish.
async fn survive(machine: &Machine, workers: usize) {
    let missions = setting("DISPATCH_MISSIONS", 400);
    let kills = setting("DISPATCH_KILLS", 20);
    let faults = machine.service().faults();
    faults
        .on_any()
        .one_in(30, SEED)
        .always()
        .respond(Response::new(503));
    faults
        .on_any()
        .one_in(30, SEED + 1)
        .always()
        .after_processing()
        .reset();
    faults.on_any().one_in(30, SEED + 2).always().close();

    let csv = machine.csv(missions);
    let csv = csv.to_str().unwrap();
    machine.run(&["enqueue", csv]).await.unwrap();
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut running: Vec<Child> = (0..workers).map(|_| machine.worker()).collect();
    let apart = (2 * missions / kills) as u64;
    for _ in 0..kills {
        let moment = received(machine) + random.u64(1..=apart.max(2));
        until_received(machine, moment).await;
        let victim = random.usize(..running.len());
        let mut killed = std::mem::replace(&mut running[victim], machine.worker());
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    for mut worker in running {
        let ended = tokio::task::spawn_blocking(move || worker.wait().unwrap());
        assert!(ended.await.unwrap().success());
    }

    let again = machine.run(&["enqueue", csv]).await.unwrap();
    assert_eq!(
        again,
        format!("0 queued, {missions} known already, 0 with problems\n")
    );
    let mut sent = machine.service().mission_ids();
    sent.sort_unstable();
    let mut wanted: Vec<String> = (0..missions).map(|n| format!("M-{n}")).collect();
    wanted.sort_unstable();
    assert_eq!(sent, wanted);
    let status = machine.run(&["status"]).await.unwrap();
    assert!(
        status.contains(&format!("sent     {missions}\n")),
        "{status}"
    );
}

#[tokio::test]
async fn killed_workers_lose_no_mission_and_send_none_twice_with_postgresql() {
    let Some(postgres) = Postgres::start() else {
        eprintln!("skipped: PostgreSQL is not installed");
        return;
    };
    let machine = Machine::new(|_| postgres.url()).await;
    for _ in 0..100 {
        if machine.run(&["status"]).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    survive(&machine, 6).await;
}

#[tokio::test]
async fn killed_workers_lose_no_mission_and_send_none_twice_with_sqlite() {
    survive(&Machine::with_sqlite().await, 2).await;
}

/// Waits until the service has received this many requests, or for so long that the workers
/// must have run out of missions.
async fn until_received(machine: &Machine, count: u64) {
    for _ in 0..10_000 {
        if received(machine) >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn received(machine: &Machine) -> u64 {
    let ledger = machine.service().ledger();
    ledger.dropped() + ledger.entries().len() as u64
}
