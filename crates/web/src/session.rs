//! Who is asking: the session behind the cookie.

use axum::{
    body::Bytes,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use casework::Desk;
use policy::Capability;
use record::PersonId;
use store::{Session, SessionName};
use subtle::ConstantTimeEq as _;

use crate::{App, app::Site, error::WebError, late::Sent, posted::Pairs};

/// Somebody whose session goes on.
#[derive(Clone)]
pub struct SignedIn {
    /// Their session.
    pub session: Session,
    /// Its name, for ending it and for giving it another.
    pub name: SessionName,
    /// Their desk.
    pub desk: Desk,
    /// What they may do on some record or at large: what the menu offers.
    pub may: Vec<Capability>,
    /// What this request sends, where it sends anything.
    pub(crate) sent: Option<Sent>,
}

/// No session, or one that has ended.
pub struct Ended {
    name: Option<SessionName>,
    pub(crate) failed: Option<WebError>,
}

impl SignedIn {
    /// Who this request comes from.
    pub(crate) async fn of(parts: &mut Parts, app: &App) -> Result<Self, Ended> {
        let Some(name) = cookie(&parts.headers, app) else { return Err(Ended { name: None, failed: None }) };
        match app.db().session(&name, app.config().session, app.db().now()).await {
            Ok(Some(session)) => {
                let desk = app.desk(&session).within(name.clone());
                match casework::caseload::rights(&desk).await {
                    Ok(may) => Ok(Self { session, name, desk, may, sent: None }),
                    Err(error) => Err(Ended { name: Some(name), failed: Some(error.into()) }),
                }
            }
            Ok(None) => Err(Ended { name: Some(name), failed: None }),
            Err(error) => Err(Ended { name: Some(name), failed: Some(error.into()) }),
        }
    }

    /// The person.
    pub const fn person(&self) -> PersonId {
        self.session.person
    }

    /// Where they must go before anything else; none where they may go on.
    pub(crate) fn must_first(&self, path: &str) -> Option<&'static str> {
        let within = |pages: &[&str]| {
            pages
                .iter()
                .any(|page| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        };
        let leaves = within(&["/sign-out", "/sign-out-everywhere"]);
        if self.session.must_change {
            (path != "/password" && !leaves).then_some("/password")
        } else if self.session.must_add {
            let adds = within(&[
                "/account/ways",
                "/account/passkeys",
                "/account/code",
                "/account/single-sign-on",
                "/password",
                "/confirm",
            ]);
            (!adds && !leaves).then_some("/account/ways")
        } else {
            None
        }
    }

    /// Whether a token is this session's.
    pub fn token_fits(&self, token: &str) -> bool {
        self.session.token.as_str().as_bytes().ct_eq(token.as_bytes()).into()
    }
}

impl Ended {
    /// The way to sign in; what was posted is held for the session's person, and given back after signing in.
    pub(crate) async fn hold(self, app: &App, parts: &Parts, body: &Bytes) -> Response {
        if let Some(error) = self.failed {
            return error.response(app, None);
        }
        let path = parts.uri.path();
        let mut held = false;
        if let Some(name) = self.name
            && path.starts_with("/drafts/")
        {
            match app.db().hold_post(&name, (path, Pairs::read(body).get("_window")), body, app.db().now()).await {
                Ok(()) => held = true,
                Err(error) => return WebError::from(error).response(app, None),
            }
        }
        if path.ends_with("/autosave") {
            return axum::http::StatusCode::UNAUTHORIZED.into_response();
        }
        Redirect::to(if held { "/sign-in?held" } else { "/sign-in?ended" }).into_response()
    }
}

impl FromRequestParts<Site> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let app = &App::from_request_parts(parts, site).await?;
        match Self::of(parts, app).await {
            Ok(who) => match who.must_first(parts.uri.path()) {
                Some(page) => Err(Redirect::to(page).into_response()),
                None => Ok(who),
            },
            Err(Ended { failed: Some(error), .. }) => Err(error.response(app, None)),
            Err(Ended { name: None, .. }) => Err(Redirect::to("/sign-in").into_response()),
            Err(Ended { .. }) => Err(Redirect::to("/sign-in?ended").into_response()),
        }
    }
}

/// Over HTTPS the browser itself keeps this name to one host, one path and encrypted connections.
const SECURE_COOKIE: &str = "__Host-lifestory";
/// On loopback, where there is no HTTPS.
const LOCAL_COOKIE: &str = "lifestory";

/// The session that a browser brings, whether or not it goes on.
pub(crate) fn cookie(headers: &HeaderMap, app: &App) -> Option<SessionName> {
    let wanted = if app.config().https { SECURE_COOKIE } else { LOCAL_COOKIE };
    value_of(headers, wanted).and_then(SessionName::from_cookie)
}

fn value_of<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

/// The header that gives the browser its session.
pub(crate) fn set_cookie(app: &App, name: &SessionName) -> HeaderValue {
    let (cookie, secure) = if app.config().https { (SECURE_COOKIE, "; Secure") } else { (LOCAL_COOKIE, "") };
    HeaderValue::from_str(&format!("{cookie}={}; Path=/; HttpOnly; SameSite=Lax{secure}", name.as_cookie()))
        .expect("a cookie of hexadecimal digits is a header value")
}

/// What a browser keeps while it is at the identity provider: by it the answer is known to be its own. It comes back with
/// the browser, which another site sends here: `Lax` lets that through, and nothing but a page that is gone to.
const SECURE_AWAY: &str = "__Host-lifestory-away";
const LOCAL_AWAY: &str = "lifestory-away";

/// That, as a browser brings it.
pub(crate) fn away<'a>(headers: &'a HeaderMap, app: &App) -> Option<&'a str> {
    value_of(headers, if app.config().https { SECURE_AWAY } else { LOCAL_AWAY })
}

/// The header that gives it to the browser, or takes it away.
pub(crate) fn set_away(app: &App, browser: Option<&str>) -> HeaderValue {
    let (cookie, secure) = if app.config().https { (SECURE_AWAY, "; Secure") } else { (LOCAL_AWAY, "") };
    let (value, seconds) = browser.map_or(("", 0), |browser| (browser, store::LONGEST_ANSWER_SECONDS));
    HeaderValue::from_str(&format!("{cookie}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"))
        .expect("a cookie of hexadecimal digits is a header value")
}
