//! Names, types and formats: the pages against the schema of the types.

use std::collections::BTreeSet;

use super::Target;
use super::documented::DocField;
use super::structure::{Entry, Structure};
use crate::page::{name_of, parent_of};
use crate::problem::Problem;

pub(crate) fn structure(target: &Target<'_>, problems: &mut Vec<Problem>) {
    let documented = Structure::documented(&target.documented);
    let known = target.structure();
    for field in &target.documented.fields {
        let Some(wanted) = documented.entries.get(&field.path) else {
            continue;
        };
        match known.entries.get(&field.path) {
            Some(entry) => {
                problems.extend(types(target, field, wanted, entry));
                problems.extend(formats(target, field, entry));
                problems.extend(known_values(target, field, wanted, entry));
                problems.extend(units(target, field, wanted, entry));
            }
            None if field.is_element || known.is_cut(&field.path) => {}
            // What is below something missing is missing with it.
            None if !stands(&known, parent_of(&field.path)) => {}
            None => problems.push(target.at_field(field, "documented, and not in the type")),
        }
    }
    for path in known.entries.keys() {
        let parent = parent_of(path);
        let is_new = !documented.entries.contains_key(path);
        if is_new
            && !name_of(path).is_empty()
            && stands(&documented, parent)
            && !documented.is_cut(path)
        {
            problems.push(undocumented(target, path, parent));
        }
    }
}

fn stands(structure: &Structure, path: &str) -> bool {
    path.is_empty() || structure.entries.contains_key(path)
}

/// A field of the type without a row: reported where its row would stand.
fn undocumented(target: &Target<'_>, path: &str, parent: &str) -> Problem {
    let fields = &target.documented.fields;
    let object = fields.iter().find(|field| field.path == parent);
    let (page, line) = object
        .and_then(|field| field.inside)
        .unwrap_or((&target.page.path, target.line));
    let message = format!("`{}` is in the type, and not documented", name_of(path));
    Problem::new(page, line, message)
        .operation(target.route)
        .field(path)
}

fn types(
    target: &Target<'_>,
    field: &DocField<'_>,
    wanted: &Entry,
    known: &Entry,
) -> Option<Problem> {
    let is_null = |name: &&String| name.as_str() == "null";
    let wanted_types: BTreeSet<_> = wanted.types.iter().filter(|name| !is_null(name)).collect();
    let mut known_types: BTreeSet<_> = known.types.iter().filter(|name| !is_null(name)).collect();
    let any = "any".to_owned();
    if known_types.len() > 1 {
        // One alternative that takes anything keeps what is not known yet.
        known_types.remove(&any);
    }
    if wanted_types != known_types {
        let [wanted, known] = [wanted_types, known_types].map(|types| {
            let types: Vec<_> = types.into_iter().map(String::as_str).collect();
            types.join(" or ")
        });
        let message = format!("documented as {wanted}, the type has {known}");
        return Some(target.at_field(field, message));
    }
    let reads_null = known.types.contains("null") || known.types.contains("any") || !known.required;
    (wanted.types.contains("null") && !reads_null).then(|| {
        target.at_field(
            field,
            "documented as null too, which the type does not have",
        )
    })
}

fn list(values: &[&String]) -> String {
    let values: Vec<_> = values.iter().map(|value| value.as_str()).collect();
    values.join(", ")
}

/// Compares the format of a string where the schema has one. A number's says how wide it is.
fn formats(target: &Target<'_>, field: &DocField<'_>, known: &Entry) -> Option<Problem> {
    if !known.types.contains("string") {
        return None;
    }
    let documented: Vec<_> = field
        .shapes
        .iter()
        .filter_map(|shape| super::structure::format_of(shape))
        .map(|format| schema_format(&format).to_owned())
        .collect();
    let is_width = |format: &str| {
        format.starts_with("int")
            || format.starts_with("uint")
            || matches!(format, "float" | "double")
    };
    let formats = known.formats.iter().filter(|format| !is_width(format));
    let strange = formats
        .into_iter()
        .find(|format| !documented.contains(format))?;
    Some(target.at_field(field, format!("the type has the format {strange}")))
}

/// The values that the page knows and those that the crate has names for, both ways.
fn known_values(
    target: &Target<'_>,
    field: &DocField<'_>,
    wanted: &Entry,
    known: &Entry,
) -> Option<Problem> {
    if target.documented.is_discriminator(&field.path) {
        // Its values are the variants, which are compared as such.
        return None;
    }
    let missing: Vec<_> = wanted.known.difference(&known.known).collect();
    if !missing.is_empty() {
        let message = format!("known {}, which the crate has no name for", list(&missing));
        return Some(target.at_field(field, message));
    }
    let has_names = !field.is_array() && field.row.field.constraints.one_of.is_empty();
    let extra: Vec<_> = known.known.difference(&wanted.known).collect();
    (has_names && !extra.is_empty()).then(|| {
        let message = format!(
            "the crate has names for {}, which are not known here",
            list(&extra)
        );
        target.at_field(field, message)
    })
}

/// The unit of a number: its format on the page, and what the docs of the Rust field say.
fn units(
    target: &Target<'_>,
    field: &DocField<'_>,
    wanted: &Entry,
    known: &Entry,
) -> Option<Problem> {
    if wanted.units == known.units {
        return None;
    }
    let [wanted, known] = [wanted, known].map(|entry| match entry.units.len() {
        0 => "missing".to_owned(),
        _ => list(&entry.units.iter().collect::<Vec<_>>()),
    });
    let message = format!("the unit is {wanted} here, {known} in the docs of the type");
    Some(target.at_field(field, message))
}

/// The name that JSON Schema has for a format of the pages.
fn schema_format(format: &str) -> &str {
    match format {
        "ISO 8601" => "date-time",
        "UUID" => "uuid",
        other => other,
    }
}
