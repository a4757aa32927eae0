//! Tables of fields and of statuses.

use vendor_sandbox::contract::{Field, Kind, Status};

use super::Parser;
use super::outline::Part;
use crate::cells::{self, CellError};
use crate::markdown::{Inline, Inlines};
use crate::page::Row;

impl Parser<'_> {
    pub(super) fn field_table(&mut self, part: &Part<'_>) -> Vec<Row> {
        let columns = ["Field", "Type", "Required", "Constraints", "Meaning"];
        let Some(table) = self.table(part, &columns) else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        for row in &table.rows {
            let [field, kind, required, constraints, meaning] = &row.cells[..] else {
                continue;
            };
            if let Some(field) = self.field(row.line, field, kind, required, constraints, meaning) {
                rows.push(Row {
                    index: 0,
                    line: row.line,
                    field,
                    is_passed_over: false,
                });
            }
        }
        rows
    }

    fn field(
        &mut self,
        line: usize,
        path: &Inlines,
        kind: &Inlines,
        required: &Inlines,
        constraints: &Inlines,
        meaning: &Inlines,
    ) -> Option<Field> {
        let [Inline::Code(path)] = &path.0[..] else {
            self.report(line, "a field is written as one `path`");
            return None;
        };
        if !is_path(path) {
            self.report_field(line, path, "is no path");
            return None;
        }
        let kind = match self.kind(kind) {
            Ok(kind) => kind,
            Err(error) => {
                self.report_field(line, path, error.to_string());
                return None;
            }
        };
        let constraints = cells::constraints(&constraints.plain(), &kind);
        let mut field = Field::new(path.as_str(), kind);
        match constraints {
            Ok(constraints) => field.constraints = constraints,
            Err(error) => self.report_field(line, path, error.to_string()),
        }
        match required.plain().as_str() {
            "yes" => field.required = true,
            "no" => {}
            _ => self.report_field(line, path, "Required is neither yes nor no"),
        }
        field.meaning = meaning.marked();
        Some(field)
    }

    fn kind(&self, cell: &Inlines) -> Result<Kind, CellError> {
        cells::kind(cell, |target| {
            let key = match target.split_once('#') {
                Some(("", anchor)) => format!("{}#{anchor}", self.file),
                _ => target.to_owned(),
            };
            self.types.get(&key).cloned()
        })
    }

    pub(super) fn statuses(&mut self, part: &Part<'_>) -> Vec<Status> {
        self.no_parts(part);
        let Some(table) = self.table(part, &["Status", "Meaning"]) else {
            return Vec::new();
        };
        let mut statuses = Vec::new();
        for row in &table.rows {
            let [status, meaning] = &row.cells[..] else {
                continue;
            };
            match status.plain().parse() {
                Ok(status @ 100..=599) => statuses.push(Status::new(status, meaning.marked())),
                _ => self.report(row.line, "a status is a number from 100 to 599"),
            }
        }
        statuses
    }
}

/// Whether `path` is names joined by dots, each with any number of `[]` after it.
fn is_path(path: &str) -> bool {
    path.split('.').enumerate().all(|(index, step)| {
        let name = step.trim_end_matches("[]");
        let is_root_array = index == 0 && step.starts_with("[]");
        (is_root_array || !name.is_empty()) && !name.contains(['[', ']', ' '])
    })
}
