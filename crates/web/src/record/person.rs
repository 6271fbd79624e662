//! One person of a child's record: what this record knows of them, and what they are to the child and to others.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::{
    reading::{self, Family},
    recording::called,
};
use record::{PersonId, RecordId};

use super::front_page::{self, Said};
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "record/person.html")]
struct PersonPage {
    record: RecordId,
    person: PersonId,
    name: String,
    age: String,
    child: String,
    relation: Option<Said>,
    /// What they are to others, by records that this reader may read: «mother of Bilal», and where it is said.
    elsewhere: Vec<(String, RecordId, String)>,
    known: Vec<(String, Vec<Said>)>,
    own_record: Option<RecordId>,
    may_record: bool,
    token: govuk::Html,
}

/// `GET /records/{record}/people/{person}`
pub async fn show(app: App, Path((record, person)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(person)) = (record.parse(), person.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    match reading::family(&who.desk, record).await {
        // Somebody whom this record does not name is not here, whoever they are.
        Ok(family) if !family.page.people.contains_key(&person) => WebError::Closed.response(&app, Some(&who)),
        Ok(family) => {
            let main = page(&app, &who, record, person, &family);
            Frame::new(&app, &who, "Somebody in the child’s life").in_record(&family.page.header, "family").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(app: &App, who: &SignedIn, record: RecordId, person: PersonId, family: &Family) -> PersonPage {
    let (pack, today) = (app.db().pack(), app.db().now().day());
    let front = &family.page;
    let one = front.people.get(&person).cloned().unwrap_or_default();
    let mut elsewhere: Vec<(String, RecordId, String)> = Vec::new();
    for said in family.elsewhere.iter().filter(|said| said.subject == person || said.other == person) {
        // «Mother» is said of the other towards the subject; the other way round it is read by its inverse.
        let (towards, inverse) = if said.other == person { (said.subject, false) } else { (said.other, true) };
        let name = family.names.get(&towards).cloned().unwrap_or_default();
        let line = (
            format!("{} of {name}", front_page::connection(pack, &said.kind, inverse)),
            said.record,
            said.entry.to_string(),
        );
        if Some(towards) != front.header.person && !elsewhere.iter().any(|(words, ..)| *words == line.0) {
            elsewhere.push(line);
        }
    }
    let dated = one.born.is_some() || one.died.is_some() || one.expected.is_some();
    PersonPage {
        record,
        person,
        name: called(&one),
        age: if dated { words::age_and_birth(&one, today) } else { String::new() },
        child: front.header.called().to_owned(),
        relation: front_page::relation_here(pack, front, today, person),
        elsewhere,
        known: front_page::known_of(pack, front, today, person),
        own_record: front.records.iter().find(|(_, holder, _)| *holder == person).map(|(own, ..)| *own),
        may_record: front.may_record,
        token: layout::token(who),
    }
}
