//! The organisation's own record: staff, teams, roles, accounts.

use std::{collections::BTreeMap, sync::Arc};

use policy::{Capability, form::RecordKind};
use record::{
    ActId, PersonId, RecordId, TeamId, Typed,
    content::Author,
    read::{FieldProblem, standing},
    typed::Name,
};
use store::{Account, AccountKind, Actor, Colleagues, StoreError, WaysOf, single_sign_on::Linked};

use crate::{
    approval,
    desk::{Around, CaseError, Desk, keep, retried, write},
};

/// The first person of a new organisation, who then makes the others.
#[derive(Clone, Debug)]
pub struct First<'a> {
    /// Full name.
    pub name: &'a str,
    /// Username.
    pub username: &'a str,
    /// First password, to be changed at the first sign-in.
    pub password: &'a str,
}

/// Makes the organisation's record and its first administrator. What is invented in the database is said here, in the
/// first leaf of all: `declared` is blank for a real organisation.
pub async fn found(desk: &Desk, first: &First<'_>, declared: &str) -> Result<PersonId, CaseError> {
    found_with(desk, first, declared, (desk.db.pack(), desk.now.day())).await
}

/// The same, with the version of the policy that it begins with, and from when: an invented organisation is older than
/// its database.
pub(crate) async fn found_with(
    desk: &Desk,
    first: &First<'_>,
    declared: &str,
    (pack, since): (&policy::Pack, jiff::civil::Date),
) -> Result<PersonId, CaseError> {
    let tx = desk.begin().await?;
    if !declared.is_empty() {
        tx.declare(declared);
    }
    let (record, person, act): (RecordId, PersonId, ActId) = (desk.new_id(), desk.new_id(), desk.new_id());
    let grant = tx.open_record(record, RecordKind::Organisation, None).await?;
    tx.begin_act(act);
    tx.make_person(person);
    let form = desk.form("staff")?;
    let manages = |role: &&policy::role::Role| role.may.iter().any(|(may, _)| *may == Capability::ManageStaff);
    let role = desk.pack().roles().find(manages).ok_or(CaseError::NoRight)?;
    let typed = Typed::default()
        .on_day(standing::HAPPENED, desk.now.day())
        .with("person", person.to_string())
        .with("name", first.name)
        .with("designation", &*role.title)
        .with("roles", &*role.id)
        .with("account-status", "open");
    let around = Around { people: [person].into(), ..Around::default() };
    let author = Author { person, name: first.name.to_owned(), designation: "System".to_owned(), team: String::new() };
    let read = desk.read(form, &typed, &[record], &around)?;
    let grants: BTreeMap<_, _> = [(record, grant)].into();
    keep(desk, &tx, act, form, &read, (&author, &around.colleagues), &grants).await?;
    approval::begin(desk, &tx, act, &author, &grants, (pack, since)).await?;
    tx.make_account(person, first.username, first.password, true, AccountKind::Staff).await?;
    drop(grants);
    tx.commit().await?;
    Ok(person)
}

/// The organisation as those who manage it see it.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Its record.
    pub record: RecordId,
    /// Staff and teams now.
    pub colleagues: Arc<Colleagues>,
    /// Every account.
    pub accounts: Vec<Account>,
}

/// Staff, teams and accounts.
pub async fn overview(desk: &Desk) -> Result<Organisation, CaseError> {
    let tx = desk.begin().await?;
    let accounts = tx.accounts().await?;
    let colleagues = tx.colleagues().await?;
    let record = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
    tx.commit().await?;
    Ok(Organisation { record, colleagues, accounts })
}

/// By which the person who asks is known: username and full name. No password may be made of them.
pub async fn own_names(desk: &Desk) -> Result<[String; 2], CaseError> {
    let tx = desk.begin().await?;
    let person = desk.actor.person().ok_or(CaseError::NoRight)?;
    let username = tx.own_username().await?.unwrap_or_default();
    let name = tx.colleagues().await?.staff.get(&person).map(|one| one.name.clone()).unwrap_or_default();
    Ok([username, name])
}

/// A new account: the username, and the first password, which must be changed at the first sign-in.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Username.
    pub username: &'a str,
    /// First password.
    pub password: &'a str,
    /// Whether it must be changed at the first sign-in.
    pub must_change: bool,
}

/// Adds a member of staff, or records a change of one: who they are, their team, their roles.
pub async fn record_staff(
    desk: &Desk,
    act: ActId,
    known: Option<PersonId>,
    typed: &Typed,
    account: Option<&NewAccount<'_>>,
) -> Result<PersonId, CaseError> {
    retried!({
        let form = desk.form("staff")?;
        let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            // What was made then has the first password that was told then, and not this one.
            return known.filter(|_| account.is_none()).ok_or(CaseError::DraftEnded);
        }
        tx.permit(form.may_complete).await?;
        let grant = tx.authorise(store::Write(form.may_complete), organisation, "manage").await?;
        let colleagues = tx.colleagues().await?;
        let person = known.unwrap_or_else(|| desk.new_id());
        // Nobody becomes staff by an address.
        if known.is_some_and(|known| !colleagues.staff.contains_key(&known)) {
            return Err(CaseError::Closed);
        }
        let problem = |field: &str, message: &str| {
            CaseError::Problems(vec![FieldProblem { at: Name::of(field), message: message.to_owned() }])
        };
        if let Some(account) = account
            && tx.username_taken(account.username).await?
        {
            return Err(problem("username", "This username is taken. Choose another"));
        }
        let closes = typed.get(&Name::of("account-status")).is_some_and(|status| status != "open");
        if closes && known.is_some() && known == desk.actor.person() {
            return Err(problem(
                "account-status",
                "You cannot close your own account. Somebody else who manages staff can",
            ));
        }
        let mut roles: Vec<_> =
            typed.pairs().filter(|(name, _)| name.field == "roles").map(|(_, role)| role.to_owned()).collect();
        let mut roles_now = colleagues.staff.get(&person).map(|one| one.roles.clone()).unwrap_or_default();
        roles.sort_unstable();
        roles_now.sort_unstable();
        if desk.actor.person() == Some(person) && roles != roles_now {
            return Err(problem("roles", "You cannot change your own roles. Somebody else who manages staff can"));
        }
        // A child never loses their worker by the way: leaving and moving say who takes each of them.
        let one = colleagues.staff.get(&person);
        let other_team =
            typed.get(&Name::of("team")).and_then(|team| team.parse().ok()) != one.and_then(|one| one.team);
        if known.is_some() && (closes || other_team) {
            let staff = tx.authorise_staff(store::Write(policy::Capability::ManageStaff), person).await?;
            let carries = tx.carried(&staff, desk.now.day()).await?.len();
            if carries > 0 {
                let (field, leads) = if closes { ("account-status", "they leave") } else { ("team", "they move") };
                let children = if carries == 1 { "a child".to_owned() } else { format!("{carries} children") };
                let message = format!(
                    "{} works with {children}. Record that {leads} instead, so that each child has somebody",
                    one.map_or("This person", |one| &one.name)
                );
                return Err(problem(field, &message));
            }
        }
        if known.is_none() {
            tx.make_person(person);
        }
        tx.begin_act(act);
        let typed = typed.clone().with("person", person.to_string());
        let mut around = Around::of(&tx, form, &typed).await?;
        around.people.insert(person);
        write(desk, &tx, act, form, &typed, &around, &[(organisation, grant)].into()).await?;
        if let Some(account) = account {
            tx.make_account(person, account.username, account.password, account.must_change, AccountKind::Staff)
                .await?;
        }
        let has_account = tx.accounts().await?.iter().any(|account| account.person == person);
        if known.is_some() && has_account && typed.get(&Name::of("account-status")).is_some() {
            // One that ends on a later day ends by itself on that day.
            let ahead =
                crate::staffing::day_typed(&typed, "happened", desk.now.day()).is_some_and(|day| day > desk.now.day());
            tx.set_account(person, !closes || ahead).await?;
        }
        tx.commit().await?;
        Ok(person)
    })
}

/// Adds a team, or records a change of one.
pub async fn record_team(desk: &Desk, act: ActId, known: Option<TeamId>, typed: &Typed) -> Result<TeamId, CaseError> {
    retried!({
        let form = desk.form("team")?;
        let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
        let tx = desk.begin().await?;
        let team = known.unwrap_or_else(|| desk.new_id());
        if !tx.done(act).await?.is_empty() {
            return Ok(team);
        }
        tx.permit(form.may_complete).await?;
        let grant = tx.authorise(store::Write(form.may_complete), organisation, "manage").await?;
        let teams = &tx.colleagues().await?.teams;
        if known.is_some_and(|known| !teams.contains_key(&known)) {
            return Err(CaseError::Closed);
        }
        let name = typed.get(&Name::of("name")).unwrap_or_default();
        if teams.iter().any(|(id, one)| *id != team && one.name.eq_ignore_ascii_case(name)) {
            let message = "There is a team with this name already".to_owned();
            return Err(CaseError::Problems(vec![FieldProblem { at: Name::of("name"), message }]));
        }
        tx.begin_act(act);
        let typed = typed.clone().with("team", team.to_string());
        let mut around = Around::of(&tx, form, &typed).await?;
        around.teams.insert(team);
        write(desk, &tx, act, form, &typed, &around, &[(organisation, grant)].into()).await?;
        tx.commit().await?;
        Ok(team)
    })
}

/// A first password for somebody else, by chance: nobody chooses another's.
pub fn first_password() -> String {
    store::passwords::by_chance(&mut store::SystemChance)
}

/// Gives a member of staff a new first password.
pub async fn reset_password(desk: &Desk, person: PersonId, password: &str) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    tx.reset_password(person, password).await?;
    Ok(tx.commit().await?)
}

/// What a member of staff can sign in with beside a password.
pub async fn ways_of(desk: &Desk, person: PersonId) -> Result<WaysOf, CaseError> {
    let tx = desk.begin().await?;
    let ways = tx.ways_of(person).await?;
    tx.commit().await?;
    Ok(ways)
}

/// Takes away what a member of staff signs in with beside a password: their telephone is lost, or their code was stopped.
///
/// # Errors
/// [`CaseError::Closed`] for somebody who has no account.
pub async fn remove_ways(desk: &Desk, person: PersonId) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    if !tx.accounts().await?.iter().any(|account| account.person == person) {
        return Err(CaseError::Closed);
    }
    // Where there is nothing to take away, nobody is signed out either.
    if tx.ways_of(person).await? != WaysOf::default() {
        tx.remove_ways(person).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether a member of staff's account is linked with one at this identity provider.
pub async fn identity_of(desk: &Desk, person: PersonId, issuer: &str) -> Result<Option<Linked>, CaseError> {
    let tx = desk.begin().await?;
    let linked = tx.identity_of(person, issuer).await?;
    tx.commit().await?;
    Ok(linked)
}

/// Links a member of staff's account with the one at an identity provider that goes by this name there.
///
/// # Errors
/// [`CaseError::Closed`] for somebody who has no account; [`StoreError::Conflict`] where either of the two is linked already,
/// and for support.
pub async fn set_identity(desk: &Desk, person: PersonId, issuer: &str, subject: &str) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    if !tx.accounts().await?.iter().any(|account| account.person == person) {
        return Err(CaseError::Closed);
    }
    tx.set_identity(person, issuer, subject).await?;
    Ok(tx.commit().await?)
}

/// Unlinks a member of staff's account: their account at the provider is somebody else's now, or lost.
///
/// # Errors
/// [`CaseError::Closed`] for somebody who has none.
pub async fn remove_identity(desk: &Desk, person: PersonId) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    tx.remove_identity(person).await?;
    match tx.commit().await {
        Err(StoreError::Conflict) => Err(CaseError::Closed),
        done => Ok(done?),
    }
}

/// Opens an account that nobody used for long.
pub async fn wake_account(desk: &Desk, person: PersonId) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    tx.wake_account(person).await?;
    Ok(tx.commit().await?)
}

/// A desk at which the program itself sits, for jobs that no person does.
pub fn job(db: store::Db, name: &'static str, now: record::Moment) -> Desk {
    Desk::new(db, Actor::System(name), now)
}
