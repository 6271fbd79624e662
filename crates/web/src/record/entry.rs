//! One entry; where it was put right, the original and the amendment next to each other.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::{
    reading::{self, EntryPage},
    right::showing::Answerable,
};
use govuk::{Button, Html};
use policy::Pack;
use record::{ActId, EntryId, RecordId, Typed, read::FieldProblem};
use store::{Brief, Colleagues, Link};

use super::{
    compare::{Changed, changed},
    view::{EntryView, MarkView, Reader, mark, tie},
};
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    right::{YesOrNo, authorising},
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "record/entry.html")]
struct Entry {
    record: RecordId,
    /// The number of the child's other record, where it stands in that.
    stands_in: Option<i64>,
    view: EntryView,
    /// The original, where this is an amendment: its address, and when it was written.
    before: Option<(String, String)>,
    caption: &'static str,
    changes: Vec<Changed>,
    /// An amendment that waits to stand in its place.
    waiting: Option<String>,
    section: Section,
    may_amend: bool,
    may_move: bool,
    /// Where this reader answers it, if it is a request that waits for an answer.
    answer_at: Option<String>,
    /// The other side of a move: its address, and whose record it is.
    other_side: Option<(String, String)>,
    /// What went from here, for whoever may read the trace.
    traces: Vec<String>,
    /// The question to the author, whether an amendment may stand.
    question: Html,
    /// How it stands with its authorising, in a sentence; blank where it needs none.
    authorising: String,
    /// Where it is written again, once it was returned.
    again: Option<String>,
    /// The question to whoever may authorise it.
    authorise: Html,
    tied: Vec<(RecordId, String, String)>,
    /// Entries that refer to this one: the address, what each is, and the question that it answers with this one.
    referred_by: Vec<(String, String, String)>,
    /// Forms that ask for an entry like this one: name and title.
    leads_on: Vec<(String, String)>,
    /// An entry of the import with something to check: the form that ends it is one press away.
    to_check: bool,
    /// Where to seek advice before something is put right (R-INT-07).
    advice: Vec<String>,
    token: Html,
}

/// How the page stands to the confidential section.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// This is the page of the section.
    Here,
    /// The reader may put the entry there.
    MayGo,
    /// Neither.
    Elsewhere,
}

impl Entry {
    fn is_in_section(&self) -> bool {
        self.section == Section::Here
    }

    fn may_keep(&self) -> bool {
        self.section == Section::MayGo
    }

    /// How the entry is marked, if it does not stand.
    fn mark(&self) -> Option<&MarkView> {
        self.view.mark.as_ref()
    }
}

/// `GET /records/{record}/entries/{entry}`
pub async fn show(app: App, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(entry)) = (record.parse(), entry.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    page(&app, &who, record, entry, (&Typed::default(), &[])).await
}

/// The page, with what was answered on it that must be put right first.
pub(crate) async fn page(
    app: &App,
    who: &SignedIn,
    record: RecordId,
    entry: EntryId,
    (typed, problems): (&Typed, &[FieldProblem]),
) -> Response {
    match reading::entry(&who.desk, record, entry).await {
        Ok(page) => shown(app, who, &page, (typed, problems)),
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

pub(crate) fn shown(
    app: &App,
    who: &SignedIn,
    page: &EntryPage,
    (typed, problems): (&Typed, &[FieldProblem]),
) -> Response {
    let pack = app.db().pack();
    let record = page.stored.record;
    let reader = Reader {
        record,
        pack,
        packs: app.db().packs(),
        people: &page.people,
        colleagues: &page.colleagues,
        refers_to: &page.refers_to,
    };
    let answered =
        |field: &str| page.stored.content.answer(field).is_some_and(|answer| answer.codes().contains(&"yes"));
    let mut view = reader.entry(&page.stored);
    if !page.may_have_files {
        view.without_files("It can be had once somebody has agreed to it");
    }
    if page.in_section {
        view.files_at = format!("/records/{record}/confidential/{}/files", page.stored.entry);
    }
    view.mark = page.right.mark.as_ref().map(|one| mark((record, page.stored.entry), one));
    let before = page.right.before.as_ref().map(|before| reader.entry(before));
    let changes = before.as_ref().map(|before| changed(before, &view)).unwrap_or_default();
    let waits = page.right.mark.as_ref().is_some_and(|mark| mark.how.waits());
    let main = Entry {
        // What refers to it is written where it stands.
        record,
        stands_in: page.header.stands_in(record),
        before: before.map(|before| (format!("/records/{record}/entries/{}", before.entry), before.written)),
        caption: if waits { "What it would change" } else { "What was put right" },
        changes,
        waiting: page.right.waiting.map(|waiting| format!("/records/{record}/entries/{waiting}")),
        section: match (page.in_section, page.may_keep) {
            (true, _) => Section::Here,
            (false, true) => Section::MayGo,
            (false, false) => Section::Elsewhere,
        },
        may_amend: page.right.may_amend,
        may_move: page.right.may_move,
        answer_at: (page.right.may_answer == Some(Answerable::Request))
            .then(|| format!("/records/{record}/entries/{}/answer", page.stored.entry)),
        other_side: page
            .right
            .other_side
            .as_ref()
            .map(|other| (format!("/records/{}/entries/{}", other.record, other.entry), other.name.clone())),
        traces: page.right.traces.iter().map(|entry| format!("/records/{record}/entries/{entry}/trace")).collect(),
        question: if page.right.may_answer == Some(Answerable::Amendment) {
            question(who.desk.new_id(), typed, problems)
        } else {
            Html::default()
        },
        authorising: page.right.authorising.as_ref().map(authorising::in_words).unwrap_or_default(),
        again: (page.right.authorising.as_ref())
            .filter(|one| one.may_write_again)
            .map(|_| format!("/records/{record}/entries/{}/again", page.stored.entry)),
        authorise: match page.right.authorising.as_ref().and_then(|one| one.may_answer.as_deref()) {
            Some(also) => authorising::question(who.desk.new_id(), also, typed, problems),
            None => Html::default(),
        },
        tied: tie(&page.tied),
        referred_by: page.referred_by.iter().map(|link| refers(pack, &page.colleagues, link)).collect(),
        leads_on: page.leads_on.iter().map(|form| (form.id.clone(), form.title.clone())).collect(),
        to_check: page.stored.content.form == "import" && answered("check"),
        advice: pack.amendment().advice.clone(),
        token: layout::token(who),
        view,
    };
    let title = main.view.title.clone();
    Frame::new(app, who, &title).in_record(&page.header, "story").problems(problems).page(&main)
}

/// May it stand? Yes, or no with the reason.
fn question(act: ActId, typed: &Typed, problems: &[FieldProblem]) -> Html {
    let ask = YesOrNo {
        of: record::right::APPROVED,
        question: "May it stand in the place of what you wrote?",
        no: "No",
        why: "If not: why not?",
        hint: None,
    };
    let mut html = ask.boxes(act, typed, problems);
    html.push(&Button::submit("Answer"));
    html
}

/// An entry that refers to this one: where it is, what it is and who wrote it, and why it refers.
fn refers(pack: &Pack, colleagues: &Colleagues, link: &Link) -> (String, String, String) {
    let Brief { record, entry, form, author, .. } = &link.from;
    let field = pack.form(form).and_then(|form| form.field(&link.field));
    let why = field.map_or_else(String::new, |field| field.label.clone());
    let by = colleagues.staff.get(author).map_or_else(String::new, |who| format!(", by {}", who.name));
    (format!("/records/{record}/entries/{entry}"), format!("{}{by}", words::entry(pack, &link.from)), why)
}
