//! Two children from another authority's yearly return, as an import takes them in: one with a pupil number that cannot
//! be right, one who is likely a child known here already. Both wait for somebody to look.

use std::fmt::Write as _;

use jiff::civil::Date;
use record::{Moment, typed::Name};
use store::{Actor, Db};

use super::{Invented, Story, cast::Cast, family::plus};
use crate::{
    desk::{CaseError, Desk},
    import,
};

const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n";
const EPISODES: &str =
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n";

/// Brings them in for the team of the manager whose account the visitor has.
pub(super) async fn bring_in(db: &Db, invented: &Invented, now: Moment) -> Result<(), CaseError> {
    let Some((manager, team)) = managed(&invented.cast) else { return Ok(()) };
    let day = |day: Date| format!("{:02}/{:02}/{}", day.day(), day.month(), day.year());
    let began = day(plus(now.day(), -200));
    let (mut header, mut episodes) = (HEADER.to_owned(), EPISODES.to_owned());
    let mut child = |number: &str, sex: &str, born: &str, upn: &str| {
        // Writing to a string cannot fail.
        writeln!(header, "{number},{sex},{born},WBRI,{upn},,").ok();
        writeln!(episodes, "{number},{began},S,V2,N1,U4,PR1,,,,,,").ok();
    };
    // The letter is another one than the digits ask for.
    child("640218", "M", &day(plus(now.day(), -4_300)), "B950000178301");
    if let Some((sex, born, upn)) = invented.stories.iter().skip(3).find_map(known_child) {
        child("640219", sex, &day(born), upn);
    }
    let files = [("return/ssda903/header.csv", header), ("return/ssda903/episodes.csv", episodes)];
    let files: Vec<_> = files.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
    let desk = Desk::new(db.clone(), Actor::Person(manager), now);
    import::bring_in(&desk, &files, team, |_, _| ()).await?;
    Ok(())
}

fn managed(cast: &Cast) -> Option<(record::PersonId, record::TeamId)> {
    let grace = cast.staff.iter().find(|staff| staff.username == Some("grace"))?;
    Some((grace.person, cast.team(grace.team?)?))
}

/// A child who goes to school, as their details were typed: sex, birth, pupil number.
fn known_child(story: &Story) -> Option<(&str, Date, &str)> {
    story.deeds.iter().filter(|deed| deed.form == "person").find_map(|deed| {
        let get = |name: Name| deed.typed.get(&name);
        let part = |part: &str| get(Name::of("birth").part(part))?.parse::<i16>().ok();
        let narrow = |number: i16| i8::try_from(number).ok();
        let born = Date::new(part("year")?, narrow(part("month")?)?, narrow(part("day")?)?).ok()?;
        Some((get(Name::of("sex"))?, born, get(Name::of("upn"))?))
    })
}
