//! What a page posted: names and values, checked to come from a page of this very session.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts as _, Request},
    response::{IntoResponse as _, Redirect, Response},
};
use record::Typed;

use crate::{App, app::Site, error::WebError, late, session::SignedIn};

/// The most that one page may post. A form of a hundred thousand characters in each of some boxes fits.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The name of the hidden box with the session's token.
pub const TOKEN: &str = "_token";

/// Names and values in the order of the page.
#[derive(Clone, Debug, Default)]
pub struct Pairs(Arc<[(String, String)]>);

impl Pairs {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn read(body: &[u8]) -> Self {
        let text = |part: &[u8]| String::from_utf8_lossy(&decode(part)).into_owned();
        Self(
            body.split(|byte| *byte == b'&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
                    (text(&pair[..at]), text(pair.get(at + 1..).unwrap_or_default()))
                })
                .collect(),
        )
    }

    /// The first value of this name, trimmed; blank when absent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// The first value of this name exactly as posted: for passwords.
    pub fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every value of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All pairs, the page's own too.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All pairs but those whose name begins with `_`, which are the page's own.
    pub fn answers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| !name.starts_with('_'))
    }

    /// The answers as a form's boxes; blank ones are left out.
    pub fn typed(&self) -> Typed {
        Typed::from_pairs(self.answers().filter(|(_, value)| !value.trim().is_empty()))
    }
}

/// A post of a signed-in person from a page of their session.
pub struct Posted {
    /// Who.
    pub who: SignedIn,
    /// What.
    pub pairs: Pairs,
}

impl FromRequest<Site> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let app = &App::from_request_parts(&mut parts, site).await?;
        let Ok(body) = Bytes::from_request(Request::from_parts(parts.clone(), body), site).await else {
            return Err(WebError::TooLarge.response(app, None));
        };
        match SignedIn::of(&mut parts, app).await {
            Ok(who) => {
                if let Some(page) = who.must_first(parts.uri.path()) {
                    return Err(Redirect::to(page).into_response());
                }
                let pairs = Pairs::read(&body);
                if !who.token_fits(pairs.get(TOKEN)) {
                    return Err(forged(app, &who).await);
                }
                let to = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
                Ok(Self { who: late::sending(who, to, &pairs), pairs })
            }
            Err(ended) => Err(ended.hold(app, &parts, &body).await),
        }
    }
}

/// What a post is answered that no page of its session made; the ledger keeps that it came.
pub(crate) async fn forged(app: &App, who: &SignedIn) -> Response {
    match app.db().forged_post(who.person(), app.db().now()).await {
        Ok(()) => WebError::ForeignPost.response(app, Some(who)),
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

fn decode(part: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(part.len());
    let mut at = 0;
    while at < part.len() {
        match part[at] {
            b'+' => out.push(b' '),
            b'%' => {
                let hex = part.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
                match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    Some(byte) => {
                        out.push(byte);
                        at += 2;
                    }
                    None => out.push(b'%'),
                }
            }
            byte => out.push(byte),
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 1.1.1
    #[test]
    fn pairs_are_read_as_browsers_write_them() {
        let pairs = Pairs::read(b"a=1&b=two+words&c=%C5%B5&b=3&d&_token=x&e=100%");
        assert_eq!(pairs.get("b"), "two words");
        assert_eq!(pairs.all("b").count(), 2);
        assert_eq!((pairs.get("c"), pairs.get("d"), pairs.get("e")), ("ŵ", "", "100%"));
        assert!(pairs.answers().all(|(name, _)| name != TOKEN));
    }
}
