//! Protected addresses, shown to whoever says what they need them for. They stand on this one answer and nowhere else.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::{
    CaseError,
    protecting::{self, Shown, WORKER},
    reading::Header,
};
use govuk::Html;
use record::{ActId, RecordId, Typed, protected::REVEAL_FORM, read::FieldProblem, time::day_in_words};

use crate::{
    App,
    error::WebError,
    form::draw_alone,
    layout::{self, Frame},
    posted::Posted,
    recent::Recent,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "protecting/ask.html")]
struct Ask {
    record: RecordId,
    fields: Html,
    token: Html,
    act: String,
}

/// `GET /records/{record}/addresses`
pub async fn ask(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match protecting::ask(&who.desk, record).await {
        Ok(header) => page(&app, &who, &header, &Typed::default(), &[]),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(app: &App, who: &SignedIn, header: &Header, typed: &Typed, problems: &[FieldProblem]) -> Response {
    let pack = app.db().pack();
    let Some(form) = pack.form(REVEAL_FORM) else { return WebError::Closed.response(app, Some(who)) };
    let main = Ask {
        record: header.record,
        fields: draw_alone(pack, form, &[WORKER], (typed, problems), &store::Colleagues::default()),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "Protected addresses").in_record(header, "addresses").problems(problems).page(&main)
}

#[derive(Template)]
#[template(path = "protecting/shown.html")]
struct Answer {
    record: RecordId,
    /// Whose, what it is called, what it says, since when, and the entry that says so.
    addresses: Vec<(String, String, String, String, String)>,
}

/// `POST /records/{record}/addresses`
pub async fn reveal(app: App, Path(record): Path<String>, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    let (Ok(record), Ok(act)) = (record.parse(), posted.pairs.get("_act").parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let typed = posted.pairs.typed();
    match protecting::reveal(&who.desk, act, record, &typed).await {
        Ok(shown) => answer(&app, who, &shown),
        Err(CaseError::Problems(problems)) => match protecting::ask(&who.desk, record).await {
            Ok(header) => page(&app, who, &header, &typed, &problems),
            Err(error) => WebError::from(error).response(&app, Some(who)),
        },
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

fn answer(app: &App, who: &SignedIn, shown: &Shown) -> Response {
    let line = |(whose, title, fact): &(String, String, record::fact::Fact)| {
        let since = day_in_words(fact.said.from);
        (whose.clone(), title.clone(), fact.said.value.clone(), since, fact.said.entry.to_string())
    };
    let main = Answer { record: shown.header.record, addresses: shown.addresses.iter().map(line).collect() };
    Frame::new(app, who, "Protected addresses").in_record(&shown.header, "addresses").page(&main)
}
