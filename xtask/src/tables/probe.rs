//! Requirements, bounds, values and spellings: tried out with documented examples, changed in one
//! field.

use std::collections::BTreeSet;

use serde_json::{Number, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;
use vendor_sandbox::contract::{Bounds, Shape};

use super::documented::DocField;
use super::sample::{first_way, join, minimal, sample};
use super::values::{At, differences, get, renamed, ways, ways_to, with, without, written};
use super::{Refusal, Target};
use crate::examples::{fits, tables_for};
use crate::page::{Direction, Example, Place, name_of, parent_of};
use crate::problem::Problem;

/// What has been tried: a row of a named type behaves alike in all operations that have the same
/// Rust type at the same path.
pub(crate) type Tried = BTreeSet<(Vec<&'static str>, String, String, usize)>;

pub(crate) fn behaviour(target: &Target<'_>, tried: &mut Tried, problems: &mut Vec<Problem>) {
    let prober = Prober {
        target,
        examples: examples(target),
    };
    match target.place {
        Place::Headers => {}
        Place::Path | Place::Query | Place::Request => prober.requests(tried, problems),
        Place::Response => prober.responses(tried, problems),
    }
}

/// The examples that show what the target's table describes.
fn examples<'a>(target: &Target<'a>) -> Vec<&'a Example> {
    let direction = match target.place {
        Place::Response => Direction::Response,
        _ => Direction::Request,
    };
    let section = target.section;
    let has_body = |route| section.tables_of(Place::Request, route).next().is_some();
    let is_of_body = target.place == Place::Query && has_body(target.route);
    if target.place == Place::Path || is_of_body {
        // The examples of a request are of its body, if it has one, and never of its path.
        return Vec::new();
    }
    let is_for_route = |example: &&Example| match &example.name {
        Some(name) if section.has_route(name) => name == target.route,
        _ => true,
    };
    // An example that could be of several shapes is of those that it fits.
    let is_of_table = |example: &&Example| match &tables_for(section, example)[..] {
        [rows] => rows
            .iter()
            .zip(&target.rows)
            .all(|(one, other)| one.index == other.index),
        _ => fits(target.vendor.contract, &target.rows, example),
    };
    let examples = section.examples.iter();
    let examples = examples.filter(|example| example.direction == direction);
    examples.filter(is_for_route).filter(is_of_table).collect()
}

struct Prober<'a> {
    target: &'a Target<'a>,
    examples: Vec<&'a Example>,
}

/// A value that has a field, and where.
type Base = (Value, Vec<At>);

impl Prober<'_> {
    fn requests(&self, tried: &mut Tried, problems: &mut Vec<Problem>) {
        for example in &self.examples {
            problems.extend(self.request_example(example));
        }
        let mut out_of_reach = Vec::new();
        for field in self.untried(tried) {
            match self.base(field) {
                Ok(base) => {
                    if !field.path.ends_with("[]") {
                        problems.extend(self.requirement(field, &base));
                    }
                    problems.extend(self.constraints(field, &base));
                }
                Err(why) => out_of_reach.push((field, why)),
            }
        }
        problems.extend(self.out_of_reach(&out_of_reach));
    }

    /// The fields to be tried. A type inside itself can be shown, but not made up.
    fn untried(&self, tried: &mut Tried) -> Vec<&DocField<'_>> {
        let documented = &self.target.documented;
        let types: Vec<_> = self
            .target
            .parts
            .iter()
            .map(|part| part.type_name)
            .collect();
        let mut fields: Vec<_> = documented.fields.iter().collect();
        fields.retain(|field| {
            let path = field.path.clone();
            let is_new = tried.insert((types.clone(), path, field.page.to_owned(), field.row.line));
            is_new && (!documented.cuts.contains(&field.path) || self.is_shown(field))
        });
        fields
    }

    fn is_shown(&self, field: &DocField<'_>) -> bool {
        let mut values = self.examples.iter().map(|example| &example.value);
        values.any(|value| !ways_to(value, field).is_empty())
    }

    /// One problem for all the fields that could not be tried: as a rule they have one cause.
    fn out_of_reach(&self, fields: &[(&DocField<'_>, Refusal)]) -> Option<Problem> {
        let ((field, why), others) = fields.split_first()?;
        let mut message =
            format!("no example has it, and the client refuses one made up from the table: {why}");
        if !others.is_empty() {
            message.push_str(&format!(" (and {} fields more)", others.len()));
        }
        Some(self.target.at_field(field, message))
    }

    fn request_example(&self, example: &Example) -> Option<Problem> {
        let problem = |message: String| self.target.problem(example.line, message);
        let reading = match self.target.read(&example.value) {
            Ok(reading) => reading,
            Err(error) => {
                return Some(problem(format!(
                    "the client cannot write the example: {error}"
                )));
            }
        };
        if let Some(path) = reading.violations.first() {
            return Some(problem("the client refuses the example".to_owned()).field(path));
        }
        let differs = differences(&example.value, &reading.written, false);
        let passed_over = &self.target.documented.passed_over;
        let path = differs
            .iter()
            .filter(|path| !passed_over.contains(*path))
            .find(|path| !self.is_same_instant(path, &example.value, &reading.written))?;
        Some(problem("the client writes it otherwise than the example".to_owned()).field(path))
    }

    /// Whether all that stands at `path` are the same instants, spelled differently.
    fn is_same_instant(&self, path: &str, left: &Value, right: &Value) -> bool {
        let is_instant = |shape: &Shape| matches!(shape, Shape::String { format: Some(format) } if format == "ISO 8601");
        let mut fields = self
            .target
            .documented
            .fields
            .iter()
            .filter(|field| field.path == path);
        let instants = |value: &Value| -> Option<Vec<OffsetDateTime>> {
            let texts = ways(value, path)
                .into_iter()
                .map(|way| get(value, &way)?.as_str());
            texts
                .map(|text| OffsetDateTime::parse(text?, &Iso8601::DEFAULT).ok())
                .collect()
        };
        fields.any(|field| field.shapes.iter().any(|shape| is_instant(shape)))
            && instants(left).is_some_and(|left| Some(left) == instants(right))
    }

    /// A value that has the field and that the client takes.
    fn base(&self, field: &DocField<'_>) -> Result<Base, Refusal> {
        let values = || self.examples.iter().map(|example| &example.value);
        let shown = values().flat_map(|value| {
            let ways = ways_to(value, field).into_iter();
            ways.map(|way| (value.clone(), way))
        });
        let inserted = values().filter_map(|value| self.inserted(value, field));
        let made_up = std::iter::once_with(|| {
            let value = minimal(&self.target.documented, Some(field));
            (value, first_way(&field.path))
        });
        let mut why = Refusal::Dropped;
        for (value, way) in shown.chain(inserted).chain(made_up) {
            match self.bears(&value, &way) {
                Ok(()) => return Ok((value, way)),
                Err(refusal) => why = refusal,
            }
        }
        Err(why)
    }

    /// The field put where its object is.
    fn inserted(&self, value: &Value, field: &DocField<'_>) -> Option<Base> {
        let name = name_of(&field.path);
        if name.is_empty() {
            return None;
        }
        let parents = match parent_of(&field.path) {
            "" => vec![Vec::new()],
            parent => ways(value, parent),
        };
        let bases = parents.into_iter().map(|mut way| {
            way.push(At::Field(name.to_owned()));
            (with(value, &way, sample(field)), way)
        });
        // Only an object of the right variant may have it.
        bases
            .into_iter()
            .find(|(value, way)| ways_to(value, field).contains(way))
    }

    /// Whether the client takes the value, and what stands at `way` is not lost on the way.
    fn bears(&self, value: &Value, way: &[At]) -> Result<(), Refusal> {
        let written_back = self.taken(value, way)?;
        match get(&written_back, way) {
            Some(_) => Ok(()),
            None => Err(Refusal::Dropped),
        }
    }

    /// Whether the client takes a value without complaint about what stands at `way`.
    fn accepts(&self, value: &Value, way: &[At]) -> Result<(), Refusal> {
        self.taken(value, way).map(|_| ())
    }

    /// What the client writes for a value that it takes.
    fn taken(&self, value: &Value, way: &[At]) -> Result<Value, Refusal> {
        let reading = self.target.read(value)?;
        let path = written(way);
        if reading.violations.contains(&path) {
            return Err(Refusal::Violation(path));
        }
        Ok(reading.written)
    }

    fn requirement(&self, field: &DocField<'_>, (base, way): &Base) -> Option<Problem> {
        let path = written(way);
        if field.required {
            let taken = self.accepts(&without(base, way), way).is_ok();
            return taken.then(|| {
                self.target
                    .at_field(field, "documented as required, the client does without")
            });
        }
        let parent = &way[..way.len() - 1];
        let lacking = self
            .examples
            .iter()
            .map(|example| &example.value)
            .filter(|value| get(value, parent).is_some() && get(value, way).is_none());
        let bare = self
            .target
            .documented
            .fields
            .iter()
            .find(|other| other.path == parent_of(&field.path));
        let candidates = lacking
            .cloned()
            .chain([without(base, way), minimal(&self.target.documented, bare)]);
        let mut why = Refusal::Dropped;
        for candidate in candidates {
            match self.target.read(&candidate) {
                Ok(reading) if !reading.violations.contains(&path) => return None,
                Ok(_) => why = Refusal::Violation(path.clone()),
                Err(refusal) => why = refusal,
            }
        }
        Some(self.target.at_field(
            field,
            format!("documented as optional, the client demands it: {why}"),
        ))
    }

    fn constraints(&self, field: &DocField<'_>, base: &Base) -> Vec<Problem> {
        let constraints = &field.row.field.constraints;
        let mut trials = Trials {
            prober: self,
            field,
            base,
            problems: Vec::new(),
        };
        if field.is_array() {
            if let Some(bounds) = &constraints.elements {
                trials.elements(bounds);
            }
            return trials.problems;
        }
        let listed = !constraints.one_of.is_empty() || !constraints.known.is_empty();
        for value in constraints.one_of.iter().chain(&constraints.known) {
            trials.takes(value, field.listed_value(value));
        }
        if !constraints.one_of.is_empty() {
            trials.refuses("a value that is not listed", field.unlisted_value());
        }
        if !constraints.known.is_empty() {
            trials.keeps("a value that is not listed", field.unlisted_value());
        }
        for shape in field.shapes.iter().take(1).filter(|_| !listed) {
            match shape {
                Shape::String { format: None } => {
                    trials.characters(constraints.characters.as_ref())
                }
                Shape::Integer { format } => {
                    trials.integers(constraints.range.as_ref(), format.is_none());
                }
                Shape::Number { .. } => trials.floats(constraints.range.as_ref()),
                _ => {}
            }
        }
        trials.problems
    }

    fn responses(&self, tried: &mut Tried, problems: &mut Vec<Problem>) {
        for example in &self.examples {
            if let Err((path, message)) = self.reads_whole(&example.value) {
                problems.push(self.target.problem(example.line, message).field(&path));
            }
        }
        let mut out_of_reach = Vec::new();
        for field in self.untried(tried) {
            match self.base(field) {
                Ok((value, way)) => {
                    if let Err((path, message)) = self.reads_whole(&value)
                        && path == field.path
                    {
                        problems.push(self.target.at_field(field, message));
                    }
                    problems.extend(self.response_field(field, &value, &way));
                }
                Err(why) => out_of_reach.push((field, why)),
            }
        }
        problems.extend(self.out_of_reach(&out_of_reach));
    }

    /// Whether everything in `value` is read: what is read and written again is the same.
    fn reads_whole(&self, value: &Value) -> Result<(), (String, String)> {
        let reading = self.target.read(value).map_err(|error| {
            (
                String::new(),
                format!("the client cannot read the example: {error}"),
            )
        })?;
        let differs = differences(&self.canonical(value), &reading.written, true);
        let passed_over = &self.target.documented.passed_over;
        let expected = |path: &String| passed_over.contains(path) || self.may_be_respelled(path);
        match differs.into_iter().find(|path| !expected(path)) {
            Some(path) => Err((
                path,
                "what the client reads is not what the response has".to_owned(),
            )),
            None => Ok(()),
        }
    }

    /// Whether a value may come back in another form: it has a format, or several types.
    fn may_be_respelled(&self, path: &str) -> bool {
        let is_open = |field: &&DocField<'_>| {
            let has_format = field.shapes.iter().any(|shape| {
                matches!(
                    shape,
                    Shape::String { format: Some(_) } | Shape::Integer { format: Some(_) }
                )
            });
            has_format || field.shapes.len() > 1
        };
        let mut fields = self.target.documented.fields.iter().filter(is_open);
        fields.any(|field| {
            path.strip_prefix(&field.path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        })
    }

    /// `value` with the main spelling of every name.
    fn canonical(&self, value: &Value) -> Value {
        let mut value = value.clone();
        for field in &self.target.documented.fields {
            for alias in &field.row.field.also_spelled {
                let path = join(parent_of(&field.path), alias);
                for way in ways(&value, &path) {
                    value = renamed(&value, &way, name_of(&field.path));
                }
            }
        }
        value
    }

    fn response_field(&self, field: &DocField<'_>, base: &Value, way: &[At]) -> Vec<Problem> {
        let mut messages: Vec<String> = Vec::new();
        let reads = |value: &Value| self.target.read(value).is_ok();
        if !field.path.ends_with("[]") {
            match (field.required, reads(&without(base, way))) {
                (true, true) if !field.nullable => {
                    messages.push("documented as required, the client does without".to_owned());
                }
                (false, false) => {
                    messages.push("documented as optional, the client demands it".to_owned());
                }
                _ => {}
            }
            if !field.is_element {
                messages.extend(self.spellings(field, base, way));
            }
        }
        if field.nullable && !reads(&with(base, way, Value::Null)) {
            messages.push("documented as null too, which the client does not read".to_owned());
        }
        if !field.row.field.constraints.known.is_empty() && !field.is_array() {
            let strange = with(base, way, field.unlisted_value());
            let kept = self
                .target
                .read(&strange)
                .is_ok_and(|reading| get(&reading.written, way) == get(&strange, way));
            if !kept {
                messages.push("a value that is not listed is not kept".to_owned());
            }
        }
        if matches!(get(base, way), Some(Value::Object(_))) {
            let mut unknown = way.to_vec();
            unknown.push(At::Field("aFieldOfTomorrow".to_owned()));
            if !reads(&with(base, &unknown, Value::from(1))) {
                messages.push("an unknown field in it is not survived".to_owned());
            }
        }
        messages
            .into_iter()
            .map(|message| self.target.at_field(field, message))
            .collect()
    }

    /// Every further name must be read as the main one is, and no other name may be.
    fn spellings(&self, field: &DocField<'_>, base: &Value, way: &[At]) -> Vec<String> {
        let written = |value: &Value| self.target.read(value).map(|reading| reading.written);
        let main = written(base);
        let reads = |name: &String| written(&renamed(base, way, name)) == main;
        let documented = &field.row.field.also_spelled;
        let unread = documented.iter().filter(|name| !reads(name));
        let unread =
            unread.map(|name| format!("also spelled `{name}`, which the client does not read"));
        if main.is_err() || written(&without(base, way)) == main {
            return unread.collect();
        }
        let is_other = |name: &&String| {
            let path = join(parent_of(&field.path), name);
            let mut fields = self.target.documented.fields.iter();
            !documented.contains(name) && !fields.any(|field| field.path == path)
        };
        let others = self.target.vendor.spellings.iter().filter(is_other);
        let others = others.filter(|name| reads(name));
        let others = others.map(|name| format!("the client reads `{name}` as well"));
        unread.chain(others).collect()
    }
}

impl DocField<'_> {
    /// A listed value, as its type has it.
    fn listed_value(&self, text: &str) -> Value {
        let number = text.parse::<Number>().map(Value::Number);
        match self.shapes.first() {
            Some(Shape::Integer { .. } | Shape::Number { .. }) => {
                number.unwrap_or(Value::from(text))
            }
            _ => Value::from(text),
        }
    }

    fn unlisted_value(&self) -> Value {
        match self.shapes.first() {
            Some(Shape::Integer { .. } | Shape::Number { .. }) => Value::from(987_654),
            _ => Value::from("VALUE_OF_TOMORROW"),
        }
    }
}

/// A step that is small beside `bound`, and survives being written and read.
fn just(bound: f64) -> f64 {
    bound.abs().max(1.0) * 1e-9
}

/// Tries values for one field of a request.
struct Trials<'a> {
    prober: &'a Prober<'a>,
    field: &'a DocField<'a>,
    base: &'a Base,
    problems: Vec<Problem>,
}

impl Trials<'_> {
    fn try_with(&self, value: Value) -> Result<(), Refusal> {
        let (base, way) = self.base;
        self.prober.accepts(&with(base, way, value), way)
    }

    fn report(&mut self, message: String) {
        self.problems
            .push(self.prober.target.at_field(self.field, message));
    }

    /// The client must take the value.
    fn takes(&mut self, what: &str, value: Value) {
        if let Err(why) = self.try_with(value) {
            self.report(format!(
                "the client refuses {what}, which the table allows: {why}"
            ));
        }
    }

    /// The client must refuse the value, at this very field.
    fn refuses(&mut self, what: &str, value: Value) {
        if self.try_with(value).is_ok() {
            self.report(format!("the client takes {what}, which the table refuses"));
        }
    }

    /// The client must take the value and write it.
    fn keeps(&mut self, what: &str, value: Value) {
        let (base, way) = self.base;
        let changed = with(base, way, value);
        let kept = self.prober.target.read(&changed).is_ok_and(|reading| {
            !reading.violations.contains(&written(way))
                && get(&reading.written, way) == get(&changed, way)
        });
        if !kept {
            self.report(format!("the client does not keep {what}"));
        }
    }

    /// The client must not have a bound of its own.
    fn has_no_bound(&mut self, what: &str, value: Value) {
        if let Err(why) = self.try_with(value) {
            self.report(format!(
                "the client refuses {what}, though no bound is documented: {why}"
            ));
        }
    }

    fn characters(&mut self, bounds: Option<&Bounds<u64>>) {
        // Two bytes each, so that whoever counts bytes is caught.
        let text = |count: u64| Value::from("é".repeat(usize::try_from(count).unwrap_or(0)));
        match bounds.and_then(|bounds| bounds.min) {
            Some(least) => {
                self.takes(&format!("{least} characters"), text(least));
                if let Some(fewer) = least.checked_sub(1) {
                    self.refuses(&format!("{fewer} characters"), text(fewer));
                }
            }
            None => self.has_no_bound("an empty text", text(0)),
        }
        match bounds.and_then(|bounds| bounds.max) {
            Some(most) => {
                self.takes(&format!("{most} characters"), text(most));
                self.refuses(&format!("{} characters", most + 1), text(most + 1));
            }
            None => self.has_no_bound("10000 characters", text(10_000)),
        }
    }

    fn elements(&mut self, bounds: &Bounds<u64>) {
        let (base, way) = self.base;
        let first = get(base, way).and_then(|value| value.get(0)).cloned();
        let Some(first) = first else {
            self.report("no example has an element, so its bounds cannot be tried".to_owned());
            return;
        };
        let array = |count: u64| Value::Array((0..count).map(|_| first.clone()).collect());
        if let Some(least) = bounds.min {
            self.takes(&format!("{least} elements"), array(least));
            if let Some(fewer) = least.checked_sub(1) {
                self.refuses(&format!("{fewer} elements"), array(fewer));
            }
        }
        if let Some(most) = bounds.max {
            self.takes(&format!("{most} elements"), array(most));
            self.refuses(&format!("{} elements", most + 1), array(most + 1));
        }
    }

    /// With a unit, only documented bounds are tried: what is sensible depends on the unit.
    fn integers(&mut self, bounds: Option<&Bounds<Number>>, is_plain: bool) {
        let end = |end: fn(&Bounds<Number>) -> &Option<Number>| {
            bounds.and_then(|bounds| end(bounds).as_ref()?.as_i64())
        };
        match end(|bounds| &bounds.min) {
            Some(least) => {
                self.takes(&least.to_string(), Value::from(least));
                self.refuses(&(least - 1).to_string(), Value::from(least - 1));
            }
            // A type without a sign is no bound that matters.
            None if is_plain && self.try_with(Value::from(-1)).is_ok() => {
                self.has_no_bound("-1000000000", Value::from(-1_000_000_000));
            }
            None => {}
        }
        match end(|bounds| &bounds.max) {
            Some(most) => {
                self.takes(&most.to_string(), Value::from(most));
                self.refuses(&(most + 1).to_string(), Value::from(most + 1));
            }
            None if is_plain => self.has_no_bound("1000000000", Value::from(1_000_000_000)),
            None => {}
        }
    }

    fn floats(&mut self, bounds: Option<&Bounds<Number>>) {
        let end = |end: fn(&Bounds<Number>) -> &Option<Number>| {
            bounds.and_then(|bounds| end(bounds).as_ref()?.as_f64())
        };
        match end(|bounds| &bounds.min) {
            Some(least) => {
                self.takes(&least.to_string(), Value::from(least));
                self.refuses(
                    &format!("less than {least}"),
                    Value::from(least - just(least)),
                );
            }
            None => self.has_no_bound("-1e9", Value::from(-1e9)),
        }
        match end(|bounds| &bounds.max) {
            Some(most) => {
                self.takes(&most.to_string(), Value::from(most));
                self.refuses(&format!("more than {most}"), Value::from(most + just(most)));
            }
            None => self.has_no_bound("1e9", Value::from(1e9)),
        }
    }
}
