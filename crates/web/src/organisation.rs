//! Staff, teams and accounts, for those who manage them.

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    organisation::{self, NewAccount},
};
use govuk::{Html, Input, InputWidth};
use record::{
    ActId, PersonId, TeamId, Typed,
    read::{FieldProblem, standing},
    time::day_in_words,
    typed::Name,
};
use store::{Account, AccountState, StoreError, WaysOf};

use crate::{
    App,
    error::WebError,
    form::Drawing,
    layout::{self, Frame},
    posted::Posted,
    recent::Recent,
    session::SignedIn,
    single_sign_on, words,
};

#[derive(Template)]
#[template(path = "organisation.html")]
struct Overview {
    staff: Vec<(String, String, String, String, String, String)>,
    teams: Vec<(String, String, String)>,
    /// People of support: who, their name, for whom they work, and how their account stands.
    support: Vec<(String, String, String, String)>,
}

/// `GET /organisation`
pub async fn show(app: App, who: SignedIn) -> Response {
    match organisation::overview(&who.desk).await {
        Ok(all) => {
            let team_name = |team: Option<TeamId>| {
                team.and_then(|team| all.colleagues.teams.get(&team)).map_or_else(String::new, |team| team.name.clone())
            };
            let staff = all.colleagues.staff.iter().map(|(person, one)| {
                let account = all.accounts.iter().find(|account| account.person == *person);
                let username = account.map_or_else(String::new, |account| account.username.clone());
                let state = account.map_or_else(|| "none".to_owned(), state_in_words);
                (person.to_string(), one.name.clone(), one.designation.clone(), team_name(one.team), username, state)
            });
            let teams = all.colleagues.teams.iter().map(|(id, team)| {
                let manager = team
                    .manager
                    .and_then(|person| all.colleagues.staff.get(&person))
                    .map_or_else(String::new, |one| one.name.clone());
                (id.to_string(), team.name.clone(), manager)
            });
            let mut staff: Vec<_> = staff.collect();
            staff.sort_by(|a, b| a.1.cmp(&b.1));
            let support = all.colleagues.support.iter().map(|(person, one)| {
                let account = all.accounts.iter().find(|account| account.person == *person);
                let state = account.map_or_else(|| "none".to_owned(), state_in_words);
                (person.to_string(), one.name.clone(), one.works_for.clone(), state)
            });
            let main = Overview { staff, teams: teams.collect(), support: support.collect() };
            Frame::new(&app, &who, "Staff, teams and accounts").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// How an account stands.
fn state_in_words(account: &Account) -> String {
    match (account.state, account.last_in) {
        (AccountState::Open, _) => "open".to_owned(),
        (AccountState::Dormant, Some(last)) => format!("closed: not used since {}", day_in_words(last.london().date())),
        _ => "closed".to_owned(),
    }
}

#[derive(Template)]
#[template(path = "organisation_form.html")]
struct FormPage {
    title: &'static str,
    action: String,
    act: String,
    token: Html,
    fields: Html,
    account: Html,
    reset: String,
    helped: Helped,
}

/// What can be done for somebody who cannot sign in.
#[derive(Default)]
struct Helped {
    /// Their page.
    at: String,
    /// Since when nobody used the account, where that has closed it.
    dormant: String,
    /// What they sign in with beside a password.
    ways: String,
    /// Whether their account can be linked with one at an identity provider.
    single: bool,
    /// Since when it is linked; blank where it is not.
    linked: String,
    /// When they last signed in with it.
    used: String,
    /// The box for the name by which the provider knows them, where it can be linked.
    subject: Html,
}

async fn helped(
    app: &App,
    who: &SignedIn,
    person: PersonId,
    account: Option<&Account>,
    (support, subject): (bool, Html),
) -> Result<Helped, CaseError> {
    let provider = single_sign_on::provider(app).filter(|_| !support);
    let linked = match provider {
        Some(provider) => organisation::identity_of(&who.desk, person, provider.issuer()).await?,
        None => None,
    };
    let WaysOf { passkeys, code } = organisation::ways_of(&who.desk, person).await?;
    let passkeys = match passkeys {
        0 => None,
        1 => Some("a passkey".to_owned()),
        many => Some(format!("{many} passkeys")),
    };
    let ways: Vec<_> = passkeys.into_iter().chain(code.then(|| "a code".to_owned())).collect();
    let dormant = account.filter(|account| account.state == AccountState::Dormant).and_then(|account| account.last_in);
    Ok(Helped {
        at: format!("/organisation/staff/{person}"),
        dormant: dormant.map(|last| day_in_words(last.london().date())).unwrap_or_default(),
        ways: ways.join(" and "),
        single: provider.is_some(),
        linked: linked.map(|linked| words::moment(linked.made)).unwrap_or_default(),
        used: linked.and_then(|linked| linked.used).map(words::moment).unwrap_or_default(),
        subject,
    })
}

/// The username of a new account. Its first password is made by the program.
pub(crate) fn account_boxes(typed: &AccountTyped<'_>) -> Html {
    let error = |field: &str| {
        typed.problems.iter().find(|problem| problem.at.field == field).map(|problem| problem.message.as_str().into())
    };
    let input = |name: &str, label: &str, hint: &str, value: &str| Input {
        name: format!("_{name}"),
        id: name.to_owned(),
        label: label.into(),
        hint: Some(hint.into()),
        value: value.to_owned(),
        error: error(name),
        width: InputWidth::Chars20,
        autocomplete: "off".to_owned(),
        spellcheck: Some(false),
        ..Input::default()
    };
    let mut html = Html::trusted("<h2 class=\"govuk-heading-m\">Signing in</h2>");
    html.push(&input(
        "username",
        "Username",
        "Letters and digits. Never used again for somebody else.",
        typed.username,
    ));
    html.push(&Html::trusted(
        "<p class=\"govuk-body\">Once you have saved, you are shown a first password to hand over. It lets this person in once, and they then choose one of their own.</p>",
    ));
    html
}

#[derive(Template)]
#[template(path = "first_password.html")]
struct HandOver<'a> {
    name: &'a str,
    username: &'a str,
    password: &'a str,
    until: String,
}

/// The page that tells a first password, once, to whoever gives it.
pub(crate) fn hand_over(app: &App, who: &SignedIn, (name, username): (&str, &str), password: &str) -> Response {
    let hours = i64::from(app.db().pack().sign_in().first_password_hours);
    let until = crate::words::moment(app.db().now().plus_seconds(3_600 * hours));
    let username = username.trim().to_lowercase();
    Frame::new(app, who, "Hand over the first password").page(&HandOver { name, username: &username, password, until })
}

pub(crate) struct AccountTyped<'a> {
    pub username: &'a str,
    pub problems: &'a [FieldProblem],
    /// Whether there is an account whose password could be forgotten.
    pub has_account: bool,
}

pub(crate) fn dated(app: &App) -> Typed {
    Typed::default().on_day(standing::HAPPENED, app.db().now().day())
}

/// `GET /organisation/staff/new`
pub async fn new_staff(app: App, who: SignedIn) -> Response {
    let typed = dated(&app).with("account-status", "open");
    staff_page(&app, &who, None, &typed, &AccountTyped { username: "", problems: &[], has_account: false }).await
}

/// `GET /organisation/staff/{person}`
pub async fn edit_staff(app: App, Path(person): Path<String>, who: SignedIn) -> Response {
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(&who)) };
    staff_as_they_are(&app, &who, person, Typed::default(), &[]).await
}

/// The page of a member of staff as they are; with what was typed beside the form, and what is wrong with that.
pub(crate) async fn staff_as_they_are(
    app: &App,
    who: &SignedIn,
    person: PersonId,
    beside: Typed,
    problems: &[FieldProblem],
) -> Response {
    match organisation::overview(&who.desk).await {
        Ok(all) => {
            if all.colleagues.support.contains_key(&person) {
                return Redirect::to(&format!("/organisation/support/{person}")).into_response();
            }
            let Some(one) = all.colleagues.staff.get(&person) else {
                return WebError::Closed.response(app, Some(who));
            };
            let account = all.accounts.iter().find(|account| account.person == person);
            let has_account = account.is_some();
            // One that nobody used is somebody's who works here: only the account is closed.
            let open = account.is_some_and(|one| matches!(one.state, AccountState::Open | AccountState::Dormant));
            let mut typed = beside
                .on_day(standing::HAPPENED, app.db().now().day())
                .with("name", one.name.as_str())
                .with("designation", one.designation.as_str())
                .with("account-status", if one.left || (has_account && !open) { "ended" } else { "open" });
            if let Some(team) = one.team {
                typed = typed.with("team", team.to_string());
            }
            for role in &one.roles {
                typed.put(Name::of("roles"), role.as_str());
            }
            staff_page(app, who, Some(person), &typed, &AccountTyped { username: "", problems, has_account }).await
        }
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

async fn staff_page(
    app: &App,
    who: &SignedIn,
    person: Option<PersonId>,
    typed: &Typed,
    posted: &AccountTyped<'_>,
) -> Response {
    let (title, action, account) = match person {
        // Somebody who has no account can be given one here.
        Some(person) => {
            let account = if posted.has_account { Html::default() } else { account_boxes(posted) };
            ("Change a member of staff", format!("/organisation/staff/{person}"), account)
        }
        None => ("Add a member of staff", "/organisation/staff".to_owned(), account_boxes(posted)),
    };
    let reset = person
        .filter(|_| posted.has_account)
        .map_or_else(String::new, |person| format!("/organisation/staff/{person}/password"));
    let person = person.filter(|_| posted.has_account);
    form_page(app, who, "staff", title, action, typed, posted.problems, account, reset, person).await
}

#[expect(clippy::too_many_arguments, reason = "the two pages of this module differ in exactly these")]
pub(crate) async fn form_page(
    app: &App,
    who: &SignedIn,
    form: &str,
    title: &'static str,
    action: String,
    typed: &Typed,
    problems: &[FieldProblem],
    account: Html,
    reset: String,
    person: Option<PersonId>,
) -> Response {
    let pack = app.db().pack();
    let Some(form) = pack.form(form) else { return WebError::Closed.response(app, Some(who)) };
    let all = match organisation::overview(&who.desk).await {
        Ok(all) => all,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    // Whom or which team the page is about is in its address, not a question.
    let mut asked = form.clone();
    for section in &mut asked.sections {
        section.fields.retain(|field| {
            field.kind != policy::FieldKind::Person && !(field.kind == policy::FieldKind::Team && form.id == "team")
        });
    }
    let drawing = Drawing {
        pack,
        form: &asked,
        typed,
        problems,
        carried: &crate::form::NOTHING_CARRIED,
        children: &[],
        people: &[],
        colleagues: &all.colleagues,
        entries: &[],
        files: None,
    };
    let act: ActId = who.desk.new_id();
    let helped = match person {
        Some(person) => {
            let account = all.accounts.iter().find(|account| account.person == person);
            let support = all.colleagues.support.contains_key(&person);
            let subject = single_sign_on::subject_box(typed, problems);
            match helped(app, who, person, account, (support, subject)).await {
                Ok(helped) => helped,
                Err(error) => return WebError::from(error).response(app, Some(who)),
            }
        }
        None => Helped::default(),
    };
    let main = FormPage {
        title,
        action,
        act: act.to_string(),
        token: layout::token(who),
        fields: drawing.draw(),
        account,
        reset,
        helped,
    };
    Frame::new(app, who, title).problems(problems).page(&main)
}

/// `POST /organisation/staff`
pub async fn save_staff(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    let username = posted.pairs.get("_username");
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    let mut problems = account_problems(username);
    if problems.is_empty() {
        let password = organisation::first_password();
        let account = NewAccount { username, password: &password, must_change: true };
        match organisation::record_staff(&who.desk, act, None, &typed, Some(&account)).await {
            Ok(_) => return hand_over(&app, who, (name_in(&typed), username), &password),
            Err(CaseError::Problems(more)) => problems = more,
            Err(CaseError::Store(StoreError::Conflict)) => problems = vec![taken()],
            Err(error) => return WebError::from(error).response(&app, Some(who)),
        }
    }
    staff_page(&app, who, None, &typed, &AccountTyped { username, problems: &problems, has_account: false }).await
}

/// What is wrong with a new account's username.
pub(crate) fn account_problems(username: &str) -> Vec<FieldProblem> {
    if username.is_empty() || !username.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-') {
        let message = "Enter a username of letters and digits".to_owned();
        return vec![FieldProblem { at: Name::of("username"), message }];
    }
    Vec::new()
}

/// Whose account it is, as it was typed.
pub(crate) fn name_in(typed: &Typed) -> &str {
    typed.get(&Name::of("name")).unwrap_or_default()
}

pub(crate) fn taken() -> FieldProblem {
    FieldProblem { at: Name::of("username"), message: "This username is taken. Choose another".to_owned() }
}

/// `POST /organisation/staff/{person}`
pub async fn save_known_staff(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    let username = posted.pairs.get("_username");
    // It is asked only of somebody who has no account, and may stay empty.
    let gives = !username.is_empty();
    let mut problems = if gives { account_problems(username) } else { Vec::new() };
    if problems.is_empty() {
        let password = organisation::first_password();
        let account = NewAccount { username, password: &password, must_change: true };
        match organisation::record_staff(&who.desk, act, Some(person), &typed, gives.then_some(&account)).await {
            Ok(_) if gives => return hand_over(&app, who, (name_in(&typed), username), &password),
            Ok(_) => return Redirect::to("/organisation").into_response(),
            Err(CaseError::Problems(more)) => problems = more,
            Err(CaseError::Store(StoreError::Conflict)) if gives => problems = vec![taken()],
            Err(error) => return WebError::from(error).response(&app, Some(who)),
        }
    }
    let has_account = match organisation::overview(&who.desk).await {
        Ok(all) => all.accounts.iter().any(|account| account.person == person),
        Err(error) => return WebError::from(error).response(&app, Some(who)),
    };
    let typed_account = AccountTyped { username, problems: &problems, has_account };
    staff_page(&app, who, Some(person), &typed, &typed_account).await
}

/// `POST /organisation/staff/{person}/password`
pub async fn reset_password(app: App, Path(person): Path<String>, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    if let Err(error) = casework::records::permit(&who.desk, policy::Capability::ManageStaff).await {
        return WebError::from(error).response(&app, Some(who));
    }
    let (username, name) = match organisation::overview(&who.desk).await {
        Ok(all) => {
            let Some(account) = all.accounts.into_iter().find(|account| account.person == person) else {
                return WebError::Closed.response(&app, Some(who));
            };
            let name = all.colleagues.staff.get(&person).map(|one| one.name.clone());
            let name = name.or_else(|| all.colleagues.support.get(&person).map(|one| one.name.clone()));
            (account.username, name.unwrap_or_default())
        }
        Err(error) => return WebError::from(error).response(&app, Some(who)),
    };
    if posted.pairs.get("sure") != "yes" {
        let page = layout::message(
            &app,
            Some(who),
            "The password was not changed",
            "Say that you have made sure who asks for it: see them, or call them on a number that you know. Go back and tick it.",
        );
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    }
    let password = organisation::first_password();
    match organisation::reset_password(&who.desk, person, &password).await {
        Ok(()) => hand_over(&app, who, (&name, &username), &password),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `POST /organisation/staff/{person}/ways`: takes away passkeys and the code of somebody whose telephone is lost.
pub async fn remove_ways(app: App, Path(person): Path<String>, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    match organisation::remove_ways(&who.desk, person).await {
        Ok(()) => Redirect::to(&format!("/organisation/staff/{person}")).into_response(),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `POST /organisation/staff/{person}/account`: opens an account that nobody used for long.
pub async fn wake_account(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    match organisation::wake_account(&who.desk, person).await {
        Ok(()) => Redirect::to("/organisation").into_response(),
        // There is no account, or somebody closed it.
        Err(CaseError::Store(StoreError::Conflict)) => WebError::Closed.response(&app, Some(who)),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `GET /organisation/teams/new`
pub async fn new_team(app: App, who: SignedIn) -> Response {
    let typed = dated(&app);
    form_page(
        &app,
        &who,
        "team",
        "Add a team",
        "/organisation/teams".to_owned(),
        &typed,
        &[],
        Html::default(),
        String::new(),
        None,
    )
    .await
}

/// `GET /organisation/teams/{team}`
pub async fn edit_team(app: App, Path(team): Path<String>, who: SignedIn) -> Response {
    let Ok(team) = team.parse::<TeamId>() else { return WebError::Closed.response(&app, Some(&who)) };
    match organisation::overview(&who.desk).await {
        Ok(all) => {
            let Some(known) = all.colleagues.teams.get(&team) else {
                return WebError::Closed.response(&app, Some(&who));
            };
            let mut typed = dated(&app).with("name", known.name.as_str()).with("service", known.service.as_str());
            if let Some(manager) = known.manager {
                typed = typed.with("manager", manager.to_string());
            }
            form_page(
                &app,
                &who,
                "team",
                "Change a team",
                format!("/organisation/teams/{team}"),
                &typed,
                &[],
                Html::default(),
                String::new(),
                None,
            )
            .await
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `POST /organisation/teams`
pub async fn save_team(app: App, posted: Posted) -> Response {
    keep_team(&app, &posted, None).await
}

/// `POST /organisation/teams/{team}`
pub async fn save_known_team(app: App, Path(team): Path<String>, posted: Posted) -> Response {
    let Ok(team) = team.parse::<TeamId>() else { return WebError::Closed.response(&app, Some(&posted.who)) };
    keep_team(&app, &posted, Some(team)).await
}

async fn keep_team(app: &App, posted: &Posted, team: Option<TeamId>) -> Response {
    let who = &posted.who;
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(app, Some(who)) };
    let typed = posted.pairs.typed();
    match organisation::record_team(&who.desk, act, team, &typed).await {
        Ok(_) => Redirect::to("/organisation").into_response(),
        Err(CaseError::Problems(problems)) => {
            let action =
                team.map_or_else(|| "/organisation/teams".to_owned(), |team| format!("/organisation/teams/{team}"));
            form_page(app, who, "team", "Team", action, &typed, &problems, Html::default(), String::new(), None).await
        }
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}
