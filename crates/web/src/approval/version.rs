//! One version of the policy: its forms as they look, its lists, its roles, its limits.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::approval;
use policy::{Pack, form::RecordKind, words};
use record::{RecordId, Typed, time::day_in_words};
use store::Colleagues;

use super::{AT, named};
use crate::{App, error::WebError, form::Drawing, layout::Frame, session::SignedIn};

#[derive(Template)]
#[template(path = "approval/version.html")]
struct Page {
    href: String,
    title: String,
    state: String,
    /// Whether it is another than the one in force, so that there is something to compare.
    differs: bool,
    /// Whether the organisation approves a new version before it is used.
    approved_before: bool,
    forms: Vec<(&'static str, Vec<FormRow>)>,
    roles: Vec<RoleRow>,
    limits: Vec<LimitRow>,
    lists: Vec<(String, String)>,
    guidance: Vec<(String, Vec<String>)>,
    facts: Vec<(String, String)>,
}

struct FormRow {
    id: String,
    title: String,
    version: u32,
    who: &'static str,
    source: String,
}

struct RoleRow {
    title: String,
    rights: Vec<(&'static str, String)>,
}

struct LimitRow {
    what: String,
    when: String,
    state: String,
    why: String,
    source: String,
}

async fn found(who: &SignedIn, version: &str) -> Result<approval::Version, WebError> {
    let hash = policy::from_hex(version).ok_or(WebError::Closed)?;
    Ok(approval::version(&who.desk, &hash).await?)
}

/// `GET /organisation/policy/{version}`
pub async fn show(app: App, Path(version): Path<String>, who: SignedIn) -> Response {
    let version = match found(&who, &version).await {
        Ok(version) => version,
        Err(error) => return error.response(&app, Some(&who)),
    };
    let pack = &version.pack;
    let title = named(pack.title(), i64::from(pack.version()));
    let main = Page {
        href: format!("{AT}/{}", policy::in_hex(&version.hash)),
        state: state(&version, app.db().now().day()),
        differs: version.change.is_some(),
        approved_before: pack.approval().before_use == policy::approval::BeforeUse::Approved,
        forms: [RecordKind::Child, RecordKind::Organisation]
            .map(|record| (heading(record), forms(pack, record)))
            .into(),
        roles: pack.roles().map(|role| RoleRow { title: role.title.clone(), rights: words::rights(role) }).collect(),
        limits: limits(pack),
        lists: pack.lists().map(|list| (list.id.clone(), words::count(list.items.len(), "code"))).collect(),
        guidance: pack.guidance().iter().map(|text| (text.title.clone(), text.text.clone())).collect(),
        facts: pack.facts().map(|fact| (fact.title.clone(), words::fact(fact))).collect(),
        title,
    };
    Frame::new(&app, &who, &main.title).at(AT).page(&main)
}

const fn heading(record: RecordKind) -> &'static str {
    match record {
        RecordKind::Child => "In a child’s record",
        RecordKind::Organisation => "In the organisation’s own record",
    }
}

/// When it was in force, is, or will be.
fn state(version: &approval::Version, today: jiff::civil::Date) -> String {
    let line = version.in_force.iter().rev().find(|line| line.until.is_none_or(|until| until > line.from));
    match line {
        None => "It was offered, and is not in force.".to_owned(),
        Some(line) if line.from > today => format!("It holds from {}.", day_in_words(line.from)),
        Some(line) if line.holds_on(today) => format!("In force since {}.", day_in_words(line.from)),
        Some(line) => format!(
            "It was in force from {} until {}. What was written then stays readable as it was.",
            day_in_words(line.from),
            line.until.map_or_else(String::new, day_in_words)
        ),
    }
}

fn forms(pack: &Pack, record: RecordKind) -> Vec<FormRow> {
    let mut forms: Vec<_> = pack
        .forms()
        .filter(|form| form.record == record)
        .map(|form| FormRow {
            id: form.id.clone(),
            title: form.title.clone(),
            version: form.version,
            who: words::capability(form.may_complete),
            source: form.source.join(", "),
        })
        .collect();
    forms.sort_by(|a, b| a.title.cmp(&b.title));
    forms
}

/// Every limit that is stated, those not in force too, with why (R-TIME-X13).
fn limits(pack: &Pack) -> Vec<LimitRow> {
    let mut limits: Vec<_> = pack
        .clocks()
        .all()
        .iter()
        .map(|clock| LimitRow {
            what: clock.what.clone(),
            when: clock.in_words(),
            state: match (clock.in_force, clock.waits_for().next()) {
                (false, _) => "No, only stated".to_owned(),
                (true, None) => "Yes".to_owned(),
                (true, Some(act)) => format!("Not yet: no form records {act}"),
            },
            why: clock.why.clone().unwrap_or_default(),
            source: clock.source.join(", "),
        })
        .collect();
    limits.sort_by(|a, b| a.what.cmp(&b.what));
    limits
}

#[derive(Template)]
#[template(path = "approval/form.html")]
struct FormPage {
    href: String,
    of: String,
    title: String,
    intro: String,
    version: u32,
    who: &'static str,
    source: String,
    help: Vec<(String, Vec<String>)>,
    fields: govuk::Html,
}

/// Stands for the child of whom a form that is only shown would be about; nobody's record has it.
const NOBODY: &str = "00000000000000000000000000";

/// `GET /organisation/policy/{version}/forms/{form}`
pub async fn form(app: App, Path((version, form)): Path<(String, String)>, who: SignedIn) -> Response {
    let version = match found(&who, &version).await {
        Ok(version) => version,
        Err(error) => return error.response(&app, Some(&who)),
    };
    let pack = &version.pack;
    let Some(form) = pack.form(&form) else { return WebError::Closed.response(&app, Some(&who)) };
    let nobody: RecordId = NOBODY.parse().expect("26 characters of the alphabet of identifiers");
    let colleagues = Colleagues::default();
    let typed = Typed::default().with(record::read::standing::ABOUT, nobody.to_string());
    let drawing = Drawing {
        pack,
        form,
        typed: &typed,
        problems: &[],
        children: &[(nobody, "The child".to_owned())],
        people: &[],
        colleagues: &colleagues,
        entries: &[],
        files: None,
        carried: &crate::form::NOTHING_CARRIED,
    };
    let main = FormPage {
        href: format!("{AT}/{}", policy::in_hex(&version.hash)),
        of: named(pack.title(), i64::from(pack.version())),
        title: form.title.clone(),
        intro: form.intro.clone().unwrap_or_default(),
        version: form.version,
        who: words::capability(form.may_complete),
        source: form.source.join(", "),
        help: pack.guidance_for(form).into_iter().map(|text| (text.title.clone(), text.text.clone())).collect(),
        fields: drawing.draw(),
    };
    Frame::new(&app, &who, &format!("Form: {}", form.title)).at(AT).page(&main)
}

#[derive(Template)]
#[template(path = "approval/list.html")]
struct ListPage {
    href: String,
    of: String,
    id: String,
    items: Vec<policy::list::Item>,
    grouped: bool,
    used: Vec<String>,
}

/// `GET /organisation/policy/{version}/lists/{list}`
pub async fn list(app: App, Path((version, list)): Path<(String, String)>, who: SignedIn) -> Response {
    let version = match found(&who, &version).await {
        Ok(version) => version,
        Err(error) => return error.response(&app, Some(&who)),
    };
    let pack = &version.pack;
    let Some(list) = pack.list(&list) else { return WebError::Closed.response(&app, Some(&who)) };
    let used = pack.forms().flat_map(|form| {
        let fields = form.fields().filter(|field| field.kind.list() == Some(&list.id));
        fields.map(|field| format!("{}: {}", form.title, field.label)).collect::<Vec<_>>()
    });
    let main = ListPage {
        href: format!("{AT}/{}", policy::in_hex(&version.hash)),
        of: named(pack.title(), i64::from(pack.version())),
        id: list.id.clone(),
        grouped: list.items.iter().any(|item| item.group.is_some()),
        items: list.items.clone(),
        used: used.collect(),
    };
    Frame::new(&app, &who, &format!("List: {}", list.id)).at(AT).page(&main)
}
