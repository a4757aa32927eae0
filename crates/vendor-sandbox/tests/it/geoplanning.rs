//! Geoplanning's operations, each response checked against the contract.

use std::ops::Deref;

use serde_json::{Value, json};
use vendor_sandbox::contract::{Operation, validate_response, validate_value};
use vendor_sandbox::geoplanning::{CustomerOpeningHour, Duplicates, failure};
use vendor_sandbox::{Geoplanning, Sandbox};

use crate::support::{Client, Response};

mod actions;
mod activities;
mod customers;
mod lists;
mod resources;
mod rounds;
mod service;

/// The mandatory headers, with the demo account's credentials.
const HEADERS: &str = "\
Authorization: Basic cGxhbm5lckBleGFtcGxlLmNvbTpzYW5kYm94LXBhc3N3b3Jk\r
Accept: application/vnd.geoplanning-v3.0+json;charset=UTF-8\r
Content-Type: application/vnd.geoplanning-v3.0+json;charset=UTF-8\r
";

/// A planner at work: a sandbox and a connection to its Geoplanning.
struct Planner {
    sandbox: Sandbox,
    client: Client,
}

impl Deref for Planner {
    type Target = Geoplanning;

    fn deref(&self) -> &Geoplanning {
        self.sandbox.geoplanning()
    }
}

impl Planner {
    async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::connect(sandbox.geoplanning().emulator()).await;
        Self { sandbox, client }
    }

    /// Calls a route without a body, and expects success.
    async fn get(&mut self, route: &str, path: &str) -> Value {
        self.send(route, path, "").await
    }

    /// Calls a route with a body, and expects success.
    async fn call(&mut self, route: &str, path: &str, body: Value) -> Value {
        self.send(route, path, &body.to_string()).await
    }

    /// Calls a delete, and expects success.
    async fn delete(&mut self, route: &str, path: &str) {
        assert_eq!(self.exchange(route, path, "").await.status, 204, "{route}");
    }

    /// Calls a route without a body, and expects to be refused.
    async fn refused(&mut self, route: &str, path: &str) -> (u16, String) {
        self.refused_with(route, path, "").await
    }

    /// Calls a route with a body, and expects to be refused.
    async fn call_refused(&mut self, route: &str, path: &str, body: Value) -> (u16, String) {
        self.refused_with(route, path, &body.to_string()).await
    }

    /// A round's current key, as the actions want it.
    async fn key_of(&mut self, round: i64) -> Value {
        let response = self.get("get_round", &format!("/rounds/{round}")).await;
        json!({ "id": round, "hashKey": response["round"]["hashKey"] })
    }

    /// An activity as it is now.
    async fn activity(&mut self, id: i64) -> Value {
        let response = self.get("get_activity", &format!("/activity/{id}")).await;
        response["activity"].clone()
    }

    async fn send(&mut self, route: &str, path: &str, body: &str) -> Value {
        let response = self.exchange(route, path, body).await;
        let text = String::from_utf8_lossy(&response.body).into_owned();
        let operation = self.operation(route);
        assert!(response.status < 300, "{route}: {} {text}", response.status);
        let breaches =
            validate_response(self.emulator().contract(), operation, route, &response.body);
        assert_eq!(breaches, [], "{route}: {text}");
        assert_eq!(response.json()["status"], json!({ "code": 0 }), "{route}");
        response.json()
    }

    async fn refused_with(&mut self, route: &str, path: &str, body: &str) -> (u16, String) {
        let response = self.exchange(route, path, body).await;
        let envelope = response.json();
        assert_eq!(envelope["status"]["code"], response.status, "{route}");
        let contract = self.emulator().contract();
        let refusal = &contract.types["Refusal"].fields;
        assert_eq!(validate_value(contract, refusal, &envelope), [], "{route}");
        let entries = self.ledger().entries();
        assert!(!entries.last().unwrap().took_effect, "{route}");
        let message = envelope["status"]["message"].as_str().unwrap();
        (response.status, message.to_owned())
    }

    /// One exchange, which has to have found the route.
    async fn exchange(&mut self, route: &str, path: &str, body: &str) -> Response {
        let operation = self.operation(route);
        let documented = operation.routes.iter().find(|known| known.name == route);
        let method = documented.unwrap().method.clone();
        let response = self.exchange_with(&method, path, HEADERS, body).await;
        let entries = self.ledger().entries();
        assert_eq!(entries.last().unwrap().route, Some(route), "{path}");
        let everywhere = &self.emulator().contract().statuses;
        let mut statuses = operation.statuses.iter().chain(everywhere);
        let is_documented = statuses.any(|row| row.status == response.status);
        assert!(is_documented, "{route}: {} is in no table", response.status);
        if !response.body.is_empty() {
            let media_type = "application/vnd.geoplanning-v3.0+json;charset=UTF-8";
            assert_eq!(response.header("content-type"), Some(media_type));
        }
        response
    }

    async fn exchange_with(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Response {
        let length = match body {
            "" => String::new(),
            body => format!("Content-Length: {}\r\n", body.len()),
        };
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: sandbox\r\n{headers}{length}\r\n{body}");
        self.client.write(&request).await;
        self.client.receive().await.unwrap()
    }

    fn operation(&self, route: &str) -> &'static Operation {
        let has_route = |operation: &&Operation| operation.routes.iter().any(|it| it.name == route);
        let mut operations = self.emulator().contract().operations.iter();
        operations.find(has_route).unwrap()
    }
}

/// What a place in Belgium looks like when it is sent whole.
fn address() -> Value {
    json!({
        "longitude": 4.9259030858176,
        "latitude": 50.4279474396788,
        "country": "BE",
        "postcode": "5100",
        "locality": "Naninne",
        "street": "Chaussee de Marche",
        "number": "774"
    })
}

/// The vendor's own example of a new activity.
fn new_activity() -> Value {
    json!({
        "subtype": "assignment",
        "type": { "fid": "Tp-814", "name": "repair-net" },
        "task": {
            "name": "J. Doe",
            "foreignId": "GP-100",
            "duration": 120,
            "dueDate": 1_472_767_140_000_i64,
            "description": "Internet not working, damaged cable",
            "contact": {
                "phoneNumber": "32 81/33.11.11",
                "mobileNumber": "0478 91 23 45",
                "mail": "info at market-ip.com"
            },
            "address": address(),
            "customer": { "id": 78 },
            "appointment": { "start": 1_472_727_600_000_i64, "end": 1_472_734_800_000_i64 },
            "orders": [
                { "foreignId": "RJ45-T568B-c6", "name": "Cable RJ45 categ. 6", "unit": "m", "amount": 15.6 }
            ],
            "enumerables": [{ "foreignId": "test-add", "name": "test", "type": "Category" }],
            "openingHours": [
                { "weekDay": 0, "from": 540, "to": 1080 },
                { "weekDay": 1, "from": 540, "to": 1080 },
                { "weekDay": 2, "from": 540, "to": 1080 }
            ]
        }
    })
}

/// The ids in an array of objects.
fn ids(array: &Value) -> Vec<i64> {
    let objects = array.as_array().unwrap().iter();
    objects.map(|one| one["id"].as_i64().unwrap()).collect()
}
