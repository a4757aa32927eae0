//! Requests made in Rust.

use std::time::Duration;

use geoplanning::{
    Appointment, Contact, Coordinates, NewActivity, NewAddress, NewAppointment, NewCustomer,
    NewEnumerable, NewOrder, NewTask, OpeningHour, OpeningHours, StreetAddress, TimeOfDay,
};
use ocean_geomission::{NewMission, Recipient};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::{OffsetDateTime, Time, UtcOffset, Weekday};
use vendor_client_core::{Validate, Violations};

use crate::arbitrary;

/// The same value, after it went over the wire.
fn sent<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn violations(value: &impl Validate) -> Vec<String> {
    let mut violations = Violations::new();
    value.validate(&mut violations);
    let paths = violations.iter().map(|violation| violation.path.clone());
    paths.collect()
}

/// A whole second of the years 1 to 9998, in any offset.
fn second() -> impl Strategy<Value = OffsetDateTime> {
    (-62_000_000_000_i64..253_000_000_000, -12_i8..=12, 0_i8..60).prop_map(
        |(seconds, hours, minutes)| {
            let minutes = if hours < 0 { -minutes } else { minutes };
            let offset = UtcOffset::from_hms(hours, minutes, 0).unwrap();
            let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            at.to_offset(offset)
        },
    )
}

fn minute() -> impl Strategy<Value = OffsetDateTime> {
    second().prop_map(|at| at.replace_second(0).unwrap())
}

fn millisecond() -> impl Strategy<Value = OffsetDateTime> {
    (second(), 0_u16..1_000).prop_map(|(at, part)| at.replace_millisecond(part).unwrap())
}

/// Degrees of few digits: of others, serde_json may read the last bit differently.
fn latitude() -> impl Strategy<Value = f64> {
    (-90 * 1024..=90 * 1024).prop_map(|parts: i32| f64::from(parts) / 1024.0)
}

fn longitude() -> impl Strategy<Value = f64> {
    (-180 * 1024..=180 * 1024).prop_map(|parts: i32| f64::from(parts) / 1024.0)
}

fn recipient() -> impl Strategy<Value = Recipient> {
    prop_oneof![
        any::<String>().prop_map(Recipient::vehicle),
        any::<(String, String)>().prop_map(|(last, first)| Recipient::person(last, first)),
        any::<String>().prop_map(Recipient::full_name),
    ]
}

fn mission() -> impl Strategy<Value = NewMission> {
    let texts = any::<[Option<String>; 6]>();
    let dates = (prop::option::of(minute()), prop::option::of(minute()));
    let place = prop::option::of((latitude(), longitude()));
    (
        any::<String>(),
        texts,
        dates,
        prop::option::of(recipient()),
        any::<Option<bool>>(),
        place,
    )
        .prop_map(|(id, texts, dates, recipient, send, place)| {
            let mut mission = NewMission::new(id);
            let [kind, comment, address, street, code, city] = texts;
            mission.kind = kind;
            mission.comment = comment;
            mission.reference_address = address;
            mission.street = street;
            mission.postal_code = code;
            mission.city = city;
            (mission.scheduled_at, mission.expires_at) = dates;
            mission.recipient = recipient;
            mission.send = send;
            let at =
                |(latitude, longitude)| ocean_geomission::Coordinates::new(latitude, longitude);
            mission.coordinates = place.map(at);
            mission
        })
}

/// Whether a mission keeps every rule that its types leave open.
fn is_sound(mission: &NewMission) -> bool {
    let is_named = |text: &str| !text.trim().is_empty();
    let recipient_is_named = match &mission.recipient {
        Some(Recipient::Vehicle { name, .. } | Recipient::FullName { name, .. }) => is_named(name),
        Some(Recipient::Person {
            last_name,
            first_name,
            ..
        }) => is_named(last_name) && is_named(first_name),
        _ => mission.send != Some(true),
    };
    let ends_in_order = match (mission.scheduled_at, mission.expires_at) {
        (Some(starts), Some(expires)) => starts <= expires,
        _ => true,
    };
    is_named(mission.id.as_str()) && recipient_is_named && ends_in_order
}

fn street() -> impl Strategy<Value = StreetAddress> {
    (any::<[String; 4]>(), any::<Option<String>>()).prop_map(|(texts, number)| {
        let [country, postcode, locality, street] = texts;
        let address = StreetAddress::new(country, postcode, locality, street);
        match number {
            Some(number) => address.number(number),
            None => address,
        }
    })
}

fn address() -> impl Strategy<Value = NewAddress> {
    let place =
        || (latitude(), longitude()).prop_map(|(north, east)| Coordinates::new(north, east));
    prop_oneof![
        street().prop_map(NewAddress::from),
        place().prop_map(NewAddress::from),
        (street(), place()).prop_map(|(street, place)| NewAddress::from(street).at(place)),
    ]
}

fn time_of_day() -> impl Strategy<Value = TimeOfDay> {
    (0_u8..24, 0_u8..60).prop_map(|(hour, minute)| Time::from_hms(hour, minute, 0).unwrap().into())
}

fn opening_hours() -> impl Strategy<Value = OpeningHours> {
    let hour = (0_u8..7, time_of_day(), time_of_day()).prop_map(|(days, opens, closes)| {
        OpeningHour::new(Weekday::Monday.nth_next(days), opens, closes)
    });
    prop::collection::vec(hour, 0..6).prop_map(OpeningHours::from_iter)
}

fn task() -> impl Strategy<Value = NewTask> {
    let texts = any::<(String, [Option<String>; 5])>();
    let dates = (
        prop::option::of(millisecond()),
        prop::option::of((millisecond(), millisecond())),
    );
    let orders = prop::collection::vec(any::<(String, u32, String)>(), 0..3);
    let skills = prop::collection::vec(any::<(String, String)>(), 0..3);
    let hours = prop::option::of(opening_hours());
    (
        texts,
        0_u64..10_000_000,
        dates,
        address(),
        orders,
        skills,
        hours,
    )
        .prop_map(
            |((name, texts), minutes, (due, appointment), address, orders, skills, hours)| {
                let mut task = NewTask::new(name, Duration::from_secs(minutes * 60), address);
                let [reference, description, phone, mobile, mail] = texts;
                task.foreign_id = reference;
                task.description = description;
                let mut contact = Contact::new();
                contact.phone_number = phone;
                contact.mobile_number = mobile;
                contact.email = mail;
                task.contact = Some(contact);
                task.due_at = due;
                task.appointment = appointment.map(|(start, end)| NewAppointment::new(start, end));
                let order =
                    |(name, amount, unit)| NewOrder::new(name, f64::from(amount) / 8.0, unit);
                task.orders = Some(orders.into_iter().map(order).collect());
                let skill = |(name, kind): (String, String)| NewEnumerable::new(name, kind);
                task.enumerables = Some(skills.into_iter().map(skill).collect());
                task.opening_hours = hours;
                task
            },
        )
}

proptest! {
    #![proptest_config(arbitrary())]

    #[test]
    fn any_mission_is_written_and_read_back(mission in mission()) {
        let read = sent(&mission);
        // Offsets are converted; the instants are the same.
        prop_assert!(read == mission);
        prop_assert_eq!(violations(&mission).is_empty(), is_sound(&mission));
    }

    #[test]
    fn a_mission_with_seconds_is_refused_and_not_cut(at in second(), nanosecond in 0_u32..1_000_000_000) {
        let mut mission = NewMission::new("M-1");
        let at = at.replace_nanosecond(nanosecond).unwrap();
        mission.scheduled_at = Some(at);
        let is_minute = at.second() == 0 && nanosecond == 0;
        prop_assert_eq!(violations(&mission).is_empty(), is_minute);
    }

    #[test]
    fn any_task_is_written_and_read_back(task in task()) {
        let activity = NewActivity::new(task);
        prop_assert!(sent(&activity) == activity);
    }

    #[test]
    fn any_customer_is_written_and_read_back(
        texts in any::<(String, [Option<String>; 4])>(),
        address in address(),
        hours in prop::option::of(opening_hours()),
    ) {
        let (name, [reference, mobile, telephone, email]) = texts;
        let mut customer = NewCustomer::new(name, address);
        customer.foreign_id = reference;
        customer.mobile_number = mobile;
        customer.phone_number = telephone;
        customer.email = email;
        customer.opening_hours = hours;
        prop_assert!(sent(&customer) == customer);
    }

    #[test]
    fn a_duration_is_sent_whole_or_refused(seconds in 0_u64..100_000_000, nanoseconds in 0_u32..2) {
        let duration = Duration::new(seconds, nanoseconds);
        let place = Coordinates::new(50.0, 4.0);
        let task = NewTask::new("Task", duration, place);
        let is_whole = seconds % 60 == 0 && nanoseconds == 0;
        let refused = violations(&task).contains(&"duration".to_owned());
        prop_assert_eq!(refused, !is_whole);
        if is_whole {
            let written = serde_json::to_value(&task).unwrap();
            prop_assert_eq!(written["duration"].as_u64(), Some(seconds / 60));
        }
    }

    #[test]
    fn the_same_hours_are_meant_by_both_ways_of_counting_days(hours in opening_hours()) {
        let place = Coordinates::new(50.0, 4.0);
        let mut task = NewTask::new("Task", Duration::from_secs(60), place);
        task.opening_hours = Some(hours.clone());
        let mut customer = NewCustomer::new("Customer", place);
        customer.opening_hours = Some(hours.clone());
        let task_wire = serde_json::to_value(&task).unwrap();
        let customer_wire = serde_json::to_value(&customer).unwrap();
        prop_assert!(sent(&task).opening_hours == Some(hours.clone()));
        prop_assert!(sent(&customer).opening_hours == Some(hours.clone()));
        if !hours.is_empty() {
            prop_assert_ne!(&task_wire["openingHours"], &customer_wire["openingHours"]);
        }
    }

    #[test]
    fn an_appointment_that_was_read_is_sent_as_it_was(start in millisecond(), end in millisecond()) {
        let text = serde_json::to_string(&NewAppointment::new(start, end)).unwrap();
        let read: Appointment = serde_json::from_str(&text).unwrap();
        prop_assert_eq!((read.starts_at, read.ends_at), (start, end));
        let again = NewAppointment::from(&read);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), text);
    }
}
