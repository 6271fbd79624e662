//! Numbers and addresses that can belong to nobody.
//!
//! NHS numbers from the range 999 that is kept for tests; telephone numbers from the ranges that Ofcom keeps for
//! drama; postcodes in an area, ZZ, that does not exist; pupil numbers of a local authority, 999, that does not exist.

use super::dice::Dice;

const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// An NHS number with its right check digit.
pub(super) fn nhs_number(dice: &mut Dice) -> String {
    loop {
        let digits = format!("999{:06}", dice.below(1_000_000));
        let sum: u32 = digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        match 11 - sum % 11 {
            // A number whose check digit would be ten is never given out.
            10 => {}
            check => return format!("{digits}{}", check % 11),
        }
    }
}

/// A pupil number with its right check letter.
pub(super) fn upn(year: i16, dice: &mut Dice) -> String {
    let digits = format!("9994001{:02}{:03}", year.rem_euclid(100), dice.below(1000));
    let sum: usize = digits.bytes().zip(2..).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{}{digits}", char::from(LETTERS[sum % 23]))
}

/// A mobile or, now and then, a landline.
pub(super) fn telephone(dice: &mut Dice) -> String {
    let last = dice.below(1000);
    if dice.percent(80) { format!("07700 900{last:03}") } else { format!("01632 960{last:03}") }
}

/// House and street, town, postcode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Home {
    pub lines: String,
    pub town: &'static str,
    pub postcode: String,
}

/// The authority that does not exist.
pub const AUTHORITY: &str = "Harrowdale";

const TOWNS: [(&str, &str); 6] = [
    ("Harrowdale", "ZZ1"),
    ("Harrowdale", "ZZ2"),
    ("Netherby Moss", "ZZ3"),
    ("Coldwater Green", "ZZ4"),
    ("Lower Tansy", "ZZ5"),
    ("Brackenhithe", "ZZ6"),
];
const STREETS: [&str; 44] = [
    "Fern",
    "Tansy",
    "Bramble",
    "Larkrise",
    "Copper Beech",
    "Mallow",
    "Weaver's",
    "Saddler's",
    "Kestrel",
    "Heron",
    "Quarry",
    "Tenter",
    "Foundry",
    "Chapel Hollow",
    "Sorrel",
    "Teasel",
    "Candlemaker",
    "Old Ferry",
    "Thistledown",
    "Millrace",
    "Ropewalk",
    "Harebell",
    "Juniper",
    "Plover",
    "Dovecote",
    "Cinder",
    "Lantern",
    "Orchard Top",
    "Speedwell",
    "Wainwright",
    "Curlew",
    "Marigold",
    "Pippin",
    "Sandpiper",
    "Bobbin",
    "Shuttle",
    "Clover",
    "Rushy",
    "Toll Bar",
    "Nightingale",
    "Hazel",
    "Larch",
    "Windle",
    "Campion",
];
const KINDS: [&str; 7] = ["Road", "Street", "Close", "Avenue", "Lane", "Walk", "Court"];

/// A home in the invented town.
pub(super) fn home(dice: &mut Dice) -> Home {
    let (town, district) = *dice.pick(&TOWNS);
    let street = dice.pick(&STREETS);
    let kind = dice.pick(&KINDS);
    let number = dice.between(1, 140);
    let flat = if *kind == "Court" { format!("Flat {}, ", dice.between(1, 24)) } else { String::new() };
    let inward = b"ABDEFGHJLNPQRSTUWXYZ";
    let (one, two) = (*dice.pick(inward), *dice.pick(inward));
    let postcode = format!("{district} {}{}{}", dice.between(1, 9), char::from(one), char::from(two));
    Home { lines: format!("{flat}{number} {street} {kind}"), town, postcode }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::identifier;

    #[test]
    fn every_number_has_its_right_check_and_every_postcode_its_shape() {
        let mut dice = Dice::new(1, 1);
        for year in 2005..2205 {
            assert!(identifier::nhs_number_is_right(&nhs_number(&mut dice)));
            assert!(identifier::upn_is_right(&upn(year, &mut dice)));
            let home = home(&mut dice);
            assert_eq!(identifier::postcode(&home.postcode).as_deref(), Some(home.postcode.as_str()));
        }
    }
}
