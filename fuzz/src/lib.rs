//! What the fuzz targets share. Each of them reads any bytes: none may panic, and what can be read
//! must be written so that it is read back the same.

use serde::de::DeserializeOwned;
use serde_json::Value;
use vendor_client_core::schema::{OperationSchema, Part};

/// Something that reads bytes.
pub enum Reader {
    /// A part of an operation, with the operation's name.
    Part(&'static str, Part),
    /// A public type, straight from its bytes.
    Type(fn(&[u8])),
}

impl Reader {
    /// A public type.
    pub fn of<T: DeserializeOwned>() -> Self {
        Self::Type(|bytes| {
            let _ = serde_json::from_slice::<T>(bytes);
        })
    }

    fn read(&self, bytes: &[u8]) {
        match self {
            Self::Type(read) => read(bytes),
            Self::Part(name, part) => {
                if let Ok(value) = serde_json::from_slice(bytes) {
                    read_back(name, part, &value);
                }
            }
        }
    }
}

/// The readers of a vendor: the parts of its operations, and these types.
pub fn readers(operations: Vec<OperationSchema>, types: Vec<Reader>) -> Vec<Reader> {
    let parts = operations.into_iter().flat_map(|schema| {
        let name = schema.operation.name;
        [schema.query, schema.bodies, schema.responses]
            .into_iter()
            .flatten()
            .map(move |part| Reader::Part(name, part))
    });
    types.into_iter().chain(parts).collect()
}

/// Each vendor's crate with its readers. The target has the same name, with underscores.
pub const VENDORS: &[(&str, fn() -> Vec<Reader>)] = &[
    ("ocean-geomission", ocean_geomission),
    ("cegid-loop", cegid_loop),
    ("geoplanning", geoplanning),
];

/// Océan Géomission's.
pub fn ocean_geomission() -> Vec<Reader> {
    let types = vec![
        Reader::of::<ocean_geomission::NewMission>(),
        Reader::of::<ocean_geomission::MissionUpdate>(),
        Reader::of::<ocean_geomission::MissionStatus>(),
        Reader::of::<ocean_geomission::Receipt>(),
    ];
    readers(ocean_geomission::schema::operations(), types)
}

/// Cegid Loop's.
pub fn cegid_loop() -> Vec<Reader> {
    let types = vec![
        Reader::of::<Vec<cegid_loop::EngagementLetter>>(),
        Reader::of::<Vec<cegid_loop::LetterActivity>>(),
    ];
    readers(cegid_loop::schema::operations(), types)
}

/// Geoplanning's.
pub fn geoplanning() -> Vec<Reader> {
    let types = vec![
        Reader::of::<geoplanning::Activity>(),
        Reader::of::<geoplanning::Round>(),
        Reader::of::<geoplanning::Resource>(),
        Reader::of::<geoplanning::Customer>(),
        Reader::of::<geoplanning::NewActivity>(),
    ];
    readers(geoplanning::schema::operations(), types)
}

/// Lets one of the readers read: the first byte says which, the others are what it reads.
pub fn read(readers: &[Reader], data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else {
        return;
    };
    readers[usize::from(*choice) % readers.len()].read(bytes);
}

fn read_back(name: &str, part: &Part, value: &Value) {
    let Ok(probed) = part.probe(value) else {
        return;
    };
    let again = part.probe(&probed.written);
    let again = again.unwrap_or_else(|error| panic!("{name}: {error}: {}", probed.written));
    assert!(
        is_same(&again.written, &probed.written),
        "{name}: {} and {}",
        probed.written,
        again.written
    );
}

/// Whether two documents are the same, but for the last bit of a fraction, which serde_json may
/// read differently.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let [one, other] = [one, other].map(|number| number.as_f64().unwrap_or_default());
            (one - other).abs() <= 4.0 * f64::EPSILON * one.abs()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, one)| other.get(name).is_some_and(|other| is_same(one, other)))
        }
        (one, other) => one == other,
    }
}
