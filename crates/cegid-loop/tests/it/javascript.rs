//! A reader of filter expressions, written from the JavaScript specification and from nothing of
//! the builder: comparisons of a path with a literal, joined by `&&`.

/// One comparison of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comparison {
    pub(crate) path: String,
    pub(crate) operator: String,
    pub(crate) value: Value,
}

/// A literal, as JavaScript understands it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
}

/// Reads a whole expression; anything but comparisons joined by `&&` is an error.
pub(crate) fn parse(expression: &str) -> Result<Vec<Comparison>, String> {
    let mut reader = Reader {
        text: expression.chars().collect(),
        at: 0,
    };
    let mut comparisons = vec![reader.comparison()?];
    while reader.at < reader.text.len() {
        reader.expect("&&")?;
        comparisons.push(reader.comparison()?);
    }
    Ok(comparisons)
}

struct Reader {
    text: Vec<char>,
    at: usize,
}

impl Reader {
    fn comparison(&mut self) -> Result<Comparison, String> {
        Ok(Comparison {
            path: self.path()?,
            operator: self.operator()?,
            value: self.value()?,
        })
    }

    fn path(&mut self) -> Result<String, String> {
        let path = self.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
        if path.is_empty() {
            return Err(self.unexpected("a field"));
        }
        Ok(path)
    }

    fn operator(&mut self) -> Result<String, String> {
        let operator = self.take_while(|c| matches!(c, '=' | '!' | '<' | '>'));
        match operator.as_str() {
            "==" | "===" | "!=" | "<" | "<=" | ">" | ">=" => Ok(operator),
            _ => Err(self.unexpected("an operator")),
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.peek() {
            Some('"') => self.string().map(Value::Text),
            Some(c) if c == '-' || c.is_ascii_digit() => self.number(),
            _ => self.keyword(),
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let digits = self.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '.'));
        digits
            .parse()
            .map(Value::Number)
            .map_err(|_| self.unexpected("a number"))
    }

    fn keyword(&mut self) -> Result<Value, String> {
        match self.take_while(char::is_alphabetic).as_str() {
            "null" => Ok(Value::Null),
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err(self.unexpected("a literal")),
        }
    }

    /// A string literal. As in JavaScript before 2019, no line terminator may stand in it.
    fn string(&mut self) -> Result<String, String> {
        self.expect("\"")?;
        let mut units: Vec<u16> = Vec::new();
        loop {
            match self.next() {
                None | Some('\n' | '\r' | '\u{2028}' | '\u{2029}') => {
                    return Err(self.unexpected("the end of a string"));
                }
                Some('"') => break,
                Some('\\') => units.push(self.escape()?),
                Some(c) => units.extend(c.encode_utf16(&mut [0; 2]).iter()),
            }
        }
        String::from_utf16(&units).map_err(|_| "a lone surrogate".to_owned())
    }

    fn escape(&mut self) -> Result<u16, String> {
        match self.next() {
            Some('u') => {
                let digits: String = (0..4).filter_map(|_| self.next()).collect();
                u16::from_str_radix(&digits, 16).map_err(|_| self.unexpected("four hex digits"))
            }
            _ => Err(self.unexpected("an escape")),
        }
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        for c in expected.chars() {
            if self.next() != Some(c) {
                return Err(self.unexpected(expected));
            }
        }
        Ok(())
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = self.text[self.at..].iter().copied();
        let taken: String = rest.take_while(|c| belongs(*c)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += 1;
        c
    }

    fn unexpected(&self, wanted: &str) -> String {
        format!("{wanted} expected before character {}", self.at)
    }
}
