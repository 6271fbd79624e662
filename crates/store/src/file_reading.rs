//! When a manager last read each file of a team.

use std::collections::BTreeMap;

use jiff::civil::Date;
use record::{RecordId, known};

use crate::{
    Listed,
    door::{Refused, Tx},
    engine::{args, placeholder_list},
    facts::args_of,
    lists::ListOf,
};

impl Tx {
    /// The children of this person's teams, each with the day on which a manager last read the file.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who sees no team.
    pub async fn files_of_team(&self, most: u32) -> Result<Vec<(Listed, Option<Date>)>, Refused> {
        let listed = self.list(ListOf::Team, most).await?;
        let mut read: BTreeMap<RecordId, Date> = BTreeMap::new();
        for some in listed.chunks(400) {
            let mut args = args![known::FILE_READ, self.now().day()];
            args.extend(args_of(some.iter().map(|child| child.record)));
            let rows = self
                .query(
                    format!(
                        "select record, value from fact where kind = $1 and from_day <= $2
                         and (until_day is null or until_day > $2) and record in ({}) and subject = 'r' || record",
                        placeholder_list(3, some.len())
                    ),
                    args,
                )
                .await?;
            for row in rows {
                read.insert(row.parsed(0, "fact", "record")?, row.parsed(1, "fact", "value")?);
            }
        }
        let with_day = |child: Listed| {
            let day = read.get(&child.record).copied();
            (child, day)
        };
        Ok(listed.into_iter().map(with_day).collect())
    }
}
