//! Code 128, set B: the letters, digits and signs of ASCII 32-126 as bars and spaces.
//!
//! Pure arithmetic after ISO/IEC 15417: start, symbols, check symbol (mod 103), stop. Words: a *module* is the width of the
//! thinnest bar; a symbol is three bars and three spaces, 11 modules; the *quiet zone* around a code is at least 10 modules.
//! Never draws anything by itself: [`svg`] writes the picture, the caller says where it stands.

/// Widths of the six elements (bar, space, bar, space, bar, space) of every symbol value, in modules.
const WIDTHS: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
];
const STOP: &str = "2331112";
const START_B: usize = 104;
/// Modules of white on both sides.
const QUIET: u32 = 10;

/// Why a text has no Code 128 B.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Outside ASCII 32-126.
    #[error("Code 128 B has no symbol for {0:?}")]
    NoSymbol(char),
    /// Nothing to encode.
    #[error("an empty text has no barcode")]
    Empty,
}

/// The element widths of a text, bar first, in modules, without quiet zones.
///
/// # Errors
/// [`CodeError`] for an empty text and for characters outside ASCII 32-126.
pub fn encode(text: &str) -> Result<Vec<u32>, CodeError> {
    if text.is_empty() {
        return Err(CodeError::Empty);
    }
    let mut symbols = vec![START_B];
    for letter in text.chars() {
        let value = usize::try_from(u32::from(letter)).unwrap_or(0);
        match value.checked_sub(32) {
            Some(value) if value <= 94 => symbols.push(value),
            _ => return Err(CodeError::NoSymbol(letter)),
        }
    }
    let sum: usize = symbols
        .iter()
        .enumerate()
        .map(|(place, value)| value * place.max(1))
        .sum();
    symbols.push(sum % 103);
    Ok(symbols
        .iter()
        .map(|value| WIDTHS[*value])
        .chain([STOP])
        .flat_map(str::bytes)
        .map(|digit| u32::from(digit - b'0'))
        .collect())
}

/// The picture: black bars in a `viewBox` of modules x `height`, quiet zones included, to be scaled by the page.
/// `label` is what a screen reader says.
///
/// # Errors
/// As [`encode`].
pub fn svg(text: &str, height: u32, label: &str) -> Result<maud::Markup, CodeError> {
    let widths = encode(text)?;
    let mut path = String::new();
    let mut x = QUIET;
    for (index, width) in widths.iter().enumerate() {
        if index % 2 == 0 {
            path.push_str(&format!("M{x} 0h{width}v{height}h-{width}z"));
        }
        x += width;
    }
    let view = format!("0 0 {} {height}", x + QUIET);
    Ok(maud::html! {
        svg.code xmlns="http://www.w3.org/2000/svg" viewBox=(view) preserveAspectRatio="none" shape-rendering="crispEdges" role="img" aria-label=(label) {
            path fill="#000" d=(path) {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_one_of_the_standard() {
        let mut seen = std::collections::BTreeSet::new();
        for widths in WIDTHS {
            let digits: Vec<u32> = widths.bytes().map(|b| u32::from(b - b'0')).collect();
            assert_eq!(digits.iter().sum::<u32>(), 11, "{widths}");
            let bars: u32 = digits.iter().step_by(2).sum();
            assert_eq!(bars % 2, 0, "even bar parity: {widths}");
            assert!(seen.insert(widths), "{widths} stands twice");
        }
    }

    /// Reads the bars back, as a scanner does.
    fn decode(widths: &[u32]) -> String {
        let text: String = widths.iter().map(u32::to_string).collect();
        let (body, stop) = text.split_at(text.len() - 7);
        assert_eq!(stop, STOP);
        let values: Vec<usize> = body
            .as_bytes()
            .chunks(6)
            .map(|six| {
                WIDTHS
                    .iter()
                    .position(|w| w.as_bytes() == six)
                    .expect("a symbol")
            })
            .collect();
        let (check, rest) = values.split_last().expect("a check symbol");
        let sum: usize = rest.iter().enumerate().map(|(i, v)| v * i.max(1)).sum();
        assert_eq!(sum % 103, *check);
        assert_eq!(rest[0], START_B);
        rest[1..]
            .iter()
            .map(|v| char::from(u8::try_from(v + 32).expect("ASCII")))
            .collect()
    }

    #[test]
    fn what_is_drawn_is_what_is_read() {
        for text in ["KLR-CASH", "KLR-QTY-9", "Wikipedia", " ~"] {
            assert_eq!(decode(&encode(text).expect("encodes")), text);
        }
    }

    #[test]
    fn a_known_code() {
        // The worked example of the Code 128 literature has check symbol 54 in set A; set B starts one higher.
        let widths = encode("PJJ123C").expect("encodes");
        let check: String = widths[48..54].iter().map(u32::to_string).collect();
        assert_eq!(check, WIDTHS[55]);
    }

    #[test]
    fn what_has_no_symbol_is_refused() {
        assert_eq!(encode(""), Err(CodeError::Empty));
        assert_eq!(encode("é"), Err(CodeError::NoSymbol('é')));
        assert_eq!(encode("\u{7f}"), Err(CodeError::NoSymbol('\u{7f}')));
        assert_eq!(encode("\t"), Err(CodeError::NoSymbol('\t')));
    }
}
