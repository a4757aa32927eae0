//! Working out a round: what is in it in which order, the ways in between, and when.
//!
//! The day begins at the round's start and continues without a pause: a drive at 60 km/h as the
//! crow flies, then the activity, then the next way. What really happened moves nothing.

use super::places::Address;
use super::world::{Activity, Route, Span, Stage, What, World};

const METRES_PER_SECOND: f64 = 60_000.0 / 3600.0;

impl World {
    /// The activities of a round in their order, without the routes.
    pub(crate) fn stops(&self, round: i64) -> Vec<i64> {
        let round = self.rounds.get(round);
        let activities = round.map_or(&[][..], |round| &round.activities);
        activities
            .iter()
            .copied()
            .filter(|id| self.activities.get(*id).is_some_and(|it| !it.is_route()))
            .collect()
    }

    /// Puts an activity into a round, in front of that many others.
    pub(crate) fn put_into_round(&mut self, activity: i64, round: i64, index: usize) {
        let mut stops = self.stops(round);
        stops.insert(index.min(stops.len()), activity);
        if let Some(activity) = self.activities.get_mut(activity) {
            activity.round = Some(round);
            activity.pre_assignment = None;
        }
        self.arrange(round, &stops);
    }

    /// Takes an activity out of its round. Returns which that was.
    pub(crate) fn take_out_of_round(&mut self, activity: i64) -> Option<i64> {
        let it = self.activities.get_mut(activity)?;
        it.computed = None;
        let round = it.round.take()?;
        let mut stops = self.stops(round);
        stops.retain(|stop| *stop != activity);
        self.arrange(round, &stops);
        Some(round)
    }

    /// Recomputes a round after something in it has changed.
    pub(crate) fn rearrange(&mut self, round: i64) {
        let stops = self.stops(round);
        self.arrange(round, &stops);
    }

    /// Gives a round a new key. Returns whether there is such a round.
    pub(crate) fn touch(&mut self, round: i64) -> bool {
        let round = self.rounds.get_mut(round);
        round.map(|round| round.revision += 1).is_some()
    }

    fn arrange(&mut self, round_id: i64, stops: &[i64]) {
        let Some(round) = self.rounds.get(round_id) else {
            return;
        };
        let mut day = Day {
            round: round_id,
            here: round.start_address.clone(),
            now: Span::new(round.span.start, 0),
            activities: Vec::new(),
        };
        let end = round.end_address.clone();
        for old in round.activities.clone() {
            if self.activities.get(old).is_some_and(Activity::is_route) {
                self.activities.remove(old);
            }
        }
        for stop in stops {
            self.go_to_and_do(&mut day, *stop);
        }
        if !stops.is_empty() {
            self.go_to(&mut day, &end);
        }
        if let Some(round) = self.rounds.get_mut(round_id) {
            round.activities = day.activities;
            round.revision += 1;
        }
    }

    fn go_to_and_do(&mut self, day: &mut Day, stop: i64) {
        let Some(activity) = self.activities.get(stop) else {
            return;
        };
        // Nobody goes to what was rejected beforehand.
        if self.stage(activity) == Stage::RejectedNoMove {
            return day.activities.push(stop);
        }
        let seconds = activity.seconds();
        if let Some(place) = activity.place().cloned() {
            self.go_to(day, &place);
        }
        day.now = Span::new(day.now.end, seconds);
        day.activities.push(stop);
        if let Some(activity) = self.activities.get_mut(stop) {
            activity.computed = Some(day.now);
        }
    }

    /// Adds the way to a place, unless one is there.
    fn go_to(&mut self, day: &mut Day, place: &Address) {
        let distance = day.here.metres_to(place);
        if distance == 0.0 {
            return;
        }
        // Twenty thousand kilometres at most, so nothing is lost.
        let duration = (distance / METRES_PER_SECOND).round() as i64;
        day.now = Span::new(day.now.end, duration);
        let route = Route {
            origin: std::mem::replace(&mut day.here, place.clone()),
            destination: place.clone(),
            distance,
            duration,
        };
        let planned = self.default_status(Stage::Assigned);
        let mut activity = Activity::new(What::Route(route), None, planned);
        activity.computed = Some(day.now);
        activity.round = Some(day.round);
        day.activities.push(self.activities.add(activity));
    }
}

/// A round while it is being computed.
#[derive(Debug)]
struct Day {
    round: i64,
    here: Address,
    /// The activity that ends now.
    now: Span,
    activities: Vec<i64>,
}
