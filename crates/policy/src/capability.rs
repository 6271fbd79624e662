//! What a person may do, and to whose records: the two closed lists that roles of a pack are made of.

use serde::Deserialize;

/// Something that a person may be allowed to do. About two dozen exist, all here; a role of a pack is a set of
/// them, each with the [`Relation`]s under which it holds (R-GOV-01: which role has which is the pack's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Read a record: front page, chronology, entries.
    ReadRecord,
    /// Write ordinary entries in a record: case notes, visits, people, relationships.
    RecordEntry,
    /// Write a manager's entry: a decision, endorsed reading.
    RecordDecision,
    /// Open a record for a child who has none.
    OpenRecord,
    /// Close a record, or open a closed one again.
    CloseRecord,
    /// Say who works with a child: allocate, re-allocate, name the file holder.
    Allocate,
    /// Open a complementary or separate file beside a child's main record.
    OpenSeparateFile,
    /// Send an observation into the main record from a provider service.
    SendObservation,
    /// See the team's page: every child of the team and who works with them.
    SeeTeam,
    /// See that another worker's draft exists and how old it is, never what it says.
    SeeDrafts,
    /// Search people by name and date of birth before a new person is made.
    SearchPeople,
    /// Compare two people who may be one, say that they are one person, and part them again.
    JoinPeople,
    /// See who has looked at a record.
    SeeReadings,
    /// Add staff, change their teams and roles, end their accounts.
    ManageStaff,
    /// Read the organisation's own record: staff, teams, roles, packs approved.
    ReadOrganisation,
    /// Take a yearly return or another system's data into records.
    Import,
    /// Check the whole record against its ledger.
    Verify,
    /// Count visits and recording over children, teams and workers.
    SeeCounts,
    /// Let somebody stand in for a worker who is away, until a day (R-OBS-12, R-SUP-09).
    ArrangeCover,
    /// Say that a member of staff moves or leaves, and hand on what they carry.
    ChangeStaff,
    /// Say who is on duty out of hours, and when.
    PlanDuty,
    /// Open a record while on duty out of hours, saying why.
    OpenOnDuty,
    /// Put an entry right by an amendment, and answer who asks for it (R-INT-05).
    AmendEntry,
    /// Authorise what a colleague has written, or return it (R-TIME-X08).
    AuthoriseEntry,
    /// Move an entry that is on the wrong child to the right one.
    MoveEntry,
    /// Read what was moved away from a record: the trace.
    ReadMoved,
    /// Approve a version of the policy pack: from when the organisation works by it (R-GOV-03).
    ApprovePolicy,
    /// Open any record for a short time in an emergency, saying why.
    OpenInEmergency,
    /// Look at each opening in an emergency, and say whether it was right.
    ReviewEmergency,
    /// Restrict a record to few, say who they are, and lift it (R-ACC-03).
    RestrictRecord,
    /// See the protected addresses of a record, saying why.
    RevealAddress,
    /// Read what is kept in the confidential section of a record, so that it is not shared with the child.
    ReadConfidential,
    /// Say of oneself that one must not see a child's record.
    DeclareConflict,
    /// Say of a colleague that they must not see a child's record, and when that ends.
    DecideConflict,
    /// Write down who uses a record for something else than the work with the child, and by what right (R-ACC-08).
    RecordUse,
    /// Open one record for some hours to somebody of support, who mends a fault, and end that.
    GrantSupport,
    /// Say that an adoption order was made: close the child's record and begin the one after it, which nothing that is
    /// shown leads to (R-ACC-04).
    LinkAdoption,
    /// Go from the record before an adoption to the one after it, or back, where both are open (R-ACC-05).
    FollowAdoption,
}

impl Capability {
    /// Whether it is about who may see a record rather than about what the record says: what a restriction leaves to
    /// those who look after it.
    pub const fn guards(self) -> bool {
        matches!(self, Self::RestrictRecord | Self::DecideConflict | Self::ReviewEmergency | Self::SeeReadings)
    }

    /// Whether something may be done by it to the organisation's own record. What is done to a child's record is not,
    /// whoever may do it to any child's.
    pub const fn is_of_the_organisation(self) -> bool {
        matches!(
            self,
            Self::ManageStaff | Self::ChangeStaff | Self::PlanDuty | Self::ReadOrganisation | Self::ApprovePolicy
        )
    }
}

impl Capability {
    /// Every capability, in the order of their declaration.
    pub const ALL: [Self; 38] = [
        Self::ReadRecord,
        Self::RecordEntry,
        Self::RecordDecision,
        Self::OpenRecord,
        Self::CloseRecord,
        Self::Allocate,
        Self::OpenSeparateFile,
        Self::SendObservation,
        Self::SeeTeam,
        Self::SeeDrafts,
        Self::SearchPeople,
        Self::JoinPeople,
        Self::SeeReadings,
        Self::ManageStaff,
        Self::ReadOrganisation,
        Self::Import,
        Self::Verify,
        Self::SeeCounts,
        Self::ArrangeCover,
        Self::ChangeStaff,
        Self::PlanDuty,
        Self::OpenOnDuty,
        Self::AmendEntry,
        Self::AuthoriseEntry,
        Self::MoveEntry,
        Self::ReadMoved,
        Self::ApprovePolicy,
        Self::OpenInEmergency,
        Self::ReviewEmergency,
        Self::RestrictRecord,
        Self::RevealAddress,
        Self::ReadConfidential,
        Self::DeclareConflict,
        Self::DecideConflict,
        Self::RecordUse,
        Self::GrantSupport,
        Self::LinkAdoption,
        Self::FollowAdoption,
    ];

    /// The name that packs and the ledger use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadRecord => "read-record",
            Self::RecordEntry => "record-entry",
            Self::RecordDecision => "record-decision",
            Self::OpenRecord => "open-record",
            Self::CloseRecord => "close-record",
            Self::Allocate => "allocate",
            Self::OpenSeparateFile => "open-separate-file",
            Self::SendObservation => "send-observation",
            Self::SeeTeam => "see-team",
            Self::SeeDrafts => "see-drafts",
            Self::SearchPeople => "search-people",
            Self::JoinPeople => "join-people",
            Self::SeeReadings => "see-readings",
            Self::ManageStaff => "manage-staff",
            Self::ReadOrganisation => "read-organisation",
            Self::Import => "import",
            Self::Verify => "verify",
            Self::SeeCounts => "see-counts",
            Self::ArrangeCover => "arrange-cover",
            Self::ChangeStaff => "change-staff",
            Self::PlanDuty => "plan-duty",
            Self::OpenOnDuty => "open-on-duty",
            Self::AmendEntry => "amend-entry",
            Self::AuthoriseEntry => "authorise-entry",
            Self::MoveEntry => "move-entry",
            Self::ReadMoved => "read-moved",
            Self::ApprovePolicy => "approve-policy",
            Self::OpenInEmergency => "open-in-emergency",
            Self::ReviewEmergency => "review-emergency",
            Self::RestrictRecord => "restrict-record",
            Self::RevealAddress => "reveal-address",
            Self::ReadConfidential => "read-confidential",
            Self::DeclareConflict => "declare-conflict",
            Self::DecideConflict => "decide-conflict",
            Self::RecordUse => "record-use",
            Self::GrantSupport => "grant-support",
            Self::LinkAdoption => "link-adoption",
            Self::FollowAdoption => "follow-adoption",
        }
    }
}

/// How a person must stand to a record for a capability to hold there. The closest come first: where several hold, the
/// first of them is the one through which something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The record is allocated to this person now.
    Allocated,
    /// This person stands in now for the one to whom the record is allocated.
    Covers,
    /// The record is allocated to a team that this person is in now.
    Team,
    /// The record is allocated to a team that this person manages now.
    Manages,
    /// This person is on duty out of hours now, and has said why they open this record.
    Duty,
    /// This person opened the record in an emergency, said why, and its time is not over.
    Emergency,
    /// This person is named among the few to whom the restricted record is open. No role needs to say so.
    Named,
    /// This person is of support, and the record was opened to them for some hours. No role can say so: they hold none.
    Support,
    /// Any record, or no record at all (searching people, managing staff).
    Any,
}

impl Relation {
    /// Every relation, the closest first.
    pub const ALL: [Self; 9] = [
        Self::Allocated,
        Self::Covers,
        Self::Team,
        Self::Manages,
        Self::Duty,
        Self::Emergency,
        Self::Named,
        Self::Support,
        Self::Any,
    ];

    /// The name that packs use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allocated => "allocated",
            Self::Covers => "covers",
            Self::Team => "team",
            Self::Manages => "manages",
            Self::Duty => "duty",
            Self::Emergency => "emergency",
            Self::Named => "named",
            Self::Support => "support",
            Self::Any => "any",
        }
    }
}
