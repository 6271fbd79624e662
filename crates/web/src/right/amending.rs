//! Amending an entry: the same form again, and the author's answer where the pack asks for it.

use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    recording::{self, Start},
    right::amending,
};
use record::{EntryId, RecordId};

use crate::{App, error::WebError, posted::Posted, record::entry, recording::first_page, session::SignedIn};

/// `GET /records/{record}/entries/{entry}/amendment`: the form, filled with what the entry says.
pub async fn begin(app: App, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(entry)) = (record.parse(), entry.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    match opened(&who, record, entry).await {
        Ok((start, open)) => first_page(&app, &who, &start, &open),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

async fn opened(who: &SignedIn, record: RecordId, entry: EntryId) -> Result<(Start, recording::OpenDraft), CaseError> {
    let start = amending::start(&who.desk, record, entry).await?;
    let open = recording::blank(&who.desk, &start).await?;
    Ok((start, open))
}

/// `POST /records/{record}/entries/{entry}/approval`: the author's yes, or no with the reason.
pub async fn answer(app: App, Path((record, of)): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let (Ok(record), Ok(of), Ok(act)) = (record.parse(), of.parse(), posted.pairs.get("_act").parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let typed = posted.pairs.typed();
    match amending::answer(&who.desk, act, record, of, &typed).await {
        Ok(()) => Redirect::to(&format!("/records/{record}/entries/{of}")).into_response(),
        Err(CaseError::Problems(problems)) => entry::page(&app, who, record, of, (&typed, &problems)).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
