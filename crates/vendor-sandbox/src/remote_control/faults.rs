//! Planning faults, looking at the plan, and letting held requests go on.

use serde::Deserialize;
use serde_json::Value;

use super::{Asked, RemoteControl, problem, unknown};
use crate::exchange::Response;
use crate::fault::{Fault, Odds, Planned};

/// A fault to plan. Only `vendor` and `fault` are required.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanFault {
    vendor: String,
    /// Default: any route.
    route: Option<String>,
    /// Default: anything.
    about: Option<String>,
    #[serde(default)]
    times: Times,
    /// Default: every request that fits.
    one_in: Option<u64>,
    /// For `one_in`. Default: 0.
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    after_processing: bool,
    fault: Fault,
}

/// How many requests meet a fault: a number, or `"always"`. Default: 1.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`times` must be a whole number or \"always\"")]
enum Times {
    Number(u64),
    Named(Named),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Named {
    Always,
}

impl Default for Times {
    fn default() -> Self {
        Self::Number(1)
    }
}

impl From<Times> for u64 {
    fn from(times: Times) -> Self {
        match times {
            Times::Number(times) => times,
            Times::Named(Named::Always) => Self::MAX,
        }
    }
}

impl RemoteControl {
    pub(super) fn planned_faults(&self, asked: &Asked) -> Result<Response, Response> {
        asked.demand_query(&[])?;
        Ok(self.by_vendor(|emulator| {
            let planned = emulator.faults().planned();
            serde_json::to_value(planned).unwrap_or(Value::Null)
        }))
    }

    pub(super) fn plan_fault(&self, asked: &Asked) -> Result<Response, Response> {
        let plan: PlanFault = asked.read()?;
        let emulator = self.emulator(&plan.vendor)?;
        if let Some(route) = plan.route.as_deref()
            && !emulator.served_operations().contains(&route)
        {
            return Err(unknown("route", route, emulator.served_operations()));
        }
        let times = plan.times.into();
        if times == 0 || plan.one_in == Some(0) {
            return Err(problem(400, "`times` and `one_in` must be at least 1"));
        }
        if let Some(reason) = plan.fault.problem() {
            return Err(problem(400, &reason));
        }
        emulator.faults().plant(Planned {
            route: plan.route,
            about: plan.about,
            times,
            odds: plan.one_in.map(|one_in| Odds::new(one_in, plan.seed)),
            after_processing: plan.after_processing,
            fault: plan.fault,
        });
        Ok(Response::new(204))
    }

    pub(super) fn clear_faults(&self, _: &Asked) -> Result<Response, Response> {
        for emulator in &self.emulators {
            emulator.faults().clear();
        }
        Ok(Response::new(204))
    }

    pub(super) fn release_requests(&self, _: &Asked) -> Result<Response, Response> {
        for emulator in &self.emulators {
            emulator.faults().release();
        }
        Ok(Response::new(204))
    }
}
