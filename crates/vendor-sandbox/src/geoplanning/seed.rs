//! The world as it is at the start. The module's documentation lists what a caller may rely on.

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::LOGIN;
use super::places::{Address, in_postcode};
use super::world::{
    Activity, ActivityType, Attachment, Capacity, Contact, Customer, CustomerOpeningHour,
    Enumerable, FOR_ROUTES, FOR_SIMPLE_ACTIVITIES, FOR_TASKS, Poi, PreAssignment, Resource,
    SimpleActivity, Stage, Status, Task, User, What, World,
};

/// When everything was entered that is there at the start.
const ENTERED: OffsetDateTime = datetime!(2026-02-20 09:30:15.657 UTC);
/// The day of the closed round.
const FRIDAY: OffsetDateTime = datetime!(2026-02-27 08:00 UTC);
/// The day of the open round.
const MONDAY: OffsetDateTime = datetime!(2026-03-02 08:00 UTC);

const BOTH_CREATE: &[&str] = &["RESOURCE_CREATE", "DISPATCHER_CREATE"];
const DISPATCHER_CREATES: &[&str] = &["DISPATCHER_CREATE"];

impl World {
    /// The world at the start.
    pub(crate) fn seeded() -> Self {
        let mut world = Self::default();
        world.seed_statuses();
        world.seed_types();
        world.seed_resources();
        world.seed_customers();
        world.seed_users();
        world.seed_pois();
        world.seed_friday();
        world.seed_monday();
        world.seed_unplanned();
        world
    }

    fn seed_statuses(&mut self) {
        #[rustfmt::skip]
        let statuses = [
            (1, "ST-UASGN", "Unassigned", Stage::Unassigned, "#000000", true),
            // The vendor's own examples call two types the same.
            (2, "ST-PASGN", "Assigned", Stage::Preassigned, "#E9CC29", true),
            (3, "ST-ASGN", "Assigned", Stage::Assigned, "#787878", true),
            (4, "ST-WORK", "Working", Stage::Working, "#2979E9", true),
            (5, "ST-DONE", "Completed", Stage::Completed, "#CACACA", true),
            (6, "ST-REJ-SITE", "Rejected on site", Stage::RejectedOnSite, "#E92929", true),
            (7, "ST-REJ", "Rejected", Stage::RejectedNoMove, "#B02020", true),
            (8, "ST-CANC", "Canceled", Stage::Cancelled, "#404040", true),
            (9, "ST-PARTS", "Fetching parts", Stage::Working, "#29B0E9", false),
            (10, "ST-DONE-REM", "Completed with remarks", Stage::Completed, "#A0CACA", false),
            (11, "ST-NOBODY", "Nobody at home", Stage::RejectedOnSite, "#E97929", false),
            (12, "ST-NOPARTS", "Parts missing", Stage::RejectedNoMove, "#B07020", false),
        ];
        for (id, fid, name, stage, color, by_default) in statuses {
            self.statuses.put(
                id,
                Status {
                    fid,
                    name,
                    stage,
                    color,
                    by_default,
                },
            );
        }
    }

    fn seed_types(&mut self) {
        const ACTIVE: &str = "ACTIVE_BUSINESS";
        const REST: &str = "INACTIVE_NON_BUSINESS";
        const LEAVE: &str = "INACTIVE_COMPENSATORY_LEAVE";
        const TASKS_AND_MORE: i64 = FOR_TASKS + FOR_SIMPLE_ACTIVITIES;
        #[rustfmt::skip]
        let types = [
            (0, "Tp-814", "repair-net", "default", None, false, "NONE", ACTIVE, &[][..], TASKS_AND_MORE),
            // Name and meta type contradict each other, as in the vendor's own example.
            (1, "GP-1", "Way Point", "default", Some(30), true, "STAND_BY", REST, BOTH_CREATE, FOR_SIMPLE_ACTIVITIES),
            (2, "GP-2", "Wait time", "lightning", Some(60), false, "WAYPOINT", ACTIVE, BOTH_CREATE, FOR_SIMPLE_ACTIVITIES),
            (3, "lch-01", "Lunch", "default", Some(45), true, "LUNCH", REST, BOTH_CREATE, FOR_SIMPLE_ACTIVITIES),
            (4, "drv-01", "Drive", "default", None, false, "ROUTE", ACTIVE, &[], FOR_ROUTES),
            (5, "wt-01", "Queue at the depot", "lightning", Some(15), false, "WAIT_TIME", ACTIVE, BOTH_CREATE, FOR_SIMPLE_ACTIVITIES),
            (6, "lv-01", "Recovery", "default", Some(480), true, "NONE", LEAVE, DISPATCHER_CREATES, FOR_SIMPLE_ACTIVITIES),
            (50, "dvy-01", "Delivery", "squarre", None, false, "NONE", ACTIVE, DISPATCHER_CREATES, TASKS_AND_MORE),
            (51, "rfl-02", "Refill", "drop", Some(30), true, "REFILL", ACTIVE, DISPATCHER_CREATES, FOR_SIMPLE_ACTIVITIES),
        ];
        for (
            id,
            fid,
            name,
            icon,
            default_duration,
            fixed_duration,
            meta,
            to_resource,
            roles,
            mask,
        ) in types
        {
            let of_type = ActivityType {
                fid,
                name,
                icon,
                default_duration,
                fixed_duration,
                meta_type: meta,
                resource_activity_type: to_resource,
                roles,
                mask,
            };
            self.types.put(id, of_type);
        }
    }

    fn seed_resources(&mut self) {
        let office = self.place("5002");
        let enumerables = vec![
            self.ability("E104", "French", "Languages"),
            self.ability("E105", "Dutch", "Languages"),
            self.ability("E200", "Electrician", "Skill"),
        ];
        let capacities = vec![self.capacity("Q859", "Sand", "T", 10.0, 10.0)];
        self.resources.put(
            1,
            Resource {
                fid: Some("MIP".to_owned()),
                name: "Van 1".to_owned(),
                internal: Some(true),
                start_address: office.clone(),
                end_address: office,
                enumerables,
                capacities,
                person: Some((1, "P-456")),
            },
        );
        let enumerables = vec![
            self.ability("GP-Language", "Language", "Skill"),
            self.ability("GP-Work", "Work", "Skill"),
        ];
        // One reference for two capacities: a reference is not a key.
        let capacities = vec![
            self.capacity("GP-Quant1", "Litre", "l", 50.0, 10.0),
            self.capacity("GP-Quant1", "Litre", "l", 100.0, 20.0),
        ];
        let (start_address, end_address) = (self.place("1020"), self.place("7090"));
        self.resources.put(
            2,
            Resource {
                fid: Some("GP-2".to_owned()),
                name: "John Doe".to_owned(),
                internal: Some(false),
                start_address,
                end_address,
                enumerables,
                capacities,
                person: None,
            },
        );
    }

    fn seed_customers(&mut self) {
        #[rustfmt::skip]
        let customers = [
            (60, Some("C-546"), "Athina H van Tienen", "7830", "0477 00 00 60", "contact@van-tienen.example"),
            (61, Some("C-547"), "Boulangerie Lambert", "5030", "081 00 00 61", "info@lambert.example"),
            (62, Some("C-548"), "Garage Dumont", "6000", "071 00 00 62", "atelier@dumont.example"),
            (63, None, "Ferme du Pré", "1300", "010 00 00 63", ""),
            (78, Some("CUST-78"), "Market-IP", "5101", "081 00 00 78", "info@market-ip.example"),
        ];
        let weekdays = (1..=5).map(|day| CustomerOpeningHour {
            day,
            begin: 480,
            end: 960,
        });
        for (id, foreign_id, name, postcode, telephone, email) in customers {
            let address = self.place(postcode);
            self.customers.put(
                id,
                Customer {
                    foreign_id: foreign_id.map(str::to_owned),
                    name: name.to_owned(),
                    address,
                    mobile_number: None,
                    telephone_number: Some(telephone.to_owned()),
                    email: Some(email.to_owned()).filter(|email| !email.is_empty()),
                    opening_hours: weekdays.clone().collect(),
                },
            );
        }
    }

    fn seed_users(&mut self) {
        let users = [
            (
                1,
                User {
                    first_name: "Paula",
                    last_name: "Demo",
                    login: LOGIN,
                    language: "en",
                    resource: Some(1),
                    roles: &[
                        "ROLE_USER",
                        "ROLE_WEBSERVICE",
                        "ROLE_DISPATCHING",
                        "ROLE_TASK_MGR",
                        "ROLE_CUST_MGR",
                        "ROLE_TECH_MGR",
                    ],
                },
            ),
            (
                2,
                User {
                    first_name: "Denis",
                    last_name: "Demo",
                    login: "dispatcher@example.com",
                    language: "fr",
                    resource: None,
                    roles: &["ROLE_USER", "ROLE_DISPATCHING", "ROLE_ASSIGN"],
                },
            ),
            (
                3,
                User {
                    first_name: "John",
                    last_name: "Doe",
                    login: "technician@example.com",
                    language: "nl",
                    resource: Some(2),
                    roles: &["ROLE_USER", "ROLE_MOBILE"],
                },
            ),
        ];
        for (id, user) in users {
            self.users.put(id, user);
        }
    }

    fn seed_pois(&mut self) {
        const HOME: &str = "TECHNICIAN_HOME_ADDRESS";
        let pois = [
            (1, HOME, "1020", Some(2)),
            (2, HOME, "7090", Some(2)),
            (3, HOME, "5100", Some(1)),
            (4, "DEPOT", "5002", Some(1)),
            (5, "DEPOT", "3000", None),
            (6, "DEPOT", "4000", None),
            (7, "FUEL_STATION", "5030", None),
            (8, "FUEL_STATION", "1300", None),
            (9, "FUEL_STATION", "6000", None),
            (10, "PARKING", "5000", None),
            (11, "PARKING", "7000", None),
            (12, "PARKING", "2000", None),
        ];
        for (id, of_type, postcode, resource) in pois {
            let address = self.place(postcode);
            let poi = Poi {
                of_type,
                address,
                resource,
            };
            self.pois.put(id, poi);
        }
    }

    /// A round that is over: two activities done, one rejected before and one after its start.
    fn seed_friday(&mut self) {
        self.seed_assignment(1, 1, "GP-1", "Sprimont Jean-Paul", "5101", 20, Some(78));
        self.seed_assignment(2, 2, "GP-2", "Mouscron Customer", "7700", 45, Some(78));
        self.seed_assignment(3, 3, "GP-3", "Boiler inspection", "5030", 30, Some(61));
        self.seed_assignment(4, 4, "GP-4", "Meter exchange", "6000", 30, Some(62));
        let Some(round) = self.add_round(1, FRIDAY) else {
            return;
        };
        for (index, activity) in (1..=4).enumerate() {
            self.set(activity, Stage::Assigned);
            self.put_into_round(activity, round, index);
        }
        let at = |minutes| Some(FRIDAY + Duration::minutes(minutes));
        self.report(1, Stage::Completed, at(10), at(32));
        self.report(2, Stage::Completed, at(120), at(165));
        self.report(3, Stage::RejectedNoMove, at(170), None);
        self.report(4, Stage::RejectedOnSite, at(230), at(240));
        self.rearrange(round);
        if let Some(round) = self.rounds.get_mut(round) {
            round.closed = true;
        }
        self.attach(60, 1, "TEXT", 31, "The key is at the neighbour's", None);
        let picture = Some("http://img.example/meter.png");
        self.attach(61, 1, "IMAGE", 32, "The meter afterwards", picture);
        let signature = Some("http://img.example/signature.png");
        self.attach(62, 1, "SIGNATURE", 33, "J.-P. Sprimont", signature);
    }

    /// A round that is about to begin.
    fn seed_monday(&mut self) {
        self.seed_assignment(5, 5, "GP-5", "Router exchange", "5000", 30, Some(61));
        self.seed_simple(6, "r-122", "Refill at Gembloux", "5030", 20, Some(1));
        self.seed_assignment(7, 7, "GP-6", "New line", "1300", 60, Some(63));
        let Some(round) = self.add_round(1, MONDAY) else {
            return;
        };
        for (index, activity) in (5..=7).enumerate() {
            self.set(activity, Stage::Assigned);
            self.put_into_round(activity, round, index);
        }
    }

    /// What is in no round: three unassigned, one given to a resource, one given up.
    fn seed_unplanned(&mut self) {
        self.seed_assignment(0, 8, "GP-0", "Survey of a roof", "3000", 90, Some(60));
        self.seed_assignment(40, 50, "GP-40", "Fibre to the desk", "5100", 60, Some(78));
        self.seed_simple(41, "r-123", "Refill the van", "5101", 35, None);
        self.seed_assignment(42, 52, "GP-42", "Alarm test", "7000", 25, None);
        self.set(42, Stage::Preassigned);
        self.seed_assignment(43, 53, "GP-43", "Double booking", "4000", 30, Some(62));
        self.set(43, Stage::Cancelled);
        if let Some(preassigned) = self.activities.get_mut(42) {
            preassigned.pre_assignment = Some(PreAssignment {
                resource: 2,
                date: Some(MONDAY + Duration::DAY),
            });
        }
    }

    #[allow(clippy::too_many_arguments)] // A row of a table.
    fn seed_assignment(
        &mut self,
        id: i64,
        task: i64,
        foreign_id: &str,
        name: &str,
        postcode: &str,
        minutes: i64,
        customer: Option<i64>,
    ) {
        self.task_ids.skip(task);
        let task = Task {
            id: task,
            name: name.to_owned(),
            foreign_id: Some(foreign_id.to_owned()),
            duration: minutes * 60,
            due_date: None,
            description: Some("As agreed on the telephone".to_owned()),
            created_at: ENTERED,
            contact: Contact::default(),
            address: self.place(postcode),
            customer,
            appointment: None,
            enumerables: Vec::new(),
            orders: Vec::new(),
            opening_hours: Vec::new(),
        };
        let unassigned = self.default_status(Stage::Unassigned);
        let activity = Activity::new(What::Assignment(task), Some(50), unassigned);
        self.activities.put(id, activity);
    }

    fn seed_simple(
        &mut self,
        id: i64,
        foreign_id: &str,
        name: &str,
        postcode: &str,
        minutes: i64,
        event: Option<i64>,
    ) {
        let simple = SimpleActivity {
            name: Some(name.to_owned()),
            foreign_id: Some(foreign_id.to_owned()),
            description: None,
            duration: Some(minutes),
            created_at: ENTERED,
            address: Some(self.place(postcode)),
            event,
        };
        let unassigned = self.default_status(Stage::Unassigned);
        let activity = Activity::new(What::Simple(simple), Some(51), unassigned);
        self.activities.put(id, activity);
    }

    fn set(&mut self, activity: i64, stage: Stage) {
        let status = self.default_status(stage);
        if let Some(activity) = self.activities.get_mut(activity) {
            activity.status = status;
        }
    }

    fn report(
        &mut self,
        activity: i64,
        stage: Stage,
        start: Option<OffsetDateTime>,
        end: Option<OffsetDateTime>,
    ) {
        self.set(activity, stage);
        let done_by = self.resources.get(1).map(|resource| resource.name.clone());
        if let Some(activity) = self.activities.get_mut(activity) {
            activity.actual_start = start;
            activity.actual_end = end;
            activity.done_by = done_by;
        }
    }

    fn attach(
        &mut self,
        id: i64,
        task: i64,
        of_type: &'static str,
        minutes: i64,
        text: &'static str,
        url: Option<&'static str>,
    ) {
        let attachment = Attachment {
            task,
            user: 1,
            of_type,
            created_at: FRIDAY + Duration::minutes(minutes),
            text,
            url,
        };
        self.attachments.put(id, attachment);
    }

    /// The known place with this postcode.
    fn place(&mut self, postcode: &str) -> Address {
        self.addresses.with_id(in_postcode(postcode))
    }

    fn ability(&mut self, foreign_id: &str, name: &str, of_type: &str) -> Enumerable {
        self.enumerable(Enumerable {
            id: 0,
            foreign_id: Some(foreign_id.to_owned()),
            name: name.to_owned(),
            of_type: of_type.to_owned(),
        })
    }

    fn capacity(
        &mut self,
        foreign_id: &str,
        name: &str,
        unit: &str,
        max_amount: f64,
        init_amount: f64,
    ) -> Capacity {
        Capacity {
            id: self.capacity_ids.next(),
            foreign_id: Some(foreign_id.to_owned()),
            name: Some(name.to_owned()),
            unit: Some(unit.to_owned()),
            max_amount,
            init_amount,
        }
    }
}
