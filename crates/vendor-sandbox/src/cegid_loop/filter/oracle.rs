//! The filter language against a real JavaScript engine.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use super::Filter;

/// How many expressions are made.
const CASES: usize = 6_000;

/// Evaluates each case of standard input, a JSON list, and writes the outcomes as another. A field
/// that a row does not have is undefined, and so is a member of nothing.
const ENGINE: &str = "
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const outcomes = cases.map(({ script, row }) => {
  const scope = new Proxy(row, { has: (_, name) => typeof name === 'string' && name !== 'scope' });
  try { return Boolean(new Function('scope', `with (scope) { return (${script}\\n) }`)(scope)); }
  catch (error) { return String(error); }
});
console.log(JSON.stringify(outcomes));
";

#[test]
fn filters_mean_what_a_javascript_engine_makes_of_them() {
    let mut maker = Maker(fastrand::Rng::with_seed(12));
    let cases: Vec<Case> = (0..CASES).map(|_| maker.case()).collect();
    let Some(outcomes) = evaluate(&cases) else {
        // The only line of a test that could not run.
        let _ = writeln!(std::io::stderr(), "skipped: node is not installed");
        return;
    };
    let mut read = 0;
    let mut wrong = Vec::new();
    for (case, outcome) in cases.iter().zip(&outcomes) {
        let Ok(filter) = Filter::read(&case.filter) else {
            // What is damaged may be refused; what is whole may not.
            assert!(case.is_damaged, "refused: {}", case.filter);
            continue;
        };
        if case.is_damaged
            && outcome
                .as_str()
                .is_some_and(|it| it.starts_with("TypeError"))
        {
            // A member of nothing.
            continue;
        }
        read += 1;
        let accepted = filter.accepts(&case.row);
        if *outcome != accepted {
            wrong.push(format!(
                "{} of {}: {accepted}, not {outcome}",
                case.filter, case.row
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {read}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(read > CASES * 3 / 4, "{read}");
}

fn evaluate(cases: &[Case]) -> Option<Vec<Value>> {
    let mut engine = Command::new("node")
        .args(["-e", ENGINE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let cases: Vec<Value> = cases
        .iter()
        .map(|case| json!({ "script": case.script, "row": case.row }))
        .collect();
    let mut input = engine.stdin.take().unwrap();
    input
        .write_all(Value::from(cases).to_string().as_bytes())
        .unwrap();
    drop(input);
    let output = engine.wait_with_output().unwrap();
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

struct Case {
    filter: String,
    /// The filter, with a path that may lead through nothing.
    script: String,
    row: Value,
    /// Whether a character was added, removed or replaced.
    is_damaged: bool,
}

struct Maker(fastrand::Rng);

const TEXTS: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "2",
    "10",
    "9",
    "-1",
    "+1",
    "01",
    "1.0",
    "1.",
    ".5",
    ".",
    "1e3",
    "1E+2",
    "1e",
    "1_0",
    "0x1f",
    "0X1F",
    "-0x1",
    "0b11",
    "0o17",
    "0x",
    "0xg",
    "Infinity",
    "-Infinity",
    "infinity",
    "inf",
    "NaN",
    "nan",
    "null",
    "true",
    " 2 ",
    "\t2\n",
    "\u{feff}2\u{a0}",
    "\u{85}2",
    "\u{3000}2",
    "2\u{180e}",
    "é",
    "e\u{301}",
    "Z",
    "a",
    "A",
    "aa",
    "\u{ff5e}",
    "\u{1f600}",
    "\u{e000}",
    "\u{d7ff}",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "CLIENT001",
    "[object Object]",
    "a,b",
    "1,2",
    "9007199254740993",
    "0x20000000000001",
    "0x3fffffffffffff800001",
    "1e21",
    "1e-7",
    "0.000001",
    "l'été",
    "say \"x\"",
    "x // c",
    "a && b",
    "\\",
    "\u{2028}",
    "\0",
];

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "9",
    "10",
    "0.5",
    "1.0",
    "2.50",
    "1e3",
    "1E2",
    "1e-7",
    "31",
    "9007199254740993",
    "1e21",
    "123456789012345680000",
    "3",
    "15",
    "100",
];

const FIELDS: &[&str] = &[
    "a",
    "b",
    "c",
    "missing",
    "été",
    "$d",
    "o.x",
    "o.y",
    "n.x",
    "missing.x",
];

impl Maker {
    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.0.usize(..all.len())]
    }

    fn case(&mut self) -> Case {
        let (mut filter, mut script) = (String::new(), String::new());
        for index in 0..self.0.usize(1..=3) {
            let path = self.pick(FIELDS);
            let operator = self.pick(&["==", "===", "!=", "<", "<=", ">", ">="]);
            let rest = [
                self.space(),
                operator,
                self.space(),
                &self.literal(),
                self.space(),
            ]
            .concat();
            let joint = if index > 0 { "&&" } else { "" };
            let lead = [joint, self.space()].concat();
            filter += &format!("{lead}{path}{rest}");
            script += &format!("{lead}{}{rest}", path.replace('.', "?."));
        }
        let is_damaged = self.0.u8(..8) == 0;
        if is_damaged {
            filter = self.damaged(&filter);
            script.clone_from(&filter);
        }
        Case {
            filter,
            script,
            row: self.row(),
            is_damaged,
        }
    }

    fn space(&mut self) -> &'static str {
        self.pick(&["", "", "", " ", "  ", "\t", "\n", "\u{a0}", "\u{feff}"])
    }

    fn literal(&mut self) -> String {
        match self.0.u8(..10) {
            0 => self.pick(&["true", "false"]).to_owned(),
            1 => "null".to_owned(),
            2..5 => self.pick(NUMBERS).to_owned(),
            _ => self.string(),
        }
    }

    /// A text as a string of JavaScript, with some of its characters escaped.
    fn string(&mut self) -> String {
        let quote = self.pick(&['"', '\'']);
        let mut written = String::from(quote);
        for c in self.pick(TEXTS).chars() {
            match c {
                '\0' => written += "\\x00",
                '\t' => written += "\\t",
                '\n' => written += "\\n",
                c if c == quote || c == '\\' => written.extend(['\\', c]),
                c if self.0.u8(..6) == 0 => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        written += &format!("\\u{unit:04x}");
                    }
                }
                c => written.push(c),
            }
        }
        written.push(quote);
        written
    }

    fn damaged(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let at = self.0.usize(..characters.len());
        let odd = self.pick(&[
            '=', '!', '<', '&', '|', '"', '\'', '\\', '/', '*', '-', '.', '0', 'e', 'n', '(', ' ',
            '\n', '\u{85}', '\u{feff}', ',', ';', '`', '#',
        ]);
        match self.0.u8(..3) {
            0 => characters[at] = odd,
            1 => characters.insert(at, odd),
            _ => {
                characters.remove(at);
            }
        }
        characters.into_iter().collect()
    }

    fn row(&mut self) -> Value {
        let mut row = Map::new();
        for name in ["a", "b", "c", "été", "$d"] {
            row.insert(name.to_owned(), self.value(2));
        }
        row.insert("o".to_owned(), json!({ "x": self.value(1) }));
        row.insert("n".to_owned(), Value::Null);
        Value::Object(row)
    }

    fn value(&mut self, depth: u8) -> Value {
        match self.0.u8(..20) {
            0..2 => Value::Null,
            2..4 => Value::Bool(self.0.bool()),
            4..10 => serde_json::from_str(self.pick(NUMBERS)).unwrap(),
            10 if depth > 0 => {
                let length = self.0.usize(..3);
                (0..length).map(|_| self.value(depth - 1)).collect()
            }
            11 if depth > 0 => json!({ "x": self.value(depth - 1) }),
            _ => Value::from(self.pick(TEXTS)),
        }
    }
}
