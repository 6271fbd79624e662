//! What somebody is told of their account: above every page of theirs until they say that they have seen it, and for a while
//! on the page of their account. A new way of signing in needs one line here, and one where it is added or taken away
//! (`store::notices`).

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use govuk::{Content, Html, NotificationBanner};
use record::Moment;
use store::{Notice, NoticeOf as What, StoreError};

use crate::{App, error::WebError, layout, posted::Posted, session::SignedIn, words};

/// What happened, in a sentence without its full stop.
fn in_words(notice: &Notice) -> String {
    let times = || words::count(usize::try_from(notice.many).unwrap_or_default(), "time", "times");
    match notice.what {
        What::PasswordChanged => "Your password was changed".to_owned(),
        What::PasswordReset => "You were given a new first password by whoever manages accounts".to_owned(),
        What::PasskeyAdded => "A passkey was added".to_owned(),
        What::PasskeyRemoved => "A passkey was removed".to_owned(),
        What::PasskeyStopped => "A passkey was stopped, because it seems to exist twice".to_owned(),
        What::CodeAdded => "A code was added, or another telephone for it".to_owned(),
        What::CodeRemoved => "Your code was removed".to_owned(),
        What::CodeStopped => {
            format!("Your code was stopped: after your right password it was wrong {} in a row", times())
        }
        What::IdentityLinked => "Your account was linked with single sign-on".to_owned(),
        What::IdentityUnlinked => "Single sign-on was taken away from your account".to_owned(),
        What::IdentitySet => "Your account was linked with single sign-on by whoever manages accounts".to_owned(),
        What::IdentityRemoved => {
            "Single sign-on was taken away from your account by whoever manages accounts".to_owned()
        }
        What::WaysRemoved => "Your passkeys and your code were taken away by whoever manages accounts".to_owned(),
        What::WrongPasswords => format!("A wrong password was entered {}", times()),
        What::WrongCodes => format!("After your right password, a wrong code was entered {}", times()),
    }
}

/// «Your password was changed, 3 March 2026, 15:20».
fn line(notice: &Notice) -> String {
    format!("{}, {}", in_words(notice), words::moment(notice.at))
}

#[derive(Template)]
#[template(path = "notices/banner.html")]
struct Banner {
    lines: Vec<String>,
    /// The latest that is told.
    up_to: String,
    token: Html,
}

/// The banner above every page of somebody who is to be told something; nothing for everybody else. Whoever must first choose
/// a password or add a way of signing in is told once they have.
pub(crate) fn banner(who: &SignedIn) -> Html {
    let notices = &who.session.notices;
    if who.session.must_change || who.session.must_add {
        return Html::default();
    }
    let Some(latest) = notices.iter().map(|notice| notice.at).max() else { return Html::default() };
    let main =
        Banner { lines: notices.iter().map(line).collect(), up_to: latest.to_string(), token: layout::token(who) };
    let banner = NotificationBanner {
        title: "Since you were last here".into(),
        title_id: "notices-title".to_owned(),
        content: Content::Html(Html::trusted(main.to_string())),
        ..NotificationBanner::default()
    };
    Html::trusted(format!("<div class=\"govuk-width-container ls-notices\">{banner}</div>"))
}

#[derive(Template)]
#[template(path = "notices/section.html")]
struct Section {
    lines: Vec<String>,
    days: i64,
}

/// The section on the page of one's account.
pub(crate) async fn section(app: &App, who: &SignedIn) -> Result<Html, StoreError> {
    let lately = app.db().lately(who.person(), app.db().now()).await?;
    let main = Section { lines: lately.iter().map(line).collect(), days: store::NOTICES_KEPT_DAYS };
    Ok(Html::trusted(main.to_string()))
}

/// `POST /account/notices`: what was told has been seen.
pub async fn seen(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    // Whoever says that they have seen nothing has.
    let Ok(up_to) = posted.pairs.get("_up_to").parse::<Moment>() else {
        return Redirect::to("/account").into_response();
    };
    match app.db().notices_seen(&who.name, who.person(), up_to, app.db().now()).await {
        Ok(()) => Redirect::to("/account").into_response(),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
