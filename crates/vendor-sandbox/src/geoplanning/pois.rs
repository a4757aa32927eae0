//! Points of interest, by their distance.

use serde_json::{Value, json};

use crate::exchange::{Handled, Response};

use super::DistanceUnit;
use super::places::{Address, located};
use super::wire::{CheckedCall, found};
use super::world::{Poi, World};

/// As many as the service lists.
const AT_MOST: usize = 10;

/// The closest points to an address or to coordinates, whichever the query has.
pub(crate) fn closest(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let text = |name: &str| request.query(name).map(str::to_owned);
    let number = |name: &str| request.query(name)?.parse().ok();
    let here = located(Address {
        id: 0,
        longitude: number("longitude"),
        latitude: number("latitude"),
        country: text("country"),
        postcode: text("postcode"),
        locality: text("locality"),
        street: text("street"),
        number: text("number"),
    });
    let asking = world.asking_user().and_then(|(_, user)| user.resource);
    let mut by_distance: Vec<(f64, i64, &Poi)> = world
        .pois
        .iter()
        .map(|(id, poi)| (poi.address.metres_to(&here), id, poi))
        .collect();
    by_distance.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    let closest: Vec<Value> = by_distance
        .into_iter()
        .take(AT_MOST)
        .map(|(metres, id, poi)| {
            let distance = match world.settings.poi_distance {
                DistanceUnit::Metres => metres,
                DistanceUnit::Kilometres => metres / 1_000.0,
            };
            json!({
                "id": id,
                "type": poi.of_type,
                "address": poi.address,
                "distance": distance,
                "yours": poi.resource.is_some() && poi.resource == asking,
            })
        })
        .collect();
    Ok(Handled::from(found("pois", Value::from(closest))))
}
