//! Printing: a page that asks what the paper is needed for, and the paper itself. What is printed is laid out by
//! [`paper`], which knows no child; the words come from the same views as the pages.

mod sheet;
pub mod telling;

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use casework::{
    CaseError,
    printing::{self, Order},
    reading::Header,
};
use govuk::{Button, Fieldset, Html, Legend, Radio, RadioItem, Radios};
use paper::Document;
use record::{EntryId, RecordId, read::FieldProblem, typed::Name};

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    posted::Posted,
    recent::Recent,
    session::SignedIn,
};

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The file front sheet.
    FrontSheet,
    /// The chronology.
    Chronology,
    /// A chronology made for a purpose.
    MadeChronology(EntryId),
    /// One entry.
    Entry(EntryId),
}

impl What {
    /// The address of the page itself, below the record's.
    fn page(self) -> String {
        match self {
            Self::FrontSheet => "front-sheet".to_owned(),
            Self::Chronology => "chronology".to_owned(),
            Self::MadeChronology(made) => format!("chronologies/{made}"),
            Self::Entry(entry) => format!("entries/{entry}"),
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::FrontSheet => "Print the front sheet",
            Self::Chronology => "Print the chronology",
            Self::MadeChronology(_) => "Print this chronology",
            Self::Entry(_) => "Print this entry",
        }
    }

    /// The tab that stays open.
    const fn tab(self) -> &'static str {
        match self {
            Self::FrontSheet => "",
            Self::Chronology | Self::MadeChronology(_) => "chronology",
            Self::Entry(_) => "story",
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::FrontSheet => "front-sheet",
            Self::Chronology => "chronology",
            Self::MadeChronology(_) => "chronology-for-a-purpose",
            Self::Entry(_) => "entry",
        }
    }
}

/// The address of a record's page or entry.
type At<T> = Path<T>;

/// `GET /records/{record}/front-sheet/print`
pub async fn ask_sheet(app: App, Path(record): At<String>, who: SignedIn) -> Response {
    ask(&app, &who, &record, Some(What::FrontSheet), &Chosen::default(), &[]).await
}

/// `POST /records/{record}/front-sheet/print`
pub async fn sheet(app: App, Path(record): At<String>, posted: Recent<Posted>) -> Response {
    print(&app, &posted.get(), &record, Some(What::FrontSheet)).await
}

/// `GET /records/{record}/chronology/print`
pub async fn ask_chronology(app: App, Path(record): At<String>, who: SignedIn) -> Response {
    ask(&app, &who, &record, Some(What::Chronology), &Chosen::default(), &[]).await
}

/// `POST /records/{record}/chronology/print`
pub async fn chronology(app: App, Path(record): At<String>, posted: Recent<Posted>) -> Response {
    print(&app, &posted.get(), &record, Some(What::Chronology)).await
}

/// `GET /records/{record}/chronologies/{entry}/print`
pub async fn ask_made_chronology(app: App, Path((record, made)): At<(String, String)>, who: SignedIn) -> Response {
    ask(&app, &who, &record, made.parse().ok().map(What::MadeChronology), &Chosen::default(), &[]).await
}

/// `POST /records/{record}/chronologies/{entry}/print`
pub async fn made_chronology(app: App, Path((record, made)): At<(String, String)>, posted: Recent<Posted>) -> Response {
    print(&app, &posted.get(), &record, made.parse().ok().map(What::MadeChronology)).await
}

/// `GET /records/{record}/entries/{entry}/print`
pub async fn ask_entry(app: App, Path((record, entry)): At<(String, String)>, who: SignedIn) -> Response {
    ask(&app, &who, &record, entry.parse().ok().map(What::Entry), &Chosen::default(), &[]).await
}

/// `POST /records/{record}/entries/{entry}/print`
pub async fn entry(app: App, Path((record, entry)): At<(String, String)>, posted: Recent<Posted>) -> Response {
    print(&app, &posted.get(), &record, entry.parse().ok().map(What::Entry)).await
}

/// What somebody chose on the page.
#[derive(Clone, Debug, Default)]
struct Chosen {
    why: String,
    part: String,
}

#[derive(Template)]
#[template(path = "record/print.html")]
struct Ask {
    title: &'static str,
    what: String,
    only_if: String,
    duty: String,
    destroy: String,
    parts: usize,
    most_pages: usize,
    form: Html,
    back: String,
    action: String,
}

/// The record and what of it, from the address.
fn parsed(record: &str, what: Option<What>) -> Option<(RecordId, What)> {
    Some((record.parse().ok()?, what?))
}

async fn ask(
    app: &App,
    who: &SignedIn,
    record: &str,
    what: Option<What>,
    chosen: &Chosen,
    problems: &[FieldProblem],
) -> Response {
    let Some((record, what)) = parsed(record, what) else { return WebError::Closed.response(app, Some(who)) };
    let (header, pieces) = match pieces(app, who, record, what, None).await {
        Ok(found) => found,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let word = |key: &str| pack.word(key).to_owned();
    let address = format!("/records/{record}/{}", what.page());
    let main = Ask {
        title: what.title(),
        what: match (what, pieces.first()) {
            (What::Entry(_) | What::MadeChronology(_), Some(piece)) => piece.title.clone(),
            _ => String::new(),
        },
        only_if: word("print-only-if"),
        duty: word("confidential-duty"),
        destroy: word("print-destroy"),
        parts: pieces.len(),
        most_pages: paper::MOST_PAGES,
        form: questions(app, who, chosen, pieces.len(), problems),
        action: format!("{address}/print"),
        back: address,
    };
    Frame::new(app, who, what.title()).in_record(&header, what.tab()).problems(problems).page(&main)
}

fn questions(app: &App, who: &SignedIn, chosen: &Chosen, parts: usize, problems: &[FieldProblem]) -> Html {
    let error = |name: &str| {
        problems.iter().find(|problem| problem.at.field == name).map(|problem| problem.message.as_str().into())
    };
    let legend = |words: &str| Legend { classes: "govuk-fieldset__legend--m".to_owned(), ..Legend::from(words) };
    let radio = |value: &str, words: &str| {
        RadioItem::Radio(Radio { value: value.to_owned(), content: words.into(), ..Radio::default() })
    };
    let mut form = layout::token(who);
    let reasons = app.db().pack().list(printing::REASONS).map(|list| list.items.as_slice()).unwrap_or_default();
    form.push(&Radios {
        name: printing::WHY.to_owned(),
        fieldset: Some(Fieldset::from(legend("What is the paper needed for?"))),
        error: error(printing::WHY),
        value: chosen.why.clone(),
        items: reasons.iter().map(|item| radio(&item.code, &item.label)).collect(),
        ..Radios::default()
    });
    if parts > 1 {
        form.push(&Radios {
            name: "part".to_owned(),
            fieldset: Some(Fieldset::from(legend("Which part?"))),
            error: error("part"),
            value: if chosen.part.is_empty() { "1".to_owned() } else { chosen.part.clone() },
            items: (1..=parts).map(|n| radio(&n.to_string(), &format!("Part {n} of {parts}"))).collect(),
            ..Radios::default()
        });
    }
    form.push(&Button::submit("Print"));
    form
}

/// What would be printed, in pieces. With an order, the leaf that it was printed is in the ledger when this returns.
async fn pieces(
    app: &App,
    who: &SignedIn,
    record: RecordId,
    what: What,
    order: Option<&Order>,
) -> Result<(Header, Vec<Document>), CaseError> {
    let desk = &who.desk;
    let (header, document) = match what {
        What::FrontSheet => {
            let page = printing::front_sheet(desk, record, order).await?;
            let document = sheet::document(app.db(), &page);
            (page.header, document)
        }
        What::Chronology => {
            let page = printing::chronology(desk, record, order).await?;
            let document = telling::chronology(app.db(), &page);
            (page.header, document)
        }
        What::MadeChronology(made) => {
            let page = printing::made_chronology(desk, record, made, order).await?;
            let document = telling::made_chronology(app.db(), &page);
            (page.header, document)
        }
        What::Entry(entry) => {
            let page = printing::entry(desk, record, entry, order).await?;
            let document = telling::entry(app.db(), &page);
            (page.header, document)
        }
    };
    let document = telling::framed(app.db(), &header, document, order);
    let part = |n, of| format!("Part {n} of {of}. One piece of paper has at most {} pages.", paper::MOST_PAGES);
    Ok((header, paper::pieces(document, part)))
}

async fn print(app: &App, posted: &Posted, record: &str, what: Option<What>) -> Response {
    let who = &posted.who;
    let Some((id, thing)) = parsed(record, what) else { return WebError::Closed.response(app, Some(who)) };
    let chosen = Chosen { why: posted.pairs.get(printing::WHY).to_owned(), part: posted.pairs.get("part").to_owned() };
    let order = match printing::order(&who.desk, &chosen.why).await {
        Ok(order) => order,
        Err(CaseError::Problems(problems)) => return ask(app, who, record, what, &chosen, &problems).await,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let (header, pieces) = match pieces(app, who, id, thing, Some(&order)).await {
        Ok(found) => found,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let part: usize = if chosen.part.is_empty() { 1 } else { chosen.part.parse().unwrap_or(0) };
    let Some(piece) = part.checked_sub(1).and_then(|at| pieces.into_iter().nth(at)) else {
        let problem = FieldProblem { at: Name::of("part"), message: "Choose one of the parts".to_owned() };
        return ask(app, who, record, what, &chosen, &[problem]).await;
    };
    match app.print(piece).await {
        Ok(pdf) => {
            let part = if part > 1 { format!("-part-{part}") } else { String::new() };
            let name = format!("confidential-R-{}-{}{part}.pdf", header.number, thing.file());
            download(pdf, &name)
        }
        Err(error) => error.response(app, Some(who)),
    }
}

/// A file to be kept, never shown inside the page.
fn download(pdf: Vec<u8>, name: &str) -> Response {
    let mut response = pdf.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
