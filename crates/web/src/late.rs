//! Why something is late, asked of what is done in one step: an allocation, cover, a record opened, an answer to a request.
//!
//! Such a page has no box for it, since hardly any is ever late. Where the act turns out to be, this page stands in the place
//! of its answer: it says what is late and asks why, once, and sends on everything that was typed with it. A draft asks on
//! its own page, where the box is (`form::Drawing`). Whether anything is late is decided in `casework`, for both alike.

use askama::Template;
use axum::response::Response;
use govuk::{Html, Textarea};
use record::{
    read::{FieldProblem, SAY_WHY_LATE, standing},
    typed::Name,
};

use crate::{
    App,
    form::label,
    layout::{self, Frame},
    posted::{Pairs, TOKEN},
    session::SignedIn,
};

/// What a request sends, and where.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    to: String,
    pairs: Pairs,
}

/// Somebody who sends this: what they do is late for the reason that is among it.
pub(crate) fn sending(who: SignedIn, to: String, pairs: &Pairs) -> SignedIn {
    let desk = who.desk.late_because(pairs.get(standing::LATE_REASON));
    SignedIn { desk, sent: Some(Sent { to, pairs: pairs.clone() }), ..who }
}

#[derive(Template)]
#[template(path = "late.html")]
struct WhyLate<'a> {
    late: &'a [String],
    /// Where it is sent again, with all that was sent.
    action: String,
    carried: Vec<(String, String)>,
    token: Html,
    why: Html,
}

/// The page that asks why, with everything that was sent.
pub(crate) fn page(app: &App, who: &SignedIn, late: &[String]) -> Response {
    let (action, pairs) = who.sent.as_ref().map(|sent| (sent.to.clone(), sent.pairs.clone())).unwrap_or_default();
    let carried = pairs.iter().filter(|(name, _)| ![TOKEN, standing::LATE_REASON].contains(name));
    let main = WhyLate {
        late,
        action,
        carried: carried.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        token: layout::token(who),
        why: Html::of(&Textarea {
            id: standing::LATE_REASON.to_owned(),
            name: standing::LATE_REASON.to_owned(),
            label: label("Why is it late?", "govuk-label--m"),
            error: Some(SAY_WHY_LATE.into()),
            rows: Some(3),
            ..Textarea::default()
        }),
    };
    let problem = FieldProblem { at: Name::of(standing::LATE_REASON), message: SAY_WHY_LATE.to_owned() };
    Frame::new(app, who, "Late").problems(&[problem]).page(&main)
}
