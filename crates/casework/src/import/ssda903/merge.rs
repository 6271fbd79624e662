//! Puts the rows of all years together, child by child. A later year's word is taken over an earlier's; where they
//! differ in more than an end that the earlier could not know, somebody is asked to look.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use super::child::{Child, Earlier, Missing, Origin, Placement, Received, Review, Span, Uasc, child_key, item_key};
use super::files::Kind;
use super::report::{Note, Provenance, RowId, Tally, Value};
use super::rows::{EpisodeRow, HeaderRow, MissingRow, ReviewRow, Says, Typed, UascRow};

/// A row on its way to its child.
pub(super) struct Arrival {
    pub id: RowId,
    pub set: usize,
    pub kind: Kind,
    pub born: Date,
    pub typed: Typed,
}

/// Something that has a first day and may be said again by a later set.
struct Said<T> {
    /// The row whose word is taken.
    by: RowId,
    set: usize,
    row: T,
    /// Codes that earlier sets gave it.
    codes: Vec<[Option<String>; 2]>,
    provenance: Vec<Provenance>,
}

#[derive(Default)]
struct Gathered {
    born: Option<Date>,
    header: Option<(HeaderRow, Provenance)>,
    earlier: Vec<Earlier>,
    said_by: Vec<Provenance>,
    rows: Vec<Received>,
    uasc: Option<(UascRow, Vec<Provenance>)>,
    episodes: Vec<Said<EpisodeRow>>,
    reviews: Vec<Said<ReviewRow>>,
    missing: Vec<Said<MissingRow>>,
}

/// All children, while rows arrive: set by set, earliest first.
#[derive(Default)]
pub(super) struct Merger {
    children: BTreeMap<String, Gathered>,
}

impl Merger {
    pub fn arrive(&mut self, tally: &mut Tally, Arrival { id, set, kind, born, typed }: Arrival) {
        let child = self.children.entry(typed.child).or_default();
        child.born = Some(born);
        match typed.says {
            Says::Header(row) => child.header(tally, id, row),
            Says::Uasc(row) => child.uasc(tally, id, row),
            Says::Episode(row) => {
                let same = |old: &EpisodeRow, new: &EpisodeRow| {
                    old.from == new.from && old.legal_status == new.legal_status && old.place == new.place
                };
                let day = |old: &EpisodeRow, new: &EpisodeRow| old.from == new.from;
                let codes = |row: &EpisodeRow| [row.legal_status.clone(), row.place.clone()];
                said(tally, &mut child.episodes, (id, set, row), [&same, &day], codes, episode_differs);
            }
            Says::Review(row) => {
                let same =
                    |old: &ReviewRow, new: &ReviewRow| old.on == new.on && old.participation == new.participation;
                let day = |old: &ReviewRow, new: &ReviewRow| old.on == new.on;
                let codes = |row: &ReviewRow| [row.participation.clone(), None];
                said(tally, &mut child.reviews, (id, set, row), [&same, &day], codes, |old, new| {
                    Vec::from_iter((old.participation != new.participation).then_some("REVIEW_CODE"))
                });
            }
            Says::Missing(row) => {
                let same = |old: &MissingRow, new: &MissingRow| old.from == new.from && old.kind == new.kind;
                let day = |old: &MissingRow, new: &MissingRow| old.from == new.from;
                let codes = |row: &MissingRow| [row.kind.clone(), None];
                said(tally, &mut child.missing, (id, set, row), [&same, &day], codes, |old, new| {
                    let kind = (old.kind != new.kind).then_some("MISSING");
                    let until = (old.until.is_some() && old.until != new.until).then_some("MIS_END");
                    kind.into_iter().chain(until).collect()
                });
            }
        }
        if !tally.is_already_said(id) {
            child.rows.push(Received { at: tally.at(id), kind, cells: tally.cells(id) });
        }
    }

    pub fn finish(self, tally: &mut Tally) -> Vec<Child> {
        self.children.into_iter().filter_map(|(number, gathered)| gathered.child(tally, number)).collect()
    }
}

type Same<'a, T> = &'a dyn Fn(&T, &T) -> bool;

/// Finds what the row is about among what earlier sets said, the exactly same first, and takes the row's word for it.
fn said<T>(
    tally: &mut Tally,
    known: &mut Vec<Said<T>>,
    (id, set, row): (RowId, usize, T),
    [same, day]: [Same<'_, T>; 2],
    codes: impl Fn(&T) -> [Option<String>; 2],
    differs: impl Fn(&T, &T) -> Vec<&'static str>,
) {
    let at = tally.at(id);
    let found =
        [same, day].into_iter().find_map(|test| known.iter().position(|old| old.set < set && test(&old.row, &row)));
    let Some(found) = found else {
        if known.iter().any(|old| day(&old.row, &row)) {
            tally.check(id, Note::on_row("another row of this kind has the same first day; both were taken"));
        }
        let codes = vec![codes(&row)];
        known.push(Said { by: id, set, row, codes, provenance: vec![at] });
        return;
    };
    let old = &mut known[found];
    for column in differs(&old.row, &row) {
        tally.say_again(id);
        tally.check(id, Note::on(column, "not what an earlier year says of the same thing; this row was taken"));
    }
    let codes = codes(&row);
    if !old.codes.contains(&codes) {
        old.codes.push(codes);
    }
    old.provenance.push(at);
    old.set = set;
    if !tally.is_already_said(id) {
        old.by = id;
    }
    old.row = row;
}

/// The columns in which a later word on an episode differs, ends that were still open apart.
fn episode_differs(old: &EpisodeRow, new: &EpisodeRow) -> Vec<&'static str> {
    let closed = old.until.is_some();
    [
        ("RNE", old.reason_new != new.reason_new),
        ("LS", old.legal_status != new.legal_status),
        ("CIN", old.need != new.need),
        ("PLACE", old.place != new.place),
        ("PLACE_PROVIDER", old.provider != new.provider),
        ("DEC", closed && old.until != new.until),
        ("REC", closed && old.reason_ceased != new.reason_ceased),
        ("REASON_PLACE_CHANGE", closed && old.reason_change != new.reason_change),
        ("HOME_POST", old.home_postcode != new.home_postcode),
        ("PL_POST", old.postcode != new.postcode),
        ("URN", old.urn != new.urn),
    ]
    .into_iter()
    .filter_map(|(column, differs)| differs.then_some(column))
    .collect()
}

impl Gathered {
    fn header(&mut self, tally: &mut Tally, id: RowId, mut row: HeaderRow) {
        let at = tally.at(id);
        self.said_by.push(at.clone());
        if let Some((old, said_by)) = self.header.take() {
            let born = (row.born != old.born).then(|| old.born.to_string());
            let mut differs = vec![("DOB", born)];
            differs.push(("SEX", keep(old.sex, &mut row.sex)));
            differs.push(("ETHNIC", keep(old.ethnicity, &mut row.ethnicity)));
            differs.push(("UPN", keep(old.upn, &mut row.upn)));
            differs.push(("MOTHER", keep(old.mother, &mut row.mother).map(|mother| u8::from(mother).to_string())));
            differs.push(("MC_DOB", keep(old.own_child_born, &mut row.own_child_born).map(|day| day.to_string())));
            for (column, value) in differs {
                let Some(value) = value else { continue };
                tally.say_again(id);
                self.earlier.push(Earlier { column, value: Value(value), said_by: said_by.clone() });
                tally.check(id, Note::on(column, "not what an earlier row says; this was taken, the earlier kept"));
            }
        }
        self.header = Some((row, at));
    }

    fn uasc(&mut self, tally: &mut Tally, id: RowId, mut row: UascRow) {
        if let Some((header, _)) = &self.header
            && header.sex.is_some()
            && row.sex.is_some()
            && row.sex != header.sex
        {
            tally.check(id, Note::on("SEX", "not what the header says; the header's was kept"));
        }
        let mut said_by = Vec::new();
        if let Some((old, by)) = self.uasc.take() {
            said_by = by;
            if keep(old.ceased, &mut row.ceased).is_some() {
                tally.say_again(id);
                tally.check(id, Note::on("DUC", "not what an earlier row says; this was taken"));
            }
        }
        said_by.push(tally.at(id));
        self.uasc = Some((row, said_by));
    }

    fn child(self, tally: &mut Tally, number: String) -> Option<Child> {
        let key = |kind: &str, from: Date, code: Option<&str>| item_key(&number, kind, from, code);
        let (legal_statuses, placements) = spans(tally, self.episodes, &key);
        let mut reviews: Vec<Review> = Vec::new();
        for Said { row, codes, provenance, .. } in self.reviews {
            let keys = codes.iter().map(|[code, _]| key("review", row.on, code.as_deref())).collect();
            reviews.push(Review {
                on: row.on,
                participation: row.participation,
                origin: Origin { keys, said_by: provenance },
            });
        }
        reviews.sort_by_key(|review| review.on);
        let mut missing: Vec<Missing> = Vec::new();
        for Said { row: MissingRow { kind, from, until }, codes, provenance, .. } in self.missing {
            let keys = codes.iter().map(|[code, _]| key("missing", from, code.as_deref())).collect();
            missing.push(Missing { kind, from, until, origin: Origin { keys, said_by: provenance } });
        }
        missing.sort_by_key(|missing| missing.from);
        let uasc = self.uasc.map(|(row, said_by)| Uasc {
            until: row.ceased,
            origin: Origin { keys: vec![format!("{}/uasc", child_key(&number))], said_by },
        });
        let header = self.header.map(|(row, _)| row);
        let born = header.as_ref().map(|row| row.born).or(self.born)?;
        let mut child = Child {
            number,
            born,
            sex: None,
            ethnicity: None,
            upn: None,
            mother: None,
            own_child_born: None,
            earlier: self.earlier,
            uasc,
            legal_statuses,
            placements,
            reviews,
            missing,
            said_by: self.said_by,
            rows: self.rows,
        };
        if let Some(HeaderRow { sex, ethnicity, upn, mother, own_child_born, .. }) = header {
            child = Child { sex, ethnicity, upn, mother, own_child_born, ..child };
        }
        apart(&mut child);
        Some(child)
    }
}

/// The earlier value where the later differs. A later blank takes nothing away.
fn keep<T: PartialEq + Clone>(old: Option<T>, new: &mut Option<T>) -> Option<T> {
    match (&old, &new) {
        (Some(_), None) => {
            *new = old;
            None
        }
        (Some(was), Some(is)) if was != is => old,
        _ => None,
    }
}

type Key<'a> = &'a dyn Fn(&str, Date, Option<&str>) -> String;

/// Joins episodes that follow each other without a break into legal statuses and placements.
fn spans(tally: &mut Tally, mut episodes: Vec<Said<EpisodeRow>>, key: Key<'_>) -> (Vec<Span>, Vec<Placement>) {
    episodes.sort_by_key(|said| (said.row.from, said.row.until.unwrap_or(Date::MAX), said.by));
    let (mut statuses, mut placements) = (Vec::<Span>::new(), Vec::<Placement>::new());
    for at in 0..episodes.len() {
        let next = episodes.get(at + 1);
        let (until, until_assumed) = end(tally, &episodes[at], next);
        let Said { by, row, codes, provenance, .. } = &episodes[at];
        if let Some(code) = &row.legal_status {
            let keys = codes.iter().map(|[code, _]| key("legal-status", row.from, code.as_deref())).collect();
            match statuses.last_mut() {
                Some(last) if last.code == *code && last.until == Some(row.from) => {
                    if last.need != row.need {
                        let reason = "changed within one legal status; the first episode's was kept";
                        tally.check(*by, Note::on("CIN", reason));
                    }
                    (last.until, last.until_assumed) = (until, until_assumed);
                    last.origin.add(keys, provenance);
                }
                _ => statuses.push(Span {
                    code: code.clone(),
                    reason_new: row.reason_new.clone(),
                    need: row.need.clone(),
                    from: row.from,
                    until,
                    until_assumed,
                    origin: Origin { keys, said_by: provenance.clone() },
                }),
            }
        }
        let keys = codes.iter().map(|[_, place]| key("placement", row.from, place.as_deref())).collect();
        match placements.last_mut() {
            Some(last) if continues(last, row) => {
                if last.home_postcode != row.home_postcode {
                    let reason = "changed within one placement; the first episode's was kept";
                    tally.check(*by, Note::on("HOME_POST", reason));
                }
                (last.until, last.until_assumed) = (until, until_assumed);
                last.reason_ceased.clone_from(&row.reason_ceased);
                last.reason_change.clone_from(&row.reason_change);
                last.origin.add(keys, provenance);
            }
            _ => placements.extend(placement(row, until, until_assumed, Origin { keys, said_by: provenance.clone() })),
        }
    }
    (statuses, placements)
}

/// When an episode ended, given the one after it, and whether that had to be assumed.
fn end(tally: &mut Tally, said: &Said<EpisodeRow>, next: Option<&Said<EpisodeRow>>) -> (Option<Date>, bool) {
    let (row, Some(next)) = (&said.row, next) else {
        return (said.row.until, false);
    };
    match row.until {
        None if next.row.from > row.from => {
            let reason = "no end, though a later episode began; taken as ended on that day";
            tally.check(said.by, Note::on("DEC", reason));
            return (Some(next.row.from), true);
        }
        Some(until) if until > next.row.from => {
            let reason = "begins before the episode before it has ended; both were taken as received";
            tally.check(next.by, Note::on("DECOM", reason));
        }
        Some(until) if until < next.row.from && row.reason_ceased.as_deref() == Some("X1") => {
            let reason = "X1 says that an episode began on this day, but the next began later; taken as received";
            tally.check(said.by, Note::on("REC", reason));
        }
        _ => {}
    }
    (row.until, false)
}

fn continues(last: &Placement, row: &EpisodeRow) -> bool {
    last.until == Some(row.from)
        && Some(&last.kind) == row.place.as_ref()
        && last.provider == row.provider
        && last.postcode == row.postcode
        && last.urn == row.urn
}

fn placement(row: &EpisodeRow, until: Option<Date>, until_assumed: bool, origin: Origin) -> Option<Placement> {
    let row = row.clone();
    Some(Placement {
        kind: row.place?,
        provider: row.provider,
        postcode: row.postcode,
        urn: row.urn,
        home_postcode: row.home_postcode,
        from: row.from,
        until,
        until_assumed,
        reason_new: row.reason_new,
        reason_ceased: row.reason_ceased,
        reason_change: row.reason_change,
        origin,
    })
}

/// Gives things of one child that began on the same day with the same code a number, so that no two share a key.
fn apart(child: &mut Child) {
    let mut used = HashSet::new();
    let origins = (child.legal_statuses.iter_mut().map(|item| &mut item.origin))
        .chain(child.placements.iter_mut().map(|item| &mut item.origin))
        .chain(child.reviews.iter_mut().map(|item| &mut item.origin))
        .chain(child.missing.iter_mut().map(|item| &mut item.origin));
    for key in origins.flat_map(|origin| origin.keys.iter_mut()) {
        let plain = key.clone();
        for number in 2.. {
            if used.insert(key.clone()) {
                break;
            }
            *key = format!("{plain}/{number}");
        }
    }
}
