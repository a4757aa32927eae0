//! Users, and whose the credentials are.

use serde_json::{Value, json};

use crate::exchange::{Handled, Response};

use super::LOGIN;
use super::wire::{CheckedCall, found, no_such};
use super::world::{User, World};

pub(crate) fn check_login(world: &mut World, _: &CheckedCall<'_>) -> Result<Handled, Response> {
    let (id, user) = world.asking_user().ok_or_else(|| no_such("user"))?;
    let written = json!({
        "id": id,
        "userLanguage": user.language,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "resourceId": user.resource,
        "resourceFid": resource_fid(world, user),
    });
    Ok(Handled::from(found("userData", written)))
}

pub(crate) fn get(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let id = request.id();
    let user = world.users.get(id).ok_or_else(|| no_such("user"))?;
    let mut written = user_json(world, id, user);
    if request.asks_for("roles", world.settings.repeated_fields) {
        written["roles"] = json!(user.roles);
    }
    Ok(Handled::from(found("user", written)))
}

pub(crate) fn list(world: &mut World, request: &CheckedCall<'_>) -> Result<Handled, Response> {
    let bound = request.query("resourceBound").map(|bound| bound == "true");
    let users: Vec<Value> = world
        .users
        .iter()
        .filter(|(_, user)| bound.is_none_or(|bound| user.resource.is_some() == bound))
        .map(|(id, user)| user_json(world, id, user))
        .collect();
    Ok(Handled::from(found("users", Value::from(users))))
}

impl World {
    /// The user whose credentials every call has.
    pub(crate) fn asking_user(&self) -> Option<(i64, &User)> {
        self.users.iter().find(|(_, user)| user.login == LOGIN)
    }
}

/// A user, without roles.
fn user_json(world: &World, id: i64, user: &User) -> Value {
    json!({
        "id": id,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "login": user.login,
        "resourceId": user.resource,
        "resourceFid": resource_fid(world, user),
    })
}

fn resource_fid<'a>(world: &'a World, user: &User) -> Option<&'a str> {
    world.resources.get(user.resource?)?.fid.as_deref()
}
