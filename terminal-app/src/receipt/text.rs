//! Text from outside in the characters that a printer has (CP858), so that no name can carry a command to it. A letter that
//! the code page lacks is printed by its plain form - a Turkish or Polish name stays a name - and only what has none by `?`.

use devices::codepage;

/// Letters of the code page by the accent that is written behind the plain letter (Unicode's decomposed form), in pairs of
/// plain letter and letter with its accent. From <https://www.unicode.org/charts/PDF/U0300.pdf>.
const ACCENTS: [(char, &str); 7] = [
    ('\u{300}', "aàeèiìoòuùAÀEÈIÌOÒUÙ"),
    ('\u{301}', "aáeéiíoóuúyýAÁEÉIÍOÓUÚYÝ"),
    ('\u{302}', "aâeêiîoôuûAÂEÊIÎOÔUÛ"),
    ('\u{303}', "aãnñoõAÃNÑOÕ"),
    ('\u{308}', "aäeëiïoöuüyÿAÄEËIÏOÖUÜ"),
    ('\u{30A}', "aåAÅ"),
    ('\u{327}', "cçCÇ"),
];

/// Letters that the code page lacks, in pairs with their plain form.
const PLAIN: &str = "āaăaąaćcĉcċcčcďdđdēeĕeėeęeěeĝgğgġgģgĥhħhĩiīiĭiįiıiĵjķkĺlļlľlłlńnņnňnŋnōoŏoőoŕrŗrřr\
                     śsŝsşsšsșsţtťtŧtțtũuūuŭuůuűuųuŵwŷyźzżzžz\
                     ĀAĂAĄAĆCĈCĊCČCĎDĐDĒEĔEĖEĘEĚEĜGĞGĠGĢGĤHĦHĨIĪIĬIĮIİIĴJĶKĹLĻLĽLŁLŃNŅNŇNŊNŌOŎOŐOŔRŖRŘR\
                     ŚSŜSŞSŠSȘSŢTŤTŦTȚTŨUŪUŬUŮUŰUŲUŴWŶYŸYŹZŻZŽZẞS";

/// Text made of characters that the printer has: accents joined to their letter, letters of other alphabets of Latin by
/// their plain form, typographic signs too, white space and line ends by a space, everything else (control characters
/// first of all) by `?`.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{2032}' => cleaned.push('\''),
            '\u{201C}' | '\u{201D}' | '\u{201E}' => cleaned.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => cleaned.push('-'),
            '\u{2022}' => cleaned.push('*'),
            '\u{2026}' => cleaned.push_str("..."),
            '\u{2122}' => cleaned.push_str("TM"),
            'ĳ' => cleaned.push_str("ij"),
            'Ĳ' => cleaned.push_str("IJ"),
            'œ' => cleaned.push_str("oe"),
            'Œ' => cleaned.push_str("OE"),
            '\u{AD}' | '\u{200B}' | '\u{FEFF}' => {}
            '\t' | '\n' | '\r' | '\u{A0}' | '\u{2009}' | '\u{202F}' => cleaned.push(' '),
            '\u{300}'..='\u{36F}' => accent(&mut cleaned, character),
            known if codepage::encode(known).is_some() => cleaned.push(known),
            other => {
                cleaned.push(second_of(PLAIN, other).unwrap_or(char::from(codepage::REPLACEMENT)))
            }
        }
    }
    cleaned
}

/// Joins an accent to the letter before it; one that the code page has no letter for is left out.
fn accent(cleaned: &mut String, accent: char) {
    let joined = ACCENTS
        .iter()
        .find(|(known, _)| *known == accent)
        .zip(cleaned.chars().last())
        .and_then(|((_, letters), letter)| second_of(letters, letter));
    if let Some(joined) = joined {
        cleaned.pop();
        cleaned.push(joined);
    }
}

/// What stands behind `first` in a list of pairs.
fn second_of(pairs: &str, first: char) -> Option<char> {
    let mut letters = pairs.chars();
    while let (Some(left), Some(right)) = (letters.next(), letters.next()) {
        if left == first {
            return Some(right);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_reaches_the_printer_as_a_command() {
        assert_eq!(
            clean("Café\u{1B}p\u{0} \u{10}\u{4} 日本 ‘x’…\n"),
            "Café?p? ?? ?? 'x'... "
        );
    }

    #[test]
    fn names_of_other_alphabets_stay_names() {
        assert_eq!(clean("Škoda ıŞıl Łódź Őze"), "Skoda iSil Lódz Oze");
        assert_eq!(clean("ĳs, Ĳssel, Œuvre • 5"), "ijs, IJssel, OEuvre * 5");
        assert_eq!(clean("crème € ß × ½"), "crème € ß × ½", "as it is");
    }

    #[test]
    fn an_accent_behind_its_letter_is_joined_to_it() {
        assert_eq!(clean("Cafe\u{301} cre\u{300}me"), "Café crème");
        assert_eq!(clean("\u{301}s\u{30C}x\u{327}"), "sx", "no letter for it");
    }

    #[test]
    fn the_lists_are_pairs_of_what_is_lacking_and_what_is_there() {
        assert!(!PLAIN.contains(char::is_whitespace));
        let pairs = |list: &str| -> Vec<(char, char)> {
            let letters: Vec<char> = list.chars().collect();
            assert_eq!(letters.len() % 2, 0, "{list}");
            letters.chunks(2).map(|pair| (pair[0], pair[1])).collect()
        };
        for (lacking, plain) in pairs(PLAIN) {
            assert_eq!(codepage::encode(lacking), None, "{lacking}");
            assert!(plain.is_ascii_alphabetic(), "{plain}");
        }
        for (plain, accented) in ACCENTS.iter().flat_map(|(_, list)| pairs(list)) {
            assert!(plain.is_ascii_alphabetic(), "{plain}");
            assert!(codepage::encode(accented).is_some(), "{accented}");
        }
    }
}
