//! Names and values of query strings and forms (`application/x-www-form-urlencoded`). Bounded; a value that is no
//! UTF-8 is read as if it were not there.

/// More pairs than this nobody sends who means well.
const MOST: usize = 64;

/// Names and values in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).take(MOST);
        Self(
            pairs
                .filter_map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    Some((decode(name)?, decode(value)?))
                })
                .collect(),
        )
    }

    /// The first value of a name; an empty one counts as none.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// Adds `name=value` to a query string.
pub(crate) fn push(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.push_str(&encode(value));
}

/// A path with these values.
pub(crate) fn link(path: &str, values: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (name, value) in values {
        push(&mut query, name, value);
    }
    join(path, &query)
}

/// A path with a query string, which may be empty.
pub(crate) fn join(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || rest.next().and_then(|b| char::from(*b).to_digit(16));
                let value = digit()? * 16 + digit()?;
                bytes.push(u8::try_from(value).ok()?);
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read_back() {
        for text in ["", "a b", "é&=+%", "2026-11-21", "x/../y?z#q", "\u{0}\n"] {
            let mut query = String::new();
            push(&mut query, "a", "1");
            push(&mut query, "v", text);
            let read = Params::parse(&query);
            assert_eq!(read.get("v"), Some(text).filter(|text| !text.is_empty()));
            assert_eq!(read.get("a"), Some("1"));
        }
    }

    #[test]
    fn what_is_no_text_is_not_there() {
        let read = Params::parse("a=%ff&b=%4&c=%zz&d=+x+&=&e");
        assert_eq!(read.get("a"), None);
        assert_eq!(read.get("b"), None);
        assert_eq!(read.get("c"), None);
        assert_eq!(read.get("d"), Some(" x "));
        assert_eq!(read.get("e"), None);
    }
}
