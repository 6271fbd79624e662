//! Identifiers from outside: NHS numbers, pupil numbers, postcodes. Checked, never refused: what was received is
//! kept and shown as right or wrong.

/// Whether an NHS number's check digit is right. Ten digits, spaces allowed.
pub fn nhs_number_is_right(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter(|c| !c.is_whitespace()).map_while(|c| c.to_digit(10)).collect();
    if digits.len() != 10 || text.chars().any(|c| !c.is_ascii_digit() && !c.is_whitespace()) {
        return false;
    }
    let sum: u32 = digits[..9].iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        11 => digits[9] == 0,
        10 => false,
        check => digits[9] == check,
    }
}

/// An NHS number as people read it: `943 476 5919`.
pub fn nhs_number_spaced(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 10 { format!("{} {} {}", &digits[..3], &digits[3..6], &digits[6..]) } else { text.to_owned() }
}

/// Whether a unique pupil number's check letter is right: a letter, twelve characters, of which the last may be a
/// letter for a temporary number.
pub fn upn_is_right(text: &str) -> bool {
    const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let bytes = text.trim().as_bytes();
    if bytes.len() != 13 {
        return false;
    }
    let Some(values) = bytes[1..]
        .iter()
        .enumerate()
        .map(|(place, byte)| match byte {
            b'0'..=b'9' => Some(usize::from(byte - b'0')),
            // A temporary number ends in a letter, which counts by its place in the same alphabet.
            _ if place == 11 => LETTERS.iter().position(|letter| letter == byte),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let sum: usize = values.iter().zip(2..).map(|(value, weight)| value * weight).sum();
    LETTERS[sum % 23] == bytes[0]
}

/// A postcode in capitals with one space before its last three characters; none when no postcode has that shape.
pub fn postcode(text: &str) -> Option<String> {
    let packed: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).map(|b| b.to_ascii_uppercase()).collect();
    let (outward, inward) = packed.split_at_checked(packed.len().checked_sub(3)?)?;
    let shape: String = outward
        .iter()
        .map(|b| {
            if b.is_ascii_digit() {
                '9'
            } else if b.is_ascii_alphabetic() {
                'A'
            } else {
                '?'
            }
        })
        .collect();
    let outward_fits = ["A9", "A99", "AA9", "AA99", "A9A", "AA9A", "AAA"].contains(&shape.as_str());
    let inward_fits =
        inward[0].is_ascii_digit() && inward[1..].iter().all(|b| b.is_ascii_uppercase() && !b"CIKMOV".contains(b));
    // GIR 0AA is the one outward code without a digit.
    (outward_fits && inward_fits && (shape != "AAA" || packed == b"GIR0AA"))
        .then(|| format!("{} {}", String::from_utf8_lossy(outward), String::from_utf8_lossy(inward)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nhs_numbers() {
        assert!(nhs_number_is_right("943 476 5919"), "the example of the NHS data dictionary");
        assert!(!nhs_number_is_right("943 476 5918"));
        assert!(!nhs_number_is_right("943476591"));
        assert!(!nhs_number_is_right("94347659x19"));
        assert_eq!(nhs_number_spaced("9434765919"), "943 476 5919");
    }

    #[test]
    fn pupil_numbers() {
        // Weights 2 to 13 over 8 2 0 3 2 0 0 0 0 0 0 1 give 16+6+0+15+12+13 = 62; 62 mod 23 = 16, the letter T.
        assert!(!upn_is_right("A820320000001"));
        assert!(upn_is_right("T820320000001"));
        assert!(!upn_is_right("T82032000000"));
        assert!(!upn_is_right("T8203200000é"));
    }

    #[test]
    fn postcodes() {
        assert_eq!(postcode("ol16 1xu").as_deref(), Some("OL16 1XU"));
        assert_eq!(postcode("m11ae").as_deref(), Some("M1 1AE"));
        assert_eq!(postcode("GIR0AA").as_deref(), Some("GIR 0AA"));
        assert_eq!(postcode("EC1A 1BB").as_deref(), Some("EC1A 1BB"));
        for wrong in ["", "12345", "OL16 1CI", "AAA 1AA", "é1 1AA"] {
            assert_eq!(postcode(wrong), None, "{wrong}");
        }
    }
}
