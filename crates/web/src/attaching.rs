//! Files: sent on a page of their own while a draft is written, and downloaded, never opened here.

use std::{
    collections::BTreeMap,
    pin::Pin,
    task::{Context, Poll},
};

use askama::Template;
use axum::{
    body::{Body, BodyDataStream},
    extract::{FromRequest as _, Multipart, Path, Query, Request, multipart::Field},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Redirect, Response},
};
use bytes::Bytes;
use casework::{
    CaseError,
    attaching::{self, Asked, Coming, Said, boxes},
    confidential,
};
use govuk::{ErrorMessage, Fieldset, FileUpload, Hint, Html, Label, Legend, Radio, RadioItem, Radios, Textarea};
use record::{DraftId, FileId, read::FieldProblem, typed::Name};
use store::{OpenFile, Piece};
use tokio::sync::mpsc;

use crate::{
    App,
    error::WebError,
    form::box_id,
    layout::{self, Frame},
    posted::TOKEN,
    session::SignedIn,
};

/// The hidden box that says which question the file answers.
const PLACE: &str = "_for";
/// The longest text that comes beside a file.
const LONGEST_TEXT: usize = 16 * 1_024;

#[derive(Template)]
#[template(path = "attach.html")]
struct Attach<'a> {
    draft: DraftId,
    place: &'a Name,
    place_id: String,
    asked: &'a Asked,
    token: Html,
    file: Html,
    says: Html,
    others: Html,
}

/// `GET /drafts/{draft}/files`: the page on which a file is sent.
pub async fn ask(
    app: App,
    Path(draft): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    who: SignedIn,
) -> Response {
    let place = query.get("for").and_then(|place| place.parse::<Name>().ok());
    let (Ok(draft), Some(place)) = (draft.parse(), place) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    page(&app, &who, draft, &place, &Said::default(), &[]).await
}

async fn page(
    app: &App,
    who: &SignedIn,
    draft: DraftId,
    place: &Name,
    said: &Said,
    problems: &[FieldProblem],
) -> Response {
    let asked = match attaching::ask(&who.desk, draft, place, app.config().largest_file).await {
        Ok(asked) => asked,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let main = Attach {
        draft,
        place,
        place_id: box_id(place),
        token: layout::token(who),
        file: file_box(&asked, problems),
        says: says_box(&asked, said, problems),
        others: others_box(said, problems),
        asked: &asked,
    };
    Frame::new(app, who, "Add a file").in_record(&asked.header, "").problems(problems).page(&main)
}

fn error(problems: &[FieldProblem], at: &str) -> Option<ErrorMessage> {
    problems.iter().find(|problem| problem.at.field == at).map(|problem| problem.message.as_str().into())
}

fn large_label(text: &str) -> Label {
    Label { content: text.into(), classes: "govuk-label--s".to_owned(), ..Label::default() }
}

fn file_box(asked: &Asked, problems: &[FieldProblem]) -> Html {
    let kinds: Vec<_> = asked.takes.iter().map(|(kind, most)| format!("{} up to {most} MB", kind.in_words())).collect();
    Html::of(&FileUpload {
        id: boxes::FILE.to_owned(),
        name: boxes::FILE.to_owned(),
        label: large_label("Choose a file"),
        hint: Some(Hint::from(format!("It may be {}.", kinds.join(", ")).as_str())),
        error: error(problems, boxes::FILE),
        ..FileUpload::default()
    })
}

fn says_box(asked: &Asked, said: &Said, problems: &[FieldProblem]) -> Html {
    let hint = if asked.own {
        "For somebody who cannot see or hear it. What is on it, and what the child said about it: “A house with four people. She said: that is me and Gran at the window.”"
    } else {
        "For somebody who cannot see or hear it, in a sentence: “Care order of the family court, 14 March, three pages.”"
    };
    Html::of(&Textarea {
        id: boxes::SAYS.to_owned(),
        name: boxes::SAYS.to_owned(),
        label: large_label("What does it show or say?"),
        hint: Some(Hint::from(hint)),
        error: error(problems, boxes::SAYS),
        value: said.says.clone(),
        rows: Some(3),
        spellcheck: Some(true),
        ..Textarea::default()
    })
}

fn others_box(said: &Said, problems: &[FieldProblem]) -> Html {
    let radio = |value: &str, text: &str| {
        RadioItem::Radio(Radio { value: value.to_owned(), content: text.into(), ..Radio::default() })
    };
    Html::of(&Radios {
        name: boxes::OTHERS.to_owned(),
        id_prefix: boxes::OTHERS.to_owned(),
        fieldset: Some(Fieldset {
            legend: Some(Legend {
                content: "Does anything in it belong to another child’s record?".into(),
                classes: "govuk-fieldset__legend--s".to_owned(),
                ..Legend::default()
            }),
            ..Fieldset::default()
        }),
        hint: Some(Hint::from("For example an agenda or a list that names several children.")),
        error: error(problems, boxes::OTHERS),
        value: said.others.clone(),
        items: vec![radio("no", "No"), radio("yes", "Yes")],
        inline: true,
        small: true,
        ..Radios::default()
    })
}

/// `POST /drafts/{draft}/files`: a file with what is said of it, taken as it comes.
pub async fn send(app: App, Path(draft): Path<String>, who: SignedIn, request: Request) -> Response {
    let Ok(draft) = draft.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    let request = request.map(|body| Body::from_stream(Incoming::new(body)));
    let Ok(mut parts) = Multipart::from_request(request, &()).await else {
        return WebError::ForeignPost.response(&app, Some(&who));
    };
    let taken = take(&app, &who, draft, &mut parts).await;
    // Until everything that was sent has been read, a browser does not look at the answer.
    drain(&mut parts).await;
    let (place, said, failed) = match taken {
        Ok(Taken { place, said, coming: Some(coming) }) => {
            match attaching::finish(&who.desk, coming, &said, app.config().scanner.as_ref()).await {
                Ok(_) => return Redirect::to(&format!("/drafts/{draft}#{}", box_id(&place))).into_response(),
                Err(error) => (place, said, error),
            }
        }
        Ok(Taken { place, said, coming: None }) => (place, said, nothing_chosen()),
        Err(Untaken::Refused(refused)) => *refused,
        Err(Untaken::Foreign) => return WebError::ForeignPost.response(&app, Some(&who)),
    };
    match failed {
        CaseError::Problems(problems) => page(&app, &who, draft, &place, &said, &problems).await,
        error => WebError::from(error).response(&app, Some(&who)),
    }
}

fn nothing_chosen() -> CaseError {
    let at = Name::of(boxes::FILE);
    CaseError::Problems(vec![FieldProblem { at, message: "Choose a file".to_owned() }])
}

/// What came.
struct Taken {
    place: Name,
    said: Said,
    coming: Option<Coming>,
}

/// Why it was not taken.
enum Untaken {
    /// Not from a page of this session, or cut short on its way.
    Foreign,
    /// Refused, with what was said of it.
    Refused(Box<(Name, Said, CaseError)>),
}

async fn take(app: &App, who: &SignedIn, draft: DraftId, parts: &mut Multipart) -> Result<Taken, Untaken> {
    let (mut from_here, mut place) = (false, None);
    let mut said = Said::default();
    let (mut coming, mut refused) = (None, None);
    while let Some(part) = parts.next_field().await.map_err(|_| Untaken::Foreign)? {
        match part.name().unwrap_or_default().to_owned().as_str() {
            TOKEN => from_here = who.token_fits(&text(part).await?),
            PLACE => place = text(part).await?.parse::<Name>().ok(),
            boxes::SAYS => said.says = text(part).await?,
            boxes::OTHERS => said.others = text(part).await?,
            boxes::FILE => {
                // The token comes before anything that is kept.
                let (true, Some(place)) = (from_here, &place) else { return Err(Untaken::Foreign) };
                said.name = part.file_name().unwrap_or_default().to_owned();
                match take_file(app, who, draft, place.clone(), part).await {
                    Ok(file) => coming = file,
                    Err(Some(error)) => refused = Some(error),
                    Err(None) => return Err(Untaken::Foreign),
                }
            }
            _ => {}
        }
    }
    let (true, Some(place)) = (from_here, place) else { return Err(Untaken::Foreign) };
    match refused {
        Some(error) => Err(Untaken::Refused(Box::new((place, said, error)))),
        None => Ok(Taken { place, said, coming }),
    }
}

/// Takes the bytes of a file; what is refused half-way is still read to its end, and thrown away.
async fn take_file(
    app: &App,
    who: &SignedIn,
    draft: DraftId,
    place: Name,
    mut part: Field<'_>,
) -> Result<Option<Coming>, Option<CaseError>> {
    let mut coming: Option<Coming> = None;
    let mut refused = None;
    let mut thrown_away = 0;
    loop {
        let bytes = match part.chunk().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => break,
            // The connection broke: what has come is thrown away.
            Err(_) => return Err(None),
        };
        thrown_away += if refused.is_some() { bytes.len() } else { 0 };
        if thrown_away > MOST_DRAINED {
            break;
        }
        if refused.is_some() || bytes.is_empty() {
            continue;
        }
        if coming.is_none() {
            let most = app.config().largest_file;
            coming = Some(attaching::begin(&who.desk, draft, place.clone(), most).await.map_err(Some)?);
        }
        if let Some(file) = &mut coming
            && let Err(error) = file.take(bytes).await
        {
            refused = Some(error);
            coming = None;
        }
    }
    refused.map_or(Ok(coming), |error| Err(Some(error)))
}

/// A text that came beside the file.
async fn text(mut part: Field<'_>) -> Result<String, Untaken> {
    let mut bytes = Vec::new();
    while let Some(more) = part.chunk().await.map_err(|_| Untaken::Foreign)? {
        if bytes.len() + more.len() > LONGEST_TEXT {
            return Err(Untaken::Foreign);
        }
        bytes.extend_from_slice(&more);
    }
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim().to_owned())
}

/// The most that is read and thrown away, in bytes.
const MOST_DRAINED: usize = 2_000_000_000;

async fn drain(parts: &mut Multipart) {
    let mut left = MOST_DRAINED;
    while let Ok(Some(mut part)) = parts.next_field().await {
        while let Ok(Some(bytes)) = part.chunk().await {
            left = left.saturating_sub(bytes.len());
            if left == 0 {
                return;
            }
        }
    }
}

/// `GET /drafts/{draft}/files/{file}`
pub async fn of_draft(app: App, Path((draft, file)): Path<(String, String)>, who: SignedIn) -> Response {
    from_draft(&app, &who, &draft, &file, Piece::Original).await
}

/// `GET /drafts/{draft}/files/{file}/picture`
pub async fn picture_of_draft(app: App, Path((draft, file)): Path<(String, String)>, who: SignedIn) -> Response {
    from_draft(&app, &who, &draft, &file, Piece::Shown).await
}

async fn from_draft(app: &App, who: &SignedIn, draft: &str, file: &str, piece: Piece) -> Response {
    let (Ok(draft), Ok(file)) = (draft.parse(), file.parse()) else {
        return WebError::Closed.response(app, Some(who));
    };
    answer(app, who, attaching::of_draft(&who.desk, draft, file, piece).await).await
}

/// `GET /records/{record}/entries/{entry}/files/{file}`
pub async fn of_entry(
    app: App,
    Path((record, entry, file)): Path<(String, String, String)>,
    who: SignedIn,
) -> Response {
    from_entry(&app, &who, (&record, &entry, &file), Piece::Original).await
}

/// `GET /records/{record}/entries/{entry}/files/{file}/picture`
pub async fn picture_of_entry(
    app: App,
    Path((record, entry, file)): Path<(String, String, String)>,
    who: SignedIn,
) -> Response {
    from_entry(&app, &who, (&record, &entry, &file), Piece::Shown).await
}

/// `GET /records/{record}/confidential/{entry}/files/{file}`
pub async fn of_section(
    app: App,
    Path((record, entry, file)): Path<(String, String, String)>,
    who: SignedIn,
) -> Response {
    from_section(&app, &who, (&record, &entry, &file), Piece::Original).await
}

/// `GET /records/{record}/confidential/{entry}/files/{file}/picture`
pub async fn picture_of_section(
    app: App,
    Path((record, entry, file)): Path<(String, String, String)>,
    who: SignedIn,
) -> Response {
    from_section(&app, &who, (&record, &entry, &file), Piece::Shown).await
}

async fn from_section(app: &App, who: &SignedIn, of: (&str, &str, &str), piece: Piece) -> Response {
    let (Ok(record), Ok(entry), Ok(file)) = (of.0.parse(), of.1.parse(), of.2.parse::<FileId>()) else {
        return WebError::Closed.response(app, Some(who));
    };
    answer(app, who, confidential::file(&who.desk, record, entry, file, piece).await).await
}

async fn from_entry(app: &App, who: &SignedIn, of: (&str, &str, &str), piece: Piece) -> Response {
    let (Ok(record), Ok(entry), Ok(file)) = (of.0.parse(), of.1.parse(), of.2.parse::<FileId>()) else {
        return WebError::Closed.response(app, Some(who));
    };
    answer(app, who, attaching::of_entry(&who.desk, record, entry, file, piece).await).await
}

/// A file on its way out: its reading has its leaf; its first bytes are opened before anything is sent.
async fn answer(app: &App, who: &SignedIn, found: Result<OpenFile, CaseError>) -> Response {
    let file = match found {
        Ok(file) => file,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let headers = headers(&file);
    let opened = tokio::task::spawn_blocking(move || file.open().map(|opened| (file, opened))).await;
    let mut opener = match opened {
        Ok(Ok((_, Ok(opener)))) => opener,
        Ok(Ok((file, Err(why)))) => {
            tracing::error!(file = %file.sent.file, ?why, "a file is not what was sent");
            return WebError::NotWhole.response(app, Some(who));
        }
        Ok(Err(error)) => return WebError::Store(error).response(app, Some(who)),
        Err(_) => return WebError::NotWhole.response(app, Some(who)),
    };
    let length = opener.length();
    let (pieces, coming) = mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        loop {
            let piece = match opener.next_bytes() {
                Ok([]) => return,
                Ok(bytes) => Ok(Bytes::copy_from_slice(bytes)),
                Err(error) => Err(error),
            };
            let failed = piece.is_err();
            // Whoever asked may have gone; then nobody needs the rest.
            if pieces.blocking_send(piece).is_err() || failed {
                return;
            }
        }
    });
    let mut response = Response::new(Body::from_stream(Outgoing(coming)));
    response.headers_mut().extend(headers);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// The headers of a file: a download and nothing else; a picture of ours may be shown in our own pages.
fn headers(file: &OpenFile) -> Vec<(HeaderName, HeaderValue)> {
    let (media, disposition) = match file.piece {
        Piece::Original => (file.sent.media.as_str(), disposition(&file.sent.name)),
        // What is shown is PNG, and JPEG where a JPEG was sent.
        Piece::Shown if file.sent.media == "image/jpeg" => ("image/jpeg", "inline".to_owned()),
        Piece::Shown => ("image/png", "inline".to_owned()),
    };
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("attachment"));
    vec![
        (header::CONTENT_TYPE, value(media)),
        (header::CONTENT_DISPOSITION, value(&disposition)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
        ),
    ]
}

/// A download under this name, as RFC 6266 writes it: once for old programs, once with every letter.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' }).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            let hex = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase();
            whole.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// Bytes as they are opened.
struct Outgoing(mpsc::Receiver<std::io::Result<Bytes>>);

impl futures_core::Stream for Outgoing {
    type Item = std::io::Result<Bytes>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// Bytes as they come, one portion each time that somebody looks. Whoever parts a form takes into memory all that is ready,
/// and from somebody near more is always ready than can be sealed meanwhile.
struct Incoming {
    body: BodyDataStream,
    given: bool,
}

impl Incoming {
    fn new(body: Body) -> Self {
        Self { body: body.into_data_stream(), given: false }
    }
}

impl futures_core::Stream for Incoming {
    type Item = Result<Bytes, axum::Error>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.given) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = Pin::new(&mut self.body).poll_next(context);
        self.given = matches!(next, Poll::Ready(Some(Ok(_))));
        next
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use futures_core::Stream as _;

    use super::*;

    /// Ten portions, ready all at once.
    struct AllReady(u8);

    impl futures_core::Stream for AllReady {
        type Item = std::io::Result<Bytes>;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0 += 1;
            Poll::Ready((self.0 <= 10).then(|| Ok(Bytes::from_static(b"portion"))))
        }
    }

    /// What comes faster than it is sealed waits outside.
    #[test]
    fn one_portion_is_given_at_a_time() {
        let mut incoming = Incoming::new(Body::from_stream(AllReady(0)));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..10 {
            let Poll::Ready(Some(Ok(portion))) = Pin::new(&mut incoming).poll_next(&mut context) else {
                panic!("nothing came");
            };
            assert_eq!(&portion[..], b"portion");
            assert!(Pin::new(&mut incoming).poll_next(&mut context).is_pending());
        }
        for _ in 0..2 {
            assert!(matches!(Pin::new(&mut incoming).poll_next(&mut context), Poll::Ready(None)));
        }
    }

    /// ASVS 1.2.1, 5.4.2
    #[test]
    fn a_name_is_written_so_that_every_browser_takes_it() {
        assert_eq!(
            disposition("Llŷr’s \"house\".png"),
            "attachment; filename=\"Ll_r_s _house_.png\"; filename*=UTF-8''Ll%C5%B7r%E2%80%99s%20%22house%22.png"
        );
    }
}
