//! A small child who was adopted: the record before and the record after, which nothing leads to but what a head of service
//! gives to Grace, who looks after adoptions here besides her own team. Nobody else of those whom a visitor may be has either.

use std::cmp::Reverse;

use jiff::civil::Date;
use record::{Moment, RecordId, Typed};
use store::{Actor, Db};

use super::{Invented, cast::Team, family::plus, sheet::Sheet};
use crate::{
    adoption,
    desk::{CaseError, Desk},
    records::OTHERS,
    restriction::{self, Step},
};

/// How many entries they make in the child's own record: restricted, whom it is open to, the order, the sealed link; and in the
/// one after it: its beginning, the link, whom it is open to.
pub(super) const ENTRIES: usize = 7;

/// Gives whether there was such a child.
pub(super) async fn make(db: &Db, invented: &Invented, now: Moment) -> Result<bool, CaseError> {
    let staff = |username: &str| invented.cast.staff.iter().find(|staff| staff.username == Some(username));
    let desk = |staff: &super::Staff| Desk::new(db.clone(), Actor::Person(staff.person), now);
    let (Some(grace), Some(helen)) = (staff("grace"), staff("helen")) else { return Ok(false) };
    let team = invented.cast.team(Team::InCare);
    let (Some((record, born, sex)), Some(team)) = (child(invented, now.day()), team) else { return Ok(false) };
    let (manager, helen) = (desk(grace), desk(helen));
    let named = Sheet::default().put("who", grace.person.to_string()).put("as", "Adoption team manager").done();
    let restricted = Sheet::default()
        .put("kind", "adoption")
        .put("reason", "The child is matched with adopters; the families are not to find each other.")
        .done();
    restriction::step(&helen, helen.new_id(), record, Step::Restrict, &restricted).await?;
    restriction::step(&helen, helen.new_id(), record, Step::Name, &named).await?;

    let order = Sheet::default()
        .day("ordered", plus(now.day(), -9))
        .put("court", "The Family Court")
        .put("summary", "Two sets of carers looked after this child before the panel matched them with a family of their own. What is known of the first years is in this record.")
        .put("child-views", "Takes the rabbit along, and the picture of the goldfish.")
        .put("goes-on", "A letter each way in June, by the letterbox; the adoption team passes it on.")
        .put("given-names", "Robin")
        .put("family-name", "Fairweather")
        .day("birth", born)
        .put("sex", sex)
        .put("team", team.to_string())
        .put("reason", "Help for the family in the first years, whenever they ask for it.")
        .done();
    match adoption::order_made(&manager, manager.new_id(), record, &order).await {
        // Somebody invented may be called so already.
        Err(CaseError::LikelyKnown(found)) => {
            let others = found.iter().fold(order, |order: Typed, one| order.also(OTHERS, one.person.to_string()));
            adoption::order_made(&manager, manager.new_id(), record, &others).await?;
        }
        made => made?,
    }
    // Helen knows the record after by its number alone: the last that was given.
    let all = restriction::all(&helen).await?;
    if let Some(after) = all.into_iter().max_by_key(|one| one.number).filter(|one| one.record != record) {
        restriction::step(&helen, helen.new_id(), after.record, Step::Name, &named).await?;
    }
    Ok(true)
}

/// The smallest child in care, or else the smallest of all but the first family: the record, when born, and the sex as it was
/// typed.
fn child(invented: &Invented, today: Date) -> Option<(RecordId, Date, &'static str)> {
    let others = invented.stories.iter().skip(1).flat_map(|story| story.children.iter().zip(&story.facets));
    let born = others.filter(|(_, facets)| facets.birth <= today);
    let smallest = born.min_by_key(|(_, facets)| (!facets.looked_after, Reverse(facets.birth)));
    smallest.map(|(child, facets)| (child.record, facets.birth, facets.sex))
}
