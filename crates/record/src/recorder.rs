//! Whose task it is to record something, where that is not everybody who may (R-VIS-11, R-VIS-13). What a role may do is
//! the door's; this is an authority's rule about one form, asked once the answers are known.

use policy::{
    Form,
    form::{RecordedBy, Recorder},
};

use crate::{
    access::{Situation, Standing, stands_so},
    answer::{Answer, Answered},
    id::{EntryId, PersonId, RecordId},
    read::{Act, FieldProblem, asked},
    typed::Name,
};

/// What was agreed about an entry: by a kind of fact that it began, who.
pub trait Agreements {
    /// Whom the fact of this kind names that this entry began; none where there is none.
    fn agreed(&self, fact: &str, entry: EntryId) -> Option<PersonId>;
    /// Whether a fact of this kind that this entry began holds still.
    fn is_open(&self, fact: &str, entry: EntryId) -> bool;
    /// What somebody is called.
    fn name(&self, person: PersonId) -> String;
}

/// Why this act is not for this person to record in this child's record: each rule that says so, at its box.
pub fn not_theirs(
    form: &Form,
    act: &Act,
    (record, situation): (RecordId, &Situation),
    (who, standing): (PersonId, &Standing),
    agreements: &dyn Agreements,
) -> Vec<FieldProblem> {
    let find = |field: &str| -> Option<Answer> {
        let own = act.each.get(&record).and_then(|answers| answers.get(field));
        own.or_else(|| act.common.get(field)).map(|Answered { answer, .. }| answer.clone())
    };
    let problem = |rule: &RecordedBy| -> Option<FieldProblem> {
        if !asked(rule.when.as_ref(), find) {
            return None;
        }
        match &rule.by {
            Recorder::Related(ways) => {
                if ways.iter().any(|way| stands_so(who, standing, situation, *way)) {
                    return None;
                }
                let theirs: Vec<_> = situation.workers.iter().map(|worker| agreements.name(*worker)).collect();
                let message = match theirs.as_slice() {
                    [] => format!("{}. Nobody is allocated yet: ask the manager to allocate the child first", rule.why),
                    _ => format!("{}: {}. Ask them to record it", rule.why, theirs.join(" or ")),
                };
                let field = rule.when.as_ref().map_or(crate::read::standing::ABOUT, |when| when.field());
                Some(FieldProblem { at: Name::of(field), message })
            }
            Recorder::Agreed { fact, entry, open } => {
                let Some(Answer::Entry(planned)) = find(entry) else { return None };
                let at = Name::of(entry).in_part_of(Some(record));
                if open.as_ref().is_some_and(|open| agreements.is_open(open, planned)) {
                    let message = "Who records this visit was not agreed. Your manager names one of you first, on the planned visit";
                    return Some(FieldProblem { at, message: message.to_owned() });
                }
                let agreed = agreements.agreed(fact, planned).filter(|agreed| *agreed != who)?;
                let message = format!("{}: {}. Ask them to record it", rule.why, agreements.name(agreed));
                Some(FieldProblem { at, message })
            }
        }
    };
    form.recorded_by.iter().filter_map(problem).collect()
}
