//! Adoption: the page on which an order is recorded, and the pages on which somebody says why they go from the record before
//! to the one after, or back.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    adoption::{self, OrderPage, WHY},
    reading::Header,
    records::OTHERS,
};
use govuk::{Fieldset, Html, Legend, Radio, RadioItem, Radios};
use record::{
    ActId, RecordId, Typed,
    adoption::{AFTER_FORM, ORDER_FORM, REASONS, Side},
    read::FieldProblem,
    typed::Name,
};

use crate::{
    App,
    error::WebError,
    form::draw_alone,
    layout::{self, Frame},
    open_record::{Match, likely_box},
    posted::Posted,
    recent::Recent,
    session::SignedIn,
};

/// What the page for going to a record is called.
pub const fn title(to: Side) -> &'static str {
    match to {
        Side::Before => "The record before the adoption",
        Side::After => "The record after the adoption",
    }
}

#[derive(Template)]
#[template(path = "adoption/order.html")]
struct Recording {
    record: RecordId,
    order: Html,
    after: Html,
    likely: Html,
    token: Html,
    act: String,
}

/// `GET /records/{record}/adoption`
pub async fn begin(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    let act: ActId = who.desk.new_id();
    draw(&app, &who, record, &act.to_string(), &Typed::default(), (&[], &[])).await
}

async fn draw(
    app: &App,
    who: &SignedIn,
    record: RecordId,
    act: &str,
    typed: &Typed,
    (problems, likely): (&[FieldProblem], &[Match]),
) -> Response {
    let OrderPage { header, colleagues } = match adoption::begin(&who.desk, record).await {
        Ok(page) => page,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let (Some(order), Some(after)) = (pack.form(ORDER_FORM), pack.form(AFTER_FORM)) else {
        return WebError::Closed.response(app, Some(who));
    };
    let main = Recording {
        record,
        order: draw_alone(pack, order, &[], (typed, problems), &colleagues),
        after: draw_alone(pack, after, &[], (typed, problems), &colleagues),
        likely: likely_box(likely),
        token: layout::token(who),
        act: act.to_owned(),
    };
    Frame::new(app, who, "Record an adoption order").in_record(&header, "").problems(problems).page(&main)
}

/// `POST /records/{record}/adoption`
pub async fn record(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let act = posted.pairs.get("_act");
    let (Ok(record), Ok(act_id)) = (record.parse(), act.parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let typed = posted.pairs.typed();
    match adoption::order_made(&who.desk, act_id, record, &typed).await {
        Ok(()) => Redirect::to(&format!("/records/{record}")).into_response(),
        Err(CaseError::Problems(problems)) => draw(&app, who, record, act, &typed, (&problems, &[])).await,
        Err(CaseError::LikelyKnown(likely)) => {
            let today = app.db().now().day();
            let likely: Vec<_> = likely.iter().map(|one| Match::new(one, today)).collect();
            let message =
                "Somebody is known already who may be this child as they are called from now on. Look at them first";
            let problem = FieldProblem { at: Name::of(OTHERS), message: message.to_owned() };
            draw(&app, who, record, act, &typed, (&[problem], &likely)).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

#[derive(Template)]
#[template(path = "adoption/follow.html")]
struct Follow {
    record: RecordId,
    title: &'static str,
    to: &'static str,
    reasons: Html,
    token: Html,
}

/// `GET /records/{record}/adoption/before`
pub async fn ask_before(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    ask(&app, &who, &record, Side::Before).await
}

/// `GET /records/{record}/adoption/after`
pub async fn ask_after(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    ask(&app, &who, &record, Side::After).await
}

/// `POST /records/{record}/adoption/before`
pub async fn follow_before(app: App, Path(record): Path<String>, posted: Recent<Posted>) -> Response {
    follow(&app, &posted.get(), &record, Side::Before).await
}

/// `POST /records/{record}/adoption/after`
pub async fn follow_after(app: App, Path(record): Path<String>, posted: Recent<Posted>) -> Response {
    follow(&app, &posted.get(), &record, Side::After).await
}

async fn ask(app: &App, who: &SignedIn, record: &str, to: Side) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(app, Some(who)) };
    match adoption::ask(&who.desk, record, to).await {
        Ok(header) => asked(app, who, &header, to, &[]),
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

fn asked(app: &App, who: &SignedIn, header: &Header, to: Side, problems: &[FieldProblem]) -> Response {
    let reasons = app.db().pack().list(REASONS).map(|list| list.items.as_slice()).unwrap_or_default();
    let radio = |item: &policy::list::Item| {
        RadioItem::Radio(Radio { value: item.code.clone(), content: item.label.as_str().into(), ..Radio::default() })
    };
    let legend = Legend { classes: "govuk-fieldset__legend--m".to_owned(), ..Legend::from("Why do you go there?") };
    let error = problems.iter().find(|problem| problem.at.field == WHY);
    let reasons = Radios {
        name: WHY.to_owned(),
        fieldset: Some(Fieldset::from(legend)),
        error: error.map(|problem| problem.message.as_str().into()),
        items: reasons.iter().map(radio).collect(),
        ..Radios::default()
    };
    let main = Follow {
        record: header.record,
        title: title(to),
        to: to.code(),
        reasons: Html::of(&reasons),
        token: layout::token(who),
    };
    Frame::new(app, who, title(to)).in_record(header, "").problems(problems).page(&main)
}

async fn follow(app: &App, posted: &Posted, record: &str, to: Side) -> Response {
    let who = &posted.who;
    let Ok(record) = record.parse() else { return WebError::Closed.response(app, Some(who)) };
    match adoption::follow(&who.desk, record, to, posted.pairs.get(WHY)).await {
        Ok(other) => Redirect::to(&format!("/records/{other}")).into_response(),
        Err(CaseError::Problems(problems)) => match adoption::ask(&who.desk, record, to).await {
            Ok(header) => asked(app, who, &header, to, &problems),
            Err(error) => WebError::from(error).response(app, Some(who)),
        },
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}
