//! What a member of staff has learned and read, and what they need next.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    staffing::{self, PERSON, TRAINING_FORM, Training},
};
use govuk::Html;
use record::{
    ActId, PersonId, Typed,
    answer::Answer,
    read::{FieldProblem, standing},
    time::day_in_words,
};

use super::name_of;
use crate::{
    App,
    error::WebError,
    form::{draw_alone, draw_alone_when},
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "staffing/training.html")]
struct Page {
    person: String,
    name: String,
    /// The day, what, how, and what they need next.
    done: Vec<(String, String, String, String)>,
    fields: Html,
    token: Html,
    act: String,
}

/// `GET /team/staff/{person}/training`
pub async fn show(app: App, Path(person): Path<String>, who: SignedIn) -> Response {
    let Ok(person) = person.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    let today = Typed::default().on_day(standing::HAPPENED, app.db().now().day());
    page(&app, &who, person, &today, &[]).await
}

/// `POST /team/staff/{person}/training`
pub async fn add(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let (Ok(person), Ok(act)) = (person.parse(), posted.pairs.get("_act").parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let typed = posted.pairs.typed();
    match staffing::record_training(&who.desk, act, person, &typed).await {
        Ok(()) => Redirect::to(&format!("/team/staff/{person}/training")).into_response(),
        Err(CaseError::Problems(problems)) => page(&app, who, person, &typed, &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

async fn page(app: &App, who: &SignedIn, person: PersonId, typed: &Typed, problems: &[FieldProblem]) -> Response {
    let training = match staffing::training(&who.desk, person).await {
        Ok(training) => training,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let Some(form) = pack.form(TRAINING_FORM) else { return WebError::Closed.response(app, Some(who)) };
    let mut fields = draw_alone_when(pack, form, (typed, problems), &training.colleagues);
    fields.push(&draw_alone(pack, form, &[PERSON], (typed, problems), &training.colleagues));
    let main = Page {
        person: person.to_string(),
        name: name_of(&training.colleagues, person),
        done: done(app, &training),
        fields,
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "Training and policies read").at("/team").problems(problems).page(&main)
}

fn done(app: &App, training: &Training) -> Vec<(String, String, String, String)> {
    let pack = app.db().pack();
    let line = |(fact, stored): &(record::fact::Fact, Option<store::StoredEntry>)| {
        let said = |field: &str| stored.as_ref().and_then(|stored| stored.content.answer(field)).map(Answer::stated);
        let label = |list: &str, code: &str| pack.label(list, code).to_owned();
        let list = |field: &str| {
            let form = pack.form(TRAINING_FORM)?;
            form.field(field)?.kind.list().map(str::to_owned)
        };
        let in_words = |field: &str, code: &str| list(field).map_or_else(|| code.to_owned(), |list| label(&list, code));
        (
            day_in_words(fact.said.from),
            in_words("what", &fact.said.value),
            said("how").map(|code| in_words("how", &code)).unwrap_or_default(),
            said("next").unwrap_or_default(),
        )
    };
    training.done.iter().map(line).collect()
}
