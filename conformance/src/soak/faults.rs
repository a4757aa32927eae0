//! What goes wrong in a soak.

use std::time::Duration;

use fastrand::Rng;
use vendor_sandbox::{ConnectionEnd, FaultPlan, Faults, Response};

/// How many of a hundred requests meet a fault.
const PER_CENT: u32 = 6;

/// Plans a fault for the next request by `route` about `about`, or none. Returns which.
pub(super) fn maybe(
    faults: &Faults,
    route: &str,
    about: &str,
    rng: &mut Rng,
) -> Option<&'static str> {
    if rng.u32(0..100) >= PER_CENT {
        return None;
    }
    let plan = faults.on(route).about(about);
    let plan = match rng.bool() {
        true => plan.after_processing(),
        false => plan,
    };
    // Some in a thousand are so slow that one of each kind has to do.
    Some(match rng.u32(0..1_000) {
        0..20 => stalls(plan, rng),
        20..500 => breaks(plan, rng),
        500..800 => fails(plan, rng),
        800..950 => refuses(faults.on(route).about(about), rng),
        _ => is_late(faults.on(route).about(about), rng),
    })
}

/// The client's own time limit ends these.
fn stalls(plan: FaultPlan, rng: &mut Rng) -> &'static str {
    match rng.bool() {
        true => {
            plan.stall();
            "silence"
        }
        false => {
            plan.head_only();
            "a head without a body"
        }
    }
}

/// The connection or the response breaks; the vendor has acted, or not.
fn breaks(plan: FaultPlan, rng: &mut Rng) -> &'static str {
    match rng.u32(0..8) {
        0 => {
            plan.reset();
            "reset"
        }
        1 => {
            plan.close();
            "closed"
        }
        2 => {
            plan.garbage();
            "no HTTP"
        }
        3 => {
            plan.truncate_body(ConnectionEnd::Close);
            "half a body, closed"
        }
        4 => {
            plan.truncate_body(ConnectionEnd::Reset);
            "half a body, reset"
        }
        5 => {
            plan.raw(
                "HTTP/1.1 200 OK\r\ncontent-type: appl",
                ConnectionEnd::Close,
            );
            "half a head"
        }
        6 => {
            let gzip = Response::new(200).header("content-encoding", "gzip");
            plan.respond(gzip.body("this is no gzip"));
            "no gzip"
        }
        _ => {
            let page = Response::new(200).header("content-type", "text/html");
            plan.respond(page.body("<p>log in first</p>"));
            "an HTML page"
        }
    }
}

/// The vendor, or a server in front of it, fails with any status; it has acted, or not.
fn fails(plan: FaultPlan, rng: &mut Rng) -> &'static str {
    let page = Response::new(rng.u16(500..600)).body("<h1>failed</h1>");
    match rng.bool() {
        true => {
            plan.respond(page);
            "5xx"
        }
        false => {
            plan.respond(page.header("retry-after", "0"));
            "5xx with Retry-After"
        }
    }
}

/// The vendor refuses, and has not acted.
fn refuses(plan: FaultPlan, rng: &mut Rng) -> &'static str {
    match rng.u32(0..3) {
        0 => {
            plan.respond(Response::too_many_requests(None));
            "429"
        }
        1 => {
            plan.respond(Response::redirect(307, "http://127.0.0.2:9/elsewhere"));
            "307"
        }
        _ => {
            plan.stale_token();
            "401"
        }
    }
}

/// The vendor has acted, and its response comes late or slowly.
fn is_late(plan: FaultPlan, rng: &mut Rng) -> &'static str {
    match rng.bool() {
        true => {
            plan.after_processing().delay(Duration::from_millis(20));
            "late"
        }
        false => {
            plan.slow_body(Duration::from_micros(50));
            "slow"
        }
    }
}
