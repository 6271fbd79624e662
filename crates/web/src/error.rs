//! What can go wrong on the way to a page. What the person reads and what the log keeps are apart, and nothing can
//! mix them: this type has no `Display`.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use casework::CaseError;
use store::StoreError;

use crate::{App, late, layout, session::SignedIn};

/// Why there is no page.
pub enum WebError {
    /// Closed to this person, or not there: one page for both.
    Closed,
    /// Nothing was opened in an emergency: not there, or not to be opened so. One page for both.
    NotOpened,
    /// Not among this person's rights.
    NoRight,
    /// No such address.
    NotFound,
    /// The post did not come from a page of this session.
    ForeignPost,
    /// More was posted than fits.
    TooLarge,
    /// The entry cannot be amended or moved as it stands: why, in a sentence.
    CannotBePutRight(String),
    /// Done late in one step, without its reason: each that is late, in a sentence.
    SayWhyLate(Vec<String>),
    /// Already completed or put aside.
    DraftEnded,
    /// A file is missing or is not what was sent: its bytes were lost or changed.
    NotWhole,
    /// Too many papers are being laid out at once.
    PrinterBusy,
    /// The paper could not be laid out; why goes to the log alone.
    NoPaper(paper::PaperError),
    /// The database failed; what it said goes to the log alone.
    Store(StoreError),
}

impl From<CaseError> for WebError {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Closed | CaseError::Problems(_) | CaseError::LikelyKnown(_) => Self::Closed,
            CaseError::NoRight => Self::NoRight,
            CaseError::CannotBePutRight(why) => Self::CannotBePutRight(why),
            CaseError::SayWhyLate(late) => Self::SayWhyLate(late),
            CaseError::DraftEnded => Self::DraftEnded,
            CaseError::Store(error) => Self::Store(error),
        }
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Withdrawn => Self::Closed,
            error => Self::Store(error),
        }
    }
}

impl WebError {
    /// The page for the person, and the line for the log.
    pub(crate) fn response(&self, app: &App, who: Option<&SignedIn>) -> Response {
        if let (Self::SayWhyLate(late), Some(who)) = (self, who) {
            return late::page(app, who, late);
        }
        let (status, title, text) = match self {
            // Only a post is ever late, and it has its page above.
            Self::Closed | Self::SayWhyLate(_) => (
                StatusCode::NOT_FOUND,
                "You cannot open this page",
                "It may not exist, or it may not be open to you. If you need it for your work, ask your manager or the person who sent you the link.",
            ),
            Self::NotOpened => (
                StatusCode::NOT_FOUND,
                "No record was opened",
                "There may be no record with this number, or with this name and date of birth, or it may not open in an emergency. Ring the manager or the duty team. What you asked for is kept with your name.",
            ),
            Self::NoRight => (
                StatusCode::FORBIDDEN,
                "This is not part of your role",
                "Your role here does not include this. If it should, ask your manager; the people who manage accounts can change it.",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Page not found",
                "There is no page at this address. Check that it is complete, or start again from My work.",
            ),
            Self::ForeignPost => (
                StatusCode::FORBIDDEN,
                "This page was too old",
                "The page you sent was not from the session you are in now, so nothing was changed. Go back, load the page again, and send it once more. What you typed in a draft is saved.",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "This is too much for one page",
                "More was sent than one page can take, so nothing was changed. Go back and make it shorter; long documents are better kept as documents.",
            ),
            Self::CannotBePutRight(why) => (StatusCode::CONFLICT, "This cannot be done now", why.as_str()),
            Self::DraftEnded => (
                StatusCode::GONE,
                "This draft is no longer open",
                "It was completed or put aside, perhaps in another window. What was completed is in the record.",
            ),
            Self::NotWhole => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "This file is damaged",
                "It is not the file that was sent here, so it is not shown. Tell the people who run the system: it must be brought back from a backup.",
            ),
            Self::PrinterBusy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Others are printing",
                "Several long papers are being made at this moment. Nothing was printed. Try again in a minute.",
            ),
            Self::NoPaper(paper::PaperError::TooLong(_)) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "This is too long to print",
                "Nothing was printed: this part has more than 200 pages. It can be read on the screen. Tell the people who run the system, so that it can be printed in smaller parts.",
            ),
            Self::NoPaper(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "This could not be printed",
                "Nothing was printed, and nothing was changed. It can be read on the screen. Tell the people who run the system.",
            ),
            Self::Store(StoreError::DiskFull) => (
                StatusCode::INSUFFICIENT_STORAGE,
                "Nothing can be saved at the moment",
                "The disk is full. What you sent was not saved, and nothing of it was kept by half. Keep this page open, tell the people who run the system, and try again when they have made room.",
            ),
            Self::Store(StoreError::Conflict) => (
                StatusCode::CONFLICT,
                "Somebody else changed this at the same time",
                "Nothing was lost and nothing was changed by you. Go back, load the page again, and try once more.",
            ),
            Self::Store(StoreError::LedgerStands) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Nothing can be saved at the moment",
                "The part of the system that proves records unchanged has stopped, so nothing new is taken until it runs again. Tell the people who run the system.",
            ),
            Self::Store(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The system cannot be reached at the moment",
                "Nothing was changed. Keep what you have typed, and try again in a minute. If it goes on, tell the people who run the system.",
            ),
        };
        if let Self::Store(error) = self {
            tracing::error!(%error, "a request failed");
        }
        if let Self::NoPaper(error) = self {
            tracing::error!(%error, "a paper was not made");
        }
        (status, layout::message(app, who, title, text)).into_response()
    }
}
