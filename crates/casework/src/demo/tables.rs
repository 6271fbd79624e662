//! The proportions of the demonstration: children in need in England at 31 March 2024.
//!
//! From the national tables that the Department for Education publishes under the Open Government Licence
//! (`a3_cin_primary_need_by_age_gender`, `a7_cin_by_age_gender_ethnicity`, `b2_children_in_need_recorded_disability`,
//! `b4_children_in_need_duration_of_open_episode`, `c5_children_in_need_referrals_by_source`, `d1_child_protection_plans`).
//! How many of them are looked after is the one number from elsewhere: about 84,000 of 399,460.

use super::dice::Dice;

/// An age band of the tables: the first age, and the age that is no longer in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Youngest.
    pub from: i16,
    /// First age beyond; 0 for the unborn.
    pub to: i16,
}

/// The codes of primary need, in the order of the columns of [`NEED_BY_AGE_AND_SEX`].
pub const NEEDS: [&str; 10] = ["N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N0"];

/// Age band, sex, children by primary need.
pub const NEED_BY_AGE_AND_SEX: [(Band, &str, [u32; 10]); 11] = [
    (Band { from: -1, to: 0 }, "U", [4800, 20, 240, 470, 1000, 30, 10, 20, 10, 170]),
    (Band { from: 0, to: 1 }, "F", [5550, 50, 240, 600, 990, 40, 40, 30, 20, 170]),
    (Band { from: 1, to: 5 }, "F", [19300, 580, 650, 1930, 3190, 180, 80, 90, 130, 570]),
    (Band { from: 5, to: 10 }, "F", [25750, 2600, 850, 2880, 4550, 390, 90, 150, 280, 890]),
    (Band { from: 10, to: 16 }, "F", [36950, 4830, 1330, 5420, 7510, 1020, 100, 440, 480, 1480]),
    (Band { from: 16, to: 21 }, "F", [22120, 2640, 830, 4640, 5970, 830, 170, 1920, 610, 1360]),
    (Band { from: 0, to: 1 }, "M", [5980, 50, 260, 620, 990, 40, 40, 30, 30, 170]),
    (Band { from: 1, to: 5 }, "M", [21030, 840, 690, 2100, 3460, 190, 100, 110, 150, 650]),
    (Band { from: 5, to: 10 }, "M", [29120, 5500, 950, 3480, 5370, 460, 90, 180, 390, 1000]),
    (Band { from: 10, to: 16 }, "M", [37630, 9880, 1330, 6110, 8150, 2010, 110, 1140, 570, 1890]),
    (Band { from: 16, to: 21 }, "M", [23160, 5110, 880, 6030, 6580, 2670, 240, 17810, 830, 2050]),
];

/// Children whose ethnicity is known. «Gypsy or Irish Traveller» is one line of the table and two codes of the list.
pub const ETHNICITY: [(&str, u32); 17] = [
    ("WBRI", 243_190),
    ("WIRI", 960),
    ("WROM", 2_840),
    ("WOTH", 18_570),
    ("MWBC", 11_770),
    ("MWBA", 4_560),
    ("MWAS", 6_340),
    ("MOTH", 14_000),
    ("AIND", 4_130),
    ("APKN", 10_020),
    ("ABAN", 4_740),
    ("CHNE", 720),
    ("AOTH", 12_480),
    ("BAFR", 21_630),
    ("BCRB", 6_930),
    ("BOTH", 7_490),
    ("OOTH", 17_220),
];

/// Recorded disabilities, in a thousand disabled children; a child may have several.
pub const DISABILITY: [(&str, u32); 11] = [
    ("AUT", 442),
    ("LD", 344),
    ("BEH", 194),
    ("DDA", 193),
    ("COMM", 161),
    ("MOB", 127),
    ("VIS", 57),
    ("PC", 51),
    ("INC", 40),
    ("HEAR", 37),
    ("CON", 35),
];

/// How long records have been open: days from, days to, of a thousand.
pub const OPEN_FOR: [(i32, i32, u32); 5] =
    [(14, 91, 261), (92, 182, 105), (183, 364, 135), (365, 730, 145), (731, 4_380, 355)];

/// Who asked, by the codes of the return.
pub const REFERRED_BY: [(&str, u32); 10] = [
    ("6", 177_210),
    ("2A", 126_460),
    ("3B", 40_000),
    ("3A", 25_000),
    ("3E", 26_370),
    ("5D", 87_980),
    ("1A", 49_870),
    ("7", 27_590),
    ("8", 26_120),
    ("4", 7_710),
];

/// Of a hundred children: looked after; with a child protection plan.
pub const LOOKED_AFTER: u32 = 21;
/// With a child protection plan (49,900 of 399,460).
pub const PROTECTED: u32 = 12;

/// One child to be invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub band: Band,
    pub sex: &'static str,
    pub need: &'static str,
}

/// So many children in the proportions of the table: every n-th of all children of England, in its order.
pub(super) fn slots(children: usize, dice: &mut Dice) -> Vec<Slot> {
    let all: u64 = NEED_BY_AGE_AND_SEX.iter().flat_map(|(_, _, row)| row).map(|n| u64::from(*n)).sum();
    let step = all / u64::try_from(children.max(1)).unwrap_or(1);
    let mut next = step * u64::try_from(dice.below(1000)).unwrap_or(0) / 1000;
    let mut passed = 0;
    let mut slots = Vec::with_capacity(children);
    for (band, sex, row) in NEED_BY_AGE_AND_SEX {
        for (need, count) in NEEDS.into_iter().zip(row) {
            passed += u64::from(count);
            while next < passed && slots.len() < children {
                slots.push(Slot { band, sex, need });
                next += step;
            }
        }
    }
    dice.shuffle(&mut slots);
    slots
}
