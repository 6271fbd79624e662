//! From what the sets say of a child to entries with the pack's forms.

use std::{collections::HashMap, fmt::Write as _};

use jiff::civil::Date;
use record::{
    TeamId,
    answer::{Address, Answer, Answered},
    read::Act,
};

use super::ssda903::{Child, Missing, Origin, Placement, Provenance, Received, Remark, Review, Span, Uasc};

/// The forms that an import uses.
pub(super) const FORMS: [&str; 7] = ["import", "opening", "legal-status", "placement", "review", "missing", "uasc"];

/// An entry that will be written.
pub(super) struct Made {
    pub form: &'static str,
    pub act: Act,
    /// By which it is known again.
    pub keys: Vec<String>,
}

impl Made {
    fn new(form: &'static str, happened_on: Date, informant: String) -> Self {
        let act = Act {
            late_here: std::collections::BTreeMap::new(),
            happened_on,
            happened_at: None,
            informant: Some(informant),
            headline: None,
            headlines: [].into(),
            late: None,
            second_because: None,
            common: [].into(),
            each: [].into(),
        };
        Self { form, act, keys: Vec::new() }
    }

    pub fn answer(&mut self, field: &str, answer: Answer) {
        self.act.common.insert(field.to_owned(), Answered::plain(answer));
    }

    fn code(&mut self, field: &str, code: Option<&String>) {
        if let Some(code) = code {
            self.answer(field, Answer::Code(code.clone()));
        }
    }

    fn day(&mut self, field: &str, day: Option<Date>) {
        if let Some(day) = day {
            self.answer(field, Answer::Date(day));
        }
    }
}

/// One thing that the sets say of a child.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Legal(&'a Span),
    Placement(&'a Placement),
    Review(&'a Review),
    Missing(&'a Missing),
    Uasc(&'a Uasc, Date),
}

/// Everything that the sets say of a child, in the order of its days.
pub(super) fn items(child: &Child) -> Vec<Item<'_>> {
    let mut items: Vec<_> = (child.legal_statuses.iter().map(Item::Legal))
        .chain(child.placements.iter().map(Item::Placement))
        .chain(child.reviews.iter().map(Item::Review))
        .chain(child.missing.iter().map(Item::Missing))
        .collect();
    items.sort_by_key(Item::from);
    // The sets say until when, not since when: since care began, as far as they know.
    let began =
        child.legal_statuses.iter().map(|span| span.from).chain(child.placements.iter().map(|one| one.from)).min();
    items.extend(child.uasc.iter().map(|uasc| Item::Uasc(uasc, began.unwrap_or(child.born))));
    items
}

impl<'a> Item<'a> {
    pub fn origin(&self) -> &'a Origin {
        match self {
            Self::Legal(span) => &span.origin,
            Self::Placement(placement) => &placement.origin,
            Self::Review(review) => &review.origin,
            Self::Missing(missing) => &missing.origin,
            Self::Uasc(uasc, _) => &uasc.origin,
        }
    }

    pub fn from(&self) -> Date {
        match self {
            Self::Legal(span) => span.from,
            Self::Placement(placement) => placement.from,
            Self::Review(review) => review.on,
            Self::Missing(missing) => missing.from,
            Self::Uasc(_, from) => *from,
        }
    }

    pub fn until(&self) -> Option<Date> {
        match self {
            Self::Legal(span) => span.until,
            Self::Placement(placement) => placement.until,
            Self::Review(_) => None,
            Self::Missing(missing) => missing.until,
            Self::Uasc(uasc, _) => uasc.until,
        }
    }

    /// Whether the end follows only from what came after.
    pub fn until_assumed(&self) -> bool {
        match self {
            Self::Legal(span) => span.until_assumed,
            Self::Placement(placement) => placement.until_assumed,
            Self::Review(_) | Self::Missing(_) | Self::Uasc(..) => false,
        }
    }

    /// The kind of fact that the entry sets, and its value; none where the sets give no code.
    pub fn fact(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Legal(span) => ("legal-status", Some(&span.code)),
            Self::Placement(placement) => ("placement", Some(&placement.kind)),
            Self::Review(review) => ("review", review.participation.as_deref()),
            Self::Missing(missing) => ("missing-episode", missing.kind.as_deref()),
            Self::Uasc(..) => ("uasc", Some("yes")),
        }
    }

    /// The key that the same thing would have if it went on in an episode begun on its last day.
    pub fn next_key(&self, child: &Child) -> Option<String> {
        let kind = match self {
            Self::Legal(_) => "legal-status",
            Self::Placement(_) => "placement",
            Self::Review(_) | Self::Missing(_) | Self::Uasc(..) => return None,
        };
        Some(child.key_at(kind, self.until()?, self.fact().1))
    }

    pub fn keys_and_next(&self, child: &Child) -> Vec<String> {
        self.origin().keys.iter().cloned().chain(self.next_key(child)).collect()
    }

    /// The entry that says it, with its first and last day.
    pub fn entry(&self, from: Date, until: Option<Date>) -> Made {
        let origin = self.origin();
        let mut made = match self {
            Self::Legal(span) => legal_status(span, from, until),
            Self::Placement(one) => placement(one, from, until),
            Self::Review(review) => {
                let mut made = Made::new("review", from, informant(&origin.said_by));
                made.code("participation", review.participation.as_ref());
                made
            }
            Self::Missing(missing) => {
                let mut made = Made::new("missing", from, informant(&origin.said_by));
                made.code("type", missing.kind.as_ref());
                if until.is_some() {
                    made.answer("returned", Answer::YesNo(true));
                }
                made.day("returned-on", until);
                made
            }
            Self::Uasc(..) => {
                let mut made = Made::new("uasc", from, informant(&origin.said_by));
                made.answer("uasc", Answer::YesNo(true));
                made.day("until", until);
                made
            }
        };
        made.keys.clone_from(&origin.keys);
        made
    }
}

fn legal_status(span: &Span, from: Date, until: Option<Date>) -> Made {
    let mut made = Made::new("legal-status", from, informant(&span.origin.said_by));
    made.answer("status", Answer::Code(span.code.clone()));
    made.day("until", until);
    // Where it only goes on, what it began with has been said.
    if from == span.from {
        made.code("episode-reason", span.reason_new.as_ref());
        made.code("category-of-need", span.need.as_ref());
    }
    made
}

fn placement(placement: &Placement, from: Date, until: Option<Date>) -> Made {
    let mut made = Made::new("placement", from, informant(&placement.origin.said_by));
    made.answer("type", Answer::Code(placement.kind.clone()));
    made.code("provider", placement.provider.as_ref());
    if let Some(address) = address(placement) {
        made.answer("address", Answer::Address(address));
    }
    made.day("until", until);
    if from == placement.from {
        made.code("episode-reason", placement.reason_new.as_ref());
    }
    made.code("change-reason", placement.reason_change.as_ref());
    if until.is_some() {
        made.code("ceased-reason", placement.reason_ceased.as_ref());
    }
    made
}

/// Where the placement is, as far as the sets say: Ofsted's number and the postcode. Sealed, like every address.
pub(super) fn address(placement: &Placement) -> Option<Address> {
    let lines = placement.urn.as_ref().map(|urn| format!("Ofsted number {urn}")).unwrap_or_default();
    let postcode = placement.postcode.clone().unwrap_or_default();
    (!lines.is_empty() || !postcode.is_empty()).then(|| Address { lines, town: String::new(), postcode })
}

/// Who gave the information: the return, in these lines.
fn informant(said_by: &[Provenance]) -> String {
    let said_by: Vec<_> = said_by.iter().map(ToString::to_string).collect();
    format!("SSDA903 return: {}", said_by.join("; "))
}

/// That the record begins with what was brought in, with this team and nobody allocated.
pub(super) fn opening(team: TeamId, today: Date) -> Made {
    let mut made = Made::new("opening", today, "SSDA903 return".to_owned());
    let reason = "The child is or was looked after. The record begins with what the yearly return on looked-after \
                  children (SSDA903) says. No worker is allocated yet, because it has only now been brought in.";
    made.answer("reason", Answer::Text(reason.to_owned()));
    made.answer("team", Answer::Team(team));
    made
}

/// What is doubtful, by file and line.
pub(super) type Remarks<'a> = HashMap<Provenance, Vec<&'a Remark>>;

/// That a child who was not known was brought in: who they are, every row, and what to check.
pub(super) fn arrival(child: &Child, remarks: &Remarks<'_>, likely: &[String], today: Date) -> Made {
    let mut made = brought_in(child.rows.iter(), remarks, likely, today);
    made.answer("called", Answer::Text(format!("Child {}", child.number)));
    made.answer("born", Answer::Date(child.born));
    for (field, value) in details(child) {
        made.code(field, value);
    }
    made
}

/// What the header says of a child beside the birth. A pupil number's place may hold the reason why there is none.
pub(super) fn details(child: &Child) -> [(&'static str, Option<&String>); 4] {
    let reason = |upn: &&String| {
        upn.strip_prefix("UN")
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let upn = child.upn.as_ref();
    [
        ("sex", child.sex.as_ref()),
        ("ethnicity", child.ethnicity.as_ref()),
        ("upn", upn.filter(|upn| !reason(upn))),
        ("upn-unknown", upn.filter(reason)),
    ]
}

/// The rows that were brought in, and what to check in them.
pub(super) fn brought_in<'r>(
    rows: impl Iterator<Item = &'r Received>,
    remarks: &Remarks<'_>,
    more_to_check: &[String],
    today: Date,
) -> Made {
    let (mut received, mut check) = (Vec::new(), more_to_check.to_vec());
    for row in rows {
        received.push(row.in_words());
        for remark in remarks.get(&row.at).into_iter().flatten() {
            let mut line = remark.to_string();
            if remark.column.is_some() && !remark.value.as_received().is_empty() {
                // Writing to a string cannot fail.
                write!(line, " (received: {})", remark.value.as_received()).ok();
            }
            check.push(line);
        }
    }
    let mut made = Made::new("import", today, "SSDA903 return".to_owned());
    made.answer("system", Answer::Text("The yearly return on looked-after children (SSDA903)".to_owned()));
    if !received.is_empty() {
        made.answer("received", Answer::Text(received.join("\n")));
    }
    let reason = (!check.is_empty()).then(|| check.join("\n"));
    made.act.common.insert("check".to_owned(), Answered { answer: Answer::YesNo(reason.is_some()), reason });
    made
}
