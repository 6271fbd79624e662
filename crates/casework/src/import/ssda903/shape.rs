//! Shapes that a value can be tested for without asking anybody: unique pupil numbers, postcodes, Ofsted's numbers.

/// The letters that a UPN may use: no I, O or S.
const UPN_LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// What a unique pupil number looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upn {
    Right,
    /// Twelve digits after a letter that does not follow from them.
    WrongLetter,
    /// Ends in a letter: given for a time, and not checked, since how its last letter counts is not published.
    Temporary,
    /// Not thirteen characters of the right kinds.
    Misshapen,
}

/// Department for Education, "Unique pupil numbers": the letter is the sum of each digit times its place (2 to 13), modulo 23.
pub(super) fn upn(text: &str) -> Upn {
    let [letter, digits @ .., last] = text.as_bytes() else {
        return Upn::Misshapen;
    };
    if digits.len() != 11 || !UPN_LETTERS.contains(letter) || !digits.iter().all(u8::is_ascii_digit) {
        return Upn::Misshapen;
    }
    if UPN_LETTERS.contains(last) {
        return Upn::Temporary;
    }
    if !last.is_ascii_digit() {
        return Upn::Misshapen;
    }
    let sum: usize = digits.iter().chain([last]).zip(2..).map(|(digit, place)| usize::from(digit - b'0') * place).sum();
    if UPN_LETTERS[sum % 23] == *letter { Upn::Right } else { Upn::WrongLetter }
}

/// Every postcode area: Royal Mail's 121, Guernsey, Jersey and the Isle of Man, and the forces' BF.
const AREAS: &str = " AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH \
    EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG \
    NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W \
    WA WC WD WF WN WR WS WV YO ZE ";

/// A postcode in its usual spelling, or nothing where there can be no such postcode (BS 7666 and the list of areas).
pub(super) fn postcode(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if !letters.is_ascii() || !(5..=7).contains(&letters.len()) {
        return None;
    }
    let (outward, inward) = letters.split_at(letters.len() - 3);
    let &[digit, a, b] = inward.as_bytes() else {
        return None;
    };
    let unit = |c: u8| c.is_ascii_uppercase() && !b"CIKMOV".contains(&c);
    let possible = digit.is_ascii_digit() && unit(a) && unit(b) && (outward == "GIR" || district(outward));
    possible.then(|| format!("{outward} {inward}"))
}

/// A9, A99, AA9, AA99, A9A or AA9A, in a real area.
fn district(outward: &str) -> bool {
    let Some(at) = outward.find(|c: char| c.is_ascii_digit()) else {
        return false;
    };
    let (area, rest) = outward.split_at(at);
    let known = AREAS.split_ascii_whitespace().any(|known| known == area);
    known
        && match rest.as_bytes() {
            [d] => d.is_ascii_digit(),
            [d, e] if e.is_ascii_digit() => d.is_ascii_digit() && *d != b'0',
            [d, e] if area.len() == 1 => d.is_ascii_digit() && b"ABCDEFGHJKPSTUW".contains(e),
            [d, e] => d.is_ascii_digit() && b"ABEHMNPRVWXY".contains(e),
            _ => false,
        }
}

/// Ofsted's number: SC and six digits, or seven digits; seven Xs where a regional adoption agency has none.
pub(super) fn urn(text: &str) -> bool {
    let digits = text.strip_prefix("SC").unwrap_or(text);
    let long = if digits.len() == text.len() { 7 } else { 6 };
    text == "XXXXXXX" || (digits.len() == long && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{AREAS, Upn, postcode, upn, urn};

    #[test]
    fn pupil_numbers() {
        for (text, expected) in [
            ("A950000178301", Upn::Right),
            ("H243278544154", Upn::Right),
            ("R301202518001", Upn::Right),
            ("D051910639385", Upn::WrongLetter),
            ("A95000017830A", Upn::Temporary),
            ("A95000017830I", Upn::Misshapen),
            ("I950000178301", Upn::Misshapen),
            ("A95000017830", Upn::Misshapen),
            ("A9500001783012", Upn::Misshapen),
            ("UN9", Upn::Misshapen),
            ("", Upn::Misshapen),
            ("é50000178301", Upn::Misshapen),
        ] {
            assert_eq!(upn(text), expected, "{text}");
        }
    }

    #[test]
    fn postcodes() {
        assert_eq!(AREAS.split_ascii_whitespace().count(), 125);
        for (text, expected) in [
            ("M1 1AE", Some("M1 1AE")),
            ("b338th", Some("B33 8TH")),
            ("CR26XH", Some("CR2 6XH")),
            ("DN55 1PT", Some("DN55 1PT")),
            ("W1A 1HQ", Some("W1A 1HQ")),
            ("EC1A  1BB", Some("EC1A 1BB")),
            ("GIR 0AA", Some("GIR 0AA")),
            ("EG19 7TT", None), // no such area
            ("ED17 8CR", None),
            ("W1I 1HQ", None), // I is never third
            ("V28 5OY", None),
            ("M1 1AO", None), // O is never in the unit
            ("M00 1AA", None),
            ("M1", None),
            ("M1234 1AA", None),
            ("É1 1AA", None),
            ("", None),
        ] {
            assert_eq!(postcode(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn ofsted_numbers() {
        for text in ["SC400001", "1234567", "XXXXXXX"] {
            assert!(urn(text), "{text}");
        }
        for text in ["", "SC", "SC4000011", "123456", "12345678", "XXXXXX", "1234567.0"] {
            assert!(!urn(text), "{text}");
        }
    }
}
