//! Which records are open to somebody, in the words of a query: what lists, searches and counts filter by. The same rules
//! as `record::access::decide`, in this one place; a test holds the two together on invented worlds.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Capability, Relation};
use record::{
    RecordId, TeamId,
    access::{Standing, reach_restricted},
};

use crate::{
    door::{Actor, Tx},
    engine::{Arg, StoreError, args, as_json, placeholder_list, texts_of},
    facts::args_of,
};

/// The records that somebody reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reachable {
    /// Every child's record but these.
    AllBut(Vec<RecordId>),
    /// These.
    Only(Vec<RecordId>),
}

impl Reachable {
    /// Whether a child's record is among them.
    pub fn has(&self, record: RecordId) -> bool {
        match self {
            Self::AllBut(closed) => !closed.contains(&record),
            Self::Only(open) => open.contains(&record),
        }
    }
}

/// How many records a query looks at: each of few is asked by itself whether it is restricted; of many, those that are
/// restricted are found once for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks<'q> {
    /// At few, which are named.
    AtFew,
    /// At many.
    AtMany,
    /// At many, and at those alone whose record says that one of these teams has the child on the day: whoever reaches the
    /// children of all of them is not asked about each.
    ChildrenOf(&'q BTreeSet<TeamId>),
    /// At many, and at those alone that the query found by the ways in which this person reaches records.
    Reached,
}

impl Looks<'_> {
    /// The condition that a record `r` has a restriction `x` of which this holds, with what is joined to it.
    fn restricted(self, joined: &str, and: &str) -> String {
        let x = holds("x");
        let restriction = format!("x.kind = 'restriction' and {x}{and}");
        match self {
            Self::AtFew => format!(
                "exists (select 1 from fact x {joined} where x.record = r.id and x.subject = 'r' || r.id and {restriction})"
            ),
            Self::AtMany | Self::ChildrenOf(_) | Self::Reached => format!(
                "r.id in (select x.record from fact x {joined} where x.subject = 'r' || x.record and {restriction})"
            ),
        }
    }
}

/// A fact holds on the day, which is `$1`.
fn holds(fact: &str) -> String {
    format!("{fact}.from_day <= $1 and ({fact}.until_day is null or {fact}.until_day > $1)")
}

impl Tx {
    /// Which of these records this person may read: the rules of the door as a query.
    pub(crate) async fn readable(&self, records: &[RecordId]) -> Result<BTreeSet<RecordId>, StoreError> {
        self.may_in(Capability::ReadRecord, records).await
    }

    /// In which of these children's records this person has a capability: the rules of the door as a query.
    pub async fn may_in(&self, capability: Capability, records: &[RecordId]) -> Result<BTreeSet<RecordId>, StoreError> {
        if records.is_empty() || self.reach(capability).await?.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut args = args![self.now().day(), as_json(records)];
        // A table and no array (`among`): with that PostgreSQL took 7 ms here instead of 0.3, of 400,000 entries.
        let among = texts_of(self.db.engine(), 2);
        let open = self.is_open(capability, Looks::AtFew, &mut args).await?;
        let sql =
            format!("select r.id, r.version from record r where r.id in ({among}) and r.kind = 'child' and {open}");
        let mut found = BTreeMap::new();
        for row in self.query(sql, args).await? {
            found.insert(row.parsed(0, "record", "id")?, row.int(1)?);
        }
        self.lists(capability, found.iter().map(|(record, version)| (*record, Some(*version))));
        Ok(found.into_keys().collect())
    }

    /// The children's records for which this person has a capability.
    pub(crate) async fn reachable(&self, capability: Capability) -> Result<Reachable, StoreError> {
        let reach = self.reach(capability).await?;
        if reach.is_empty() {
            return Ok(Reachable::Only(Vec::new()));
        }
        let mut args = args![self.now().day()];
        let all = reach.contains(&Relation::Any);
        let among = |candidates: &str, wanted: &str| {
            format!("select r.id from record r where r.id in ({candidates}) and r.kind = 'child' and {wanted}")
        };
        // Few records are closed to whoever reaches any; of whoever reaches few, the facts that name them lead there.
        let sql = if all {
            let open = self.is_open(capability, Looks::AtMany, &mut args).await?;
            // A conflict in one record of a child closes every one of them.
            let closed = "select f.record from fact f where f.kind in ('restriction', 'conflict')
                 union select o.id from fact f join record k on k.id = f.record join same_person s on s.person = k.holder
                 join same_person t on t.one = s.one join record o on o.holder = t.person where f.kind = 'conflict'";
            among(closed, &format!("not ({open})"))
        } else {
            let f = holds("f");
            let of = |ways: &str| {
                let shared = shared(ways);
                format!(
                    "select f.record from fact f where f.subject = 'r' || f.record and {f} and ({ways}) union {shared}"
                )
            };
            let reached = of(&self.ways(&reach, &mut args).await?);
            let reached = among(&reached, &self.is_open(capability, Looks::Reached, &mut args).await?);
            let named = of(&self.ways(&[Relation::Named].into(), &mut args).await?);
            let named = among(&named, &self.is_open(capability, Looks::AtMany, &mut args).await?);
            format!("{reached} union {named}")
        };
        let found =
            self.query(sql, args).await?.iter().map(|row| row.parsed(0, "record", "id")).collect::<Result<_, _>>()?;
        Ok(if all { Reachable::AllBut(found) } else { Reachable::Only(found) })
    }

    /// The condition that a child's record `r` is open to this person under a capability. `$1` is the day; the other
    /// arguments are added.
    pub(crate) async fn is_open(
        &self,
        capability: Capability,
        looks: Looks<'_>,
        args: &mut Vec<Arg>,
    ) -> Result<String, StoreError> {
        let Some(me) = self.actor().person() else { return Ok("1 = 1".to_owned()) };
        let reach = self.reach(capability).await?;
        // Whom a decision names may do what their roles may do at all: nothing, where that is nothing.
        if reach.is_empty() {
            return Ok("1 = 0".to_owned());
        }
        args.extend(args![me]);
        let me = args.len();
        let (c, f) = (holds("c"), holds("f"));
        // Nobody has many conflicts: they are found once for all rows.
        let no_conflict = format!(
            "r.id not in (select c.record from fact c where c.kind = 'conflict' and c.value = ${me} and {c}
             union select o.id from fact c join record k on k.id = c.record join same_person s on s.person = k.holder
             join same_person t on t.one = s.one join record o on o.holder = t.person
             where c.kind = 'conflict' and c.value = ${me} and {c})"
        );
        let ordinary = if reach.contains(&Relation::Any) || self.has_all_of(looks, &reach).await? {
            "1 = 1".to_owned()
        } else {
            let ways = self.ways(&reach, args).await?;
            let shared = shared(&ways);
            // What was opened to support is one record: neither others of the same child, nor while it is restricted.
            if let Actor::Support(_) = self.actor() {
                let restricted = looks.restricted("", "");
                return Ok(format!(
                    "({no_conflict} and not {restricted} and exists (select 1 from fact f where f.record = r.id and f.subject = 'r' || r.id
                     and {f} and ({ways})))"
                ));
            }
            format!(
                "(exists (select 1 from fact f where f.record = r.id and f.subject = 'r' || r.id and {f} and ({ways}))
                 or r.id in ({shared}))"
            )
        };
        if capability.guards() {
            return Ok(format!("({no_conflict} and {ordinary})"));
        }
        let restricted = looks.restricted("", "");
        // Kinds that leave this person the same are asked about together.
        let mut kinds: BTreeMap<BTreeSet<Relation>, Vec<&str>> = BTreeMap::new();
        for kind in self.db.pack().access().restrictions.keys() {
            let left = reach_restricted(self.db.pack(), self.standing().await?, capability, kind);
            kinds
                .entry(left.into_iter().filter(|relation| *relation != Relation::Named).collect())
                .or_default()
                .push(kind);
        }
        let mut few = vec![format!("f.kind = 'restricted-to' and f.value = ${me} and f.from_day >= x.from_day")];
        for (left, kinds) in kinds.into_iter().filter(|(left, _)| !left.is_empty()) {
            let list = placeholder_list(args.len() + 1, kinds.len());
            args.extend(args_of(kinds.iter().map(|kind| (*kind).to_owned())));
            let ways = if left.contains(&Relation::Any) { "1 = 1".to_owned() } else { self.ways(&left, args).await? };
            few.push(format!("x.value in ({list}) and ({ways})"));
        }
        let left_in = looks.restricted(
            &format!("join fact f on f.record = x.record and f.subject = x.subject and {f}"),
            &format!(" and (({}))", few.join(") or (")),
        );
        Ok(format!("({no_conflict} and ((not {restricted} and {ordinary}) or {left_in}))"))
    }

    /// Whether all at which a query looks are within this person's reach: found by it, or children of teams whose children
    /// they reach. What is open to support is single records, whatever team has the child.
    async fn has_all_of(&self, looks: Looks<'_>, reach: &BTreeSet<Relation>) -> Result<bool, StoreError> {
        Ok(match (looks, self.actor()) {
            (Looks::ChildrenOf(teams), Actor::Person(_)) => {
                teams.is_subset(&teams_within(self.standing().await?, reach))
            }
            (Looks::Reached, Actor::Person(_)) => true,
            _ => false,
        })
    }

    /// The relations under which this person reaches a record, as a condition on a fact `f` of it.
    async fn ways(&self, reach: &BTreeSet<Relation>, args: &mut Vec<Arg>) -> Result<String, StoreError> {
        let standing = self.standing().await?;
        let mut ways: Vec<String> = Vec::new();
        let mut values: Vec<Arg> = Vec::new();
        if reach.contains(&Relation::Allocated) {
            values.extend(args![self.actor().person()]);
        }
        values.extend(args_of(teams_within(standing, reach).into_iter().map(|team| team.to_string())));
        if !values.is_empty() {
            let who = placeholder_list(args.len() + 1, values.len());
            args.extend(values);
            ways.push(format!("f.kind in ('allocated-worker', 'allocated-team') and f.value in ({who})"));
        }
        if reach.contains(&Relation::Covers) {
            args.extend(args![self.actor().person()]);
            ways.push(format!(
                "f.kind = 'covered-by' and f.value = ${} and exists (select 1 from fact w where w.record = f.record and w.subject = f.subject
                 and w.kind = 'allocated-worker' and w.value = f.other and {})",
                args.len(),
                holds("w")
            ));
        }
        if let (true, Some(since)) = (reach.contains(&Relation::Duty), standing.on_duty_since) {
            args.extend(args![self.actor().person(), since]);
            let at = args.len();
            ways.push(format!("f.kind = 'opened-on-duty' and f.value = ${} and f.from_day >= ${at}", at - 1));
        }
        if let (true, Some(since)) = (reach.contains(&Relation::Emergency), standing.emergency_since) {
            args.extend(args![self.actor().person(), since]);
            let at = args.len();
            ways.push(format!("f.kind = 'opened-in-emergency' and f.other = ${} and f.value >= ${at}", at - 1));
        }
        if reach.contains(&Relation::Support) {
            args.extend(args![self.actor().person(), self.now()]);
            let at = args.len();
            ways.push(format!("f.kind = 'opened-to-support' and f.other = ${} and f.value > ${at}", at - 1));
        }
        if reach.contains(&Relation::Named) {
            args.extend(args![self.actor().person()]);
            ways.push(format!("f.kind = 'restricted-to' and f.value = ${}", args.len()));
        }
        Ok(if ways.is_empty() { "1 = 0".to_owned() } else { format!("({})", ways.join(") or (")) })
    }
}

/// The records that share their readers with one that these ways open: of a child who was made twice.
fn shared(ways: &str) -> String {
    let f = holds("f");
    format!(
        "select k.id from same_person s join same_person t on t.opens = s.opens
         join record o on o.holder = t.person and o.kind = 'child'
         join fact f on f.record = o.id and f.subject = 'r' || o.id and {f}
         join record k on k.holder = s.person and k.kind = 'child' where s.opens <> '' and ({ways})"
    )
}

/// The teams for whose children a capability holds under these relations.
pub(crate) fn teams_within(standing: &Standing, reach: &BTreeSet<Relation>) -> BTreeSet<TeamId> {
    let mut teams = BTreeSet::new();
    if reach.contains(&Relation::Team) {
        teams.extend(&standing.teams);
    }
    if reach.contains(&Relation::Manages) {
        teams.extend(&standing.manages);
    }
    teams
}
