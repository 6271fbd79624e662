//! Takes the invented staff on: one act of the administrator, through the door and the organisation's own forms.

use std::sync::Arc;

use record::{ActId, PersonId, Typed};
use store::{AccountKind, Actor, Db, SignIn as Entered, Write};

use super::{
    SignIn,
    cast::{Cast, TEAMS},
    sheet::Sheet,
};
use crate::desk::{Around, CaseError, Desk, write};

/// Gives somebody a password that they need not change, as they would themselves: they sign in and change it, and the next
/// time they say that they have seen that it was changed.
pub(super) async fn own_password(
    db: &Db,
    person: PersonId,
    (username, first, own): (&str, &str, &str),
    now: record::Moment,
) -> Result<(), CaseError> {
    let before = now.plus_seconds(-1);
    if let Entered::In(session) = db.sign_in(username, first, before).await? {
        db.change_password(&session, person, first, own, before).await?;
        db.sign_out(&session, person, true, before).await?;
    }
    if let Entered::In(session) = db.sign_in(username, own, now).await? {
        db.notices_seen(&session, person, now, now).await?;
        db.sign_out(&session, person, true, now).await?;
    }
    Ok(())
}

/// Records teams and staff, and gives accounts to those who have a username.
pub(super) async fn engage(
    desk: &Desk,
    cast: &Cast,
    passwords: &mut (dyn FnMut() -> String + Send),
) -> Result<Vec<SignIn>, CaseError> {
    let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
    let tx = desk.begin().await?;
    let mut around = Around::of(&tx, desk.form("staff")?, &Typed::default()).await?;
    around.teams.extend(cast.teams.iter().map(|(_, id)| *id));
    for staff in &cast.staff {
        tx.make_person(staff.person);
        around.people.insert(staff.person);
        Arc::make_mut(&mut around.colleagues).staff.entry(staff.person).or_default();
    }
    let act: ActId = desk.new_id();
    tx.begin_act(act);
    // A team's manager today is said from the day on which they came.
    for (team, name, service) in TEAMS {
        let manager = cast.manager(team, desk.now.day());
        let form = desk.form("team")?;
        let sheet = Sheet::on(manager.from).maybe("team", cast.team(team).map(|id| id.to_string()));
        let sheet = sheet.put("name", name).put("service", service).person("manager", manager.person);
        let grant = tx.authorise(Write(form.may_complete), organisation, "manage").await?;
        write(desk, &tx, act, form, &sheet.done(), &around, &[(organisation, grant)].into()).await?;
    }
    let form = desk.form("staff")?;
    let codes: Vec<&str> = desk
        .pack()
        .list("account-status")
        .map(|list| list.items.iter().map(|item| item.code.as_str()).collect())
        .unwrap_or_default();
    let mut sign_ins = Vec::new();
    for staff in &cast.staff {
        let status = if staff.until.is_some() { codes.last() } else { codes.first() };
        let mut sheet = Sheet::on(staff.from)
            .person("person", staff.person)
            .put("name", staff.name)
            .put("designation", staff.designation)
            .put("roles", staff.role)
            .maybe("team", staff.team.and_then(|team| cast.team(team)).map(|id| id.to_string()))
            .maybe("account-status", status.copied());
        if let Some(until) = staff.until {
            sheet = sheet.day("until", until);
        }
        let grant = tx.authorise(Write(form.may_complete), organisation, "manage").await?;
        write(desk, &tx, act, form, &sheet.done(), &around, &[(organisation, grant)].into()).await?;
        if let Some(username) = staff.username {
            let password = passwords();
            tx.make_account(staff.person, username, &password, false, AccountKind::Staff).await?;
            sign_ins.push(SignIn {
                username: username.to_owned(),
                password,
                name: staff.name.to_owned(),
                role_title: desk.pack().role(staff.role).map_or_else(String::new, |role| role.title.clone()),
                what_to_try: staff.try_it.to_owned(),
            });
        }
    }
    tx.commit().await?;
    debug_assert!(matches!(desk.actor, Actor::Person(_)), "staff are taken on by somebody");
    Ok(sign_ins)
}
