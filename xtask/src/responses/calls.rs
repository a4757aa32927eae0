//! One call of every operation that the sandbox takes, and what goes before it.

/// Stands for every operation.
pub(super) const ANY: &str = "*";

/// How one vendor is called.
pub(super) struct Service {
    pub(super) vendor: &'static str,
    /// The headers of every call.
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// Settings that change how it responds, each tried on every operation.
    pub(super) settings: &'static [(&'static str, &'static str)],
    /// Statuses that are documented, and that the sandbox responds with only if a test plans it: of
    /// one operation or, with [`ANY`], of all, and why.
    pub(super) planned: &'static [(&'static str, u16, &'static str)],
    pub(super) calls: &'static [Call],
}

pub(super) struct Call {
    pub(super) route: &'static str,
    /// The path below the base URL, with its query.
    pub(super) target: &'static str,
    /// The body; empty if there is none. `{key}` stands for the key of round 1.
    pub(super) body: &'static str,
    /// The operations that have to be called before.
    pub(super) after: &'static [&'static str],
}

const fn call(route: &'static str, target: &'static str) -> Call {
    Call {
        route,
        target,
        body: "",
        after: &[],
    }
}

impl Call {
    const fn body(self, body: &'static str) -> Self {
        Self { body, ..self }
    }

    const fn after(self, after: &'static [&'static str]) -> Self {
        Self { after, ..self }
    }
}

pub(super) const SERVICES: &[Service] = &[
    Service {
        vendor: "ocean-geomission",
        headers: &[("X-AUTH-TOKEN", "{token}")],
        settings: &[
            ("created_status", "200"),
            ("created_status", "201"),
            ("web_services", "false"),
        ],
        planned: &[
            ("log_in", 201, "the sandbox has 200 for it"),
            ("modify_mission", 201, "the sandbox has 200 for it"),
            ("delete_mission", 201, "the sandbox has 200 for it"),
            ("create_mission", 404, "it finds its path"),
            (
                ANY,
                422,
                "the sandbox has 400 for a date in the wrong format",
            ),
            (ANY, 429, "a fault"),
            (ANY, 500, "a fault"),
        ],
        calls: &[
            call("log_in", "/restapi/auth/authenticate2")
                .body(r#"{"login": "dispatcher@example.com", "password": "sandbox-password"}"#),
            call(
                "create_mission",
                "/restapi/geomission/ajoutMission?customerId=21&idMission=M-1&nomVeh=Truck",
            ),
            call(
                "modify_mission",
                "/restapi/geomission/modifierMission?customerId=21&idMission=M-1",
            )
            .after(&["create_mission"]),
            call(
                "mission_status",
                "/restapi/geomission/statutMission?customerId=21&idMission=M-1",
            )
            .after(&["create_mission"]),
            call(
                "delete_mission",
                "/restapi/geomission/supprimerMission?customerId=21&idMission=M-1",
            )
            .after(&["create_mission"]),
        ],
    },
    Service {
        vendor: "cegid-loop",
        headers: &[
            ("Ocp-Apim-Subscription-Key", "sandbox-subscription-key"),
            ("x-apikey", "sandbox-key:sandbox-client-secret"),
            ("Content-Type", "application/json"),
        ],
        settings: &[("content_type", "\"application-json\"")],
        planned: &[
            (ANY, 204, "the sandbox has a body for an empty list"),
            (ANY, 403, "a fault: the quota is exhausted"),
            (ANY, 429, "a fault"),
        ],
        calls: &[
            call(
                "list_engagement_letters",
                "/LettresDeMissions?codeDossier=cabinet&take=1",
            ),
            call(
                "list_activities",
                "/giActivitesMission?codeDossier=cabinet&take=1",
            ),
        ],
    },
    Service {
        vendor: "geoplanning",
        headers: &[
            (
                "Authorization",
                "Basic cGxhbm5lckBleGFtcGxlLmNvbTpzYW5kYm94LXBhc3N3b3Jk",
            ),
            (
                "Accept",
                "application/vnd.geoplanning-v3.0+json;charset=UTF-8",
            ),
            (
                "Content-Type",
                "application/vnd.geoplanning-v3.0+json;charset=UTF-8",
            ),
        ],
        settings: &[
            ("created_status", "200"),
            ("created_status", "201"),
            ("web_services", "false"),
        ],
        planned: &[],
        calls: &[
            call("get_activity", "/activity/5"),
            call("get_activity_by_foreign_id", "/activity?fid=GP-5"),
            call("add_activity", "/activity/").body(ACTIVITY),
            call("update_activity", "/activity/40").body(ACTIVITY),
            call("update_activity_by_foreign_id", "/activity?fid=GP-40").body(ACTIVITY),
            call("delete_activity", "/activity/5"),
            call("delete_activity_by_foreign_id", "/activity?fid=GP-5"),
            call("assign_activity", "/activity/40/assign").body(
                r#"{"resourceId": 1, "taskId": 50, "assignDate": "2026-03-02T09:00:00.000Z"}"#,
            ),
            call("plan_activity", "/activity/40/plan").body(
                r#"{"round": {"id": 1, "hashKey": "{key}"}, "activityIndex": 0,
                    "date": "2026-03-02T09:00:00Z"}"#,
            ),
            call("unassign_activity", "/activity/5/unassign").body(r#"{"roundHash": "{key}"}"#),
            call("start_activity", "/activity/5/start").body(ACTION),
            call("finish_activity", "/activity/5/finish")
                .body(ACTION)
                .after(&["start_activity"]),
            call("reject_activity", "/activity/5/rejectnowork").body(ACTION),
            call("reject_working_activity", "/activity/5/rejectwork")
                .body(ACTION)
                .after(&["start_activity"]),
            call("cancel_activity", "/activity/5/cancel").body(ACTION),
            call("activity_history", "/activity/history/78"),
            call("activity_attachments", "/activity/1/attachments"),
            call("list_activity_statuses", "/activity/status"),
            call("list_activity_types", "/activity/types"),
            call("add_customer", "/customers").body(CUSTOMER),
            call("get_customer", "/customers/60"),
            call("get_customer_by_foreign_id", "/customers/ref/C-546"),
            call("update_customer", "/customers/60").body(CUSTOMER),
            call("update_customer_by_foreign_id", "/customers/ref/C-546").body(CUSTOMER),
            call("delete_customer", "/customers/60"),
            call("delete_customer_by_foreign_id", "/customers/ref/C-546"),
            call("start_activity_by_event", "/events/1/start").body(ACTION),
            call("check_login", "/login/check"),
            call(
                "closest_pois_by_address",
                "/pois/closest?country=BE&postcode=5100&locality=Naninne&street=Chaussee",
            ),
            call(
                "closest_pois_by_coordinates",
                "/pois/closest?longitude=4.9&latitude=50.4",
            ),
            call("get_resource", "/resources/1"),
            call("get_resource_by_foreign_id", "/resources?fid=MIP"),
            call("add_resource", "/resources").body(RESOURCE),
            call("update_resource", "/resources/1").body(RESOURCE),
            call("update_resource_by_foreign_id", "/resources?fid=MIP").body(RESOURCE),
            call("delete_resource", "/resources/3").after(&["add_resource"]),
            call("delete_resource_by_foreign_id", "/resources?fid=R-1").after(&["add_resource"]),
            call("get_round", "/rounds/1"),
            call(
                "list_rounds",
                "/rounds/resource/1?date=2026-03-02T00:00:00.000Z",
            ),
            call("add_round", "/rounds")
                .body(r#"{"date": "2026-03-10T00:00:00Z", "resourceId": 1}"#),
            call("close_round", "/rounds/1/close"),
            call("get_user", "/users/1"),
            call("list_users", "/users"),
        ],
    },
];

const ACTION: &str = r#"{"round": {"id": 1, "hashKey": "{key}"}, "date": "2026-03-02T09:00:00Z"}"#;

const ACTIVITY: &str = r#"{
    "subtype": "assignment",
    "type": {"fid": "dvy-01", "name": "Delivery"},
    "task": {
        "name": "J. Doe", "foreignId": "GP-100", "duration": 120, "customer": {"id": 78},
        "address": {"longitude": 4.9, "latitude": 50.4}
    }
}"#;

const CUSTOMER: &str = r#"{
    "name": "Ada", "foreignId": "C-1",
    "address": {
        "longitude": 4.9, "latitude": 50.4, "country": "BE", "postcode": "5100",
        "locality": "Naninne", "street": "Chaussee de Marche", "number": "774"
    }
}"#;

const RESOURCE: &str = r#"{
    "name": "Van", "fid": "R-1", "internal": true,
    "startAddress": {"longitude": 4.9, "latitude": 50.4},
    "endAddress": {"longitude": 4.9, "latitude": 50.4}
}"#;
