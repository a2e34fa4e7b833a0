//! JSON as we take it: one value, each field once, no NUL, no unpaired surrogate, exact
//! numbers, and nesting that ends.
//!
//! Our own visitor because `serde_json` keeps the last of two equal keys, rounds large
//! integers and takes NUL, each of which lets two readers of one body see two things.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How many levels of arrays and objects a body may have.
pub const MAX_DEPTH: usize = 32;

/// The largest integer that every JSON reader keeps exactly.
const EXACT: u64 = (1 << 53) - 1;

/// Why a body is refused before its fields are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON, from this line and column on.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// A key that its object has already.
    Duplicate,
    /// NUL or an unpaired surrogate.
    Character,
    /// A number that can't be kept exactly.
    Number,
}

/// Reads one JSON value.
///
/// # Errors
/// The first [`Fault`] of the text; none of them quotes it.
pub fn parse(bytes: &[u8]) -> Result<Value, Fault> {
    let fault = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let seed = Strict {
        depth: 0,
        fault: &fault,
    };
    let value = seed
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| fault.take().unwrap_or_else(|| from_reader(&error)))
}

fn from_reader(error: &serde_json::Error) -> Fault {
    // The reader tells these two apart only by its message, which quotes nothing.
    let message = error.to_string();
    if message.contains("surrogate") || message.contains("hex escape") {
        Fault::Character
    } else if message.contains("number out of range") {
        Fault::Number
    } else {
        Fault::Syntax {
            line: error.line(),
            column: error.column(),
        }
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    fault: &'a Cell<Option<Fault>>,
}

impl Strict<'_> {
    fn refuse<E: Error>(&self, fault: Fault) -> E {
        self.fault.set(Some(fault));
        E::custom("refused")
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(Fault::TooDeep));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn text<E: Error>(&self, text: &str) -> Result<String, E> {
        if text.contains('\0') {
            return Err(self.refuse(Fault::Character));
        }
        Ok(text.to_owned())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        if value > EXACT {
            return Err(self.refuse(Fault::Number));
        }
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > EXACT {
            return Err(self.refuse(Fault::Number));
        }
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).filter(|_| value.abs() <= EXACT as f64);
        number
            .map(Value::Number)
            .ok_or_else(|| self.refuse(Fault::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.text(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let key = self.text(&key)?;
            if map.contains_key(&key) {
                return Err(self.refuse(Fault::Duplicate));
            }
            let value = entries.next_value_seed(inner)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn what_is_sound_is_read_as_it_is() {
        let text = r#"{"a":[1,-2,2.5,null,true],"नाम":"ਗੁਰਪ੍ਰੀਤ \ud83d\ude00"}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn each_trick_has_its_own_fault() {
        let deep = "[".repeat(10_000);
        let deep_objects = r#"{"a":"#.repeat(10_000);
        let cases: &[(&[u8], Fault)] = &[
            (br#"{"a":1,"a":2}"#, Fault::Duplicate),
            (br#"{"a":1,"\u0061":2}"#, Fault::Duplicate),
            (br#"{"x":{"a":1,"a":1}}"#, Fault::Duplicate),
            (br#"["a\u0000b"]"#, Fault::Character),
            (br#"{"a\u0000":1}"#, Fault::Character),
            (br#"["\ud800"]"#, Fault::Character),
            (br#"["\udc00"]"#, Fault::Character),
            (br#"["\ud800\u0041"]"#, Fault::Character),
            (b"9007199254740993", Fault::Number),
            (b"-9007199254740993", Fault::Number),
            (b"1e400", Fault::Number),
            (b"123456789012345678901234567890", Fault::Number),
            (deep.as_bytes(), Fault::TooDeep),
            (deep_objects.as_bytes(), Fault::TooDeep),
            (b"{\n\"a\":}", Fault::Syntax { line: 2, column: 5 }),
            (b"", Fault::Syntax { line: 1, column: 0 }),
            (b"{} {}", Fault::Syntax { line: 1, column: 4 }),
            (b"[1,]", Fault::Syntax { line: 1, column: 4 }),
            (b"[NaN]", Fault::Syntax { line: 1, column: 2 }),
        ];
        for (text, fault) in cases {
            let shown = String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned();
            assert_eq!(parse(text).as_ref(), Err(fault), "{shown}");
        }
        assert!(matches!(parse(b"[\"\xff\"]"), Err(Fault::Syntax { .. })));
        assert!(matches!(parse(b"[\"\x00\"]"), Err(Fault::Syntax { .. })));
    }

    #[test]
    fn nesting_up_to_the_limit_is_taken() {
        let text = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(parse(text.as_bytes()).is_ok());
        let text = format!("[{text}]");
        assert_eq!(parse(text.as_bytes()), Err(Fault::TooDeep));
    }
}
