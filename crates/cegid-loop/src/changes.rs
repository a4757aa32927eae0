//! What has changed in a list since it was read last.
//!
//! The service has no events for these lists, so a program reads a list again and compares it with
//! what it knew: identifiers say which row is which, revisions whether it is still the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vendor_client_core::Error;

use crate::activities::{self, LetterActivity};
use crate::filter::{Field, IntoLiteral};
use crate::id::{ActivityId, LetterId};
use crate::letters::{self, EngagementLetter};
use crate::list::{List, Rows};

/// A row that has an identifier, and a revision that changes whenever the row does.
///
/// Implement it for a row type of your own to use [`List::changes_since`] with it.
pub trait Revised: Sized + 'static {
    /// What identifies a row.
    type Id: Copy + Ord + Send + IntoLiteral<Self::Id> + 'static;

    /// The field that holds it. Wire: `objectId`, unless the list has another.
    const ID: Field<Self, Self::Id>;

    /// The row's identifier, if it came with one.
    fn id(&self) -> Option<Self::Id>;

    /// The row's revision, if it came with one. It is compared for equality only: the vendor does
    /// not document that revisions grow.
    fn revision(&self) -> Option<&str>;
}

impl Revised for EngagementLetter {
    type Id = LetterId;
    const ID: Field<Self, LetterId> = letters::ID;

    fn id(&self) -> Option<LetterId> {
        self.id
    }

    fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }
}

impl Revised for LetterActivity {
    type Id = ActivityId;
    const ID: Field<Self, ActivityId> = activities::ID;

    fn id(&self) -> Option<ActivityId> {
        self.id
    }

    fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }
}

/// What is known of a list: the identifier and the revision of each row, and when the list was
/// last read to its end.
///
/// It can be serialised, so a program keeps it in a file or a database from one run to the next. It
/// grows with the number of rows and with nothing else.
///
/// It belongs to one list: that of a filter, in a folder.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Known<Id: Ord> {
    revisions: BTreeMap<Id, Option<String>>,
    as_of: Option<SystemTime>,
}

impl<Id: Ord> Default for Known<Id> {
    /// Nothing is known, so every row is new.
    fn default() -> Self {
        Self {
            revisions: BTreeMap::new(),
            as_of: None,
        }
    }
}

impl<Id: Ord> Known<Id> {
    /// What is known of a list by a copy of its rows, for a program that keeps one. Rows without an
    /// identifier aren't counted.
    ///
    /// ```
    /// use cegid_loop::{EngagementLetter, Known};
    ///
    /// let copy: Vec<EngagementLetter> = Vec::new();
    /// let known = Known::of(&copy);
    /// assert!(known.is_empty());
    /// ```
    #[must_use]
    pub fn of<'a, Row>(rows: impl IntoIterator<Item = &'a Row>) -> Self
    where
        Row: Revised<Id = Id>,
    {
        let revision = |row: &Row| Some((row.id()?, row.revision().map(str::to_owned)));
        Self {
            revisions: rows.into_iter().filter_map(revision).collect(),
            as_of: None,
        }
    }

    /// When the last pass began that read the list to its end; `None` if none has.
    #[must_use]
    pub fn as_of(&self) -> Option<SystemTime> {
        self.as_of
    }

    /// How old it is at `now`: the time since [`as_of`](Self::as_of), zero if that is later.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use cegid_loop::{Known, LetterId};
    ///
    /// let known = Known::<LetterId>::default();
    /// assert_eq!(known.age(SystemTime::now()), None);
    /// ```
    #[must_use]
    pub fn age(&self, now: SystemTime) -> Option<Duration> {
        let as_of = self.as_of?;
        Some(now.duration_since(as_of).unwrap_or_default())
    }

    /// How many rows are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Whether no row is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }
}

impl<Id: Ord> fmt::Debug for Known<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known")
            .field("rows", &self.len())
            .field("as_of", &self.as_of)
            .finish()
    }
}

/// What is different in a list.
#[allow(
    clippy::exhaustive_enums,
    reason = "there is no fourth way, and a caller should not have to write an arm for one"
)]
pub enum RowChange<Row: Revised> {
    /// A row that was not known. A row without an identifier is told as new each time.
    New(Row),
    /// A row with another revision than before. A row without a revision is told as changed each
    /// time.
    Changed(Row),
    /// A row that has left the list: it was deleted, or no longer satisfies the filter.
    Gone(Row::Id),
}

impl<Row: Revised> fmt::Debug for RowChange<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New(_) => "New(..)",
            Self::Changed(_) => "Changed(..)",
            Self::Gone(_) => "Gone(..)",
        })
    }
}

impl<Row> List<Row>
where
    Row: Revised + DeserializeOwned + Send,
{
    /// Reads the list and compares it with what was known: a stream of the rows that are new,
    /// changed or gone.
    ///
    /// A row is gone only if the whole list was read without an error, the row was not in it, and a
    /// second look for the row alone does not find it either: rows that come or go while a list is
    /// read may hide others. None is gone in a list with a [`limit`](Self::limit), one that begins
    /// [later](Self::starting_at), or one with rows that have no identifier, as with a
    /// [`select`](Self::select) that leaves it out.
    ///
    /// ```no_run
    /// use cegid_loop::{Client, Filter, Known, LetterId, RowChange};
    ///
    /// # async fn run(client: Client, saved: Option<Known<LetterId>>)
    /// # -> Result<Known<LetterId>, cegid_loop::Error> {
    /// let known = saved.unwrap_or_default();
    /// let mut changes = client
    ///     .engagement_letters(Filter::unfiltered())
    ///     .changes_since(known);
    /// while let Some(change) = changes.next().await {
    ///     match change? {
    ///         RowChange::New(letter) => println!("new: {:?}", letter.id),
    ///         RowChange::Changed(letter) => println!("changed: {:?}", letter.id),
    ///         RowChange::Gone(id) => println!("gone: {id}"),
    ///     }
    /// }
    /// // Save it for the next time.
    /// let known = changes.into_known();
    /// # Ok(known)
    /// # }
    /// ```
    pub fn changes_since(self, known: Known<Row::Id>) -> Changes<Row> {
        Changes {
            began: self.now(),
            is_complete: self.is_whole(),
            missing: known.revisions.keys().copied().collect(),
            known,
            state: State::Reading(Box::new(self.clone().rows())),
            list: self,
        }
    }
}

/// The changes in a list, from [`List::changes_since`]: as a [`Stream`] and by
/// [`next`](Self::next).
///
/// A row that cannot be read is an error, and the rows behind it follow. It ends after the last
/// change, and after a call that failed.
#[must_use = "a stream does nothing until it is polled"]
pub struct Changes<Row: Revised> {
    list: List<Row>,
    known: Known<Row::Id>,
    began: SystemTime,
    /// The known rows that have not come yet.
    missing: BTreeSet<Row::Id>,
    /// Whether nothing has happened that a missing row may hide behind.
    is_complete: bool,
    state: State<Row>,
}

enum State<Row: Revised> {
    Reading(Box<Rows<Row>>),
    /// Looking for the first of the missing rows.
    Looking(Row::Id, Looking<Row>),
    Done,
}

type Looking<Row> = Pin<Box<dyn Future<Output = Result<Option<Row>, Error>> + Send>>;

impl<Row> Changes<Row>
where
    Row: Revised + DeserializeOwned + Send,
{
    /// The next change; `None` after the end. Dropping the future loses nothing.
    ///
    /// ```no_run
    /// # use cegid_loop::{Client, Error, Filter, Known};
    /// # async fn run(client: Client) -> Result<(), Error> {
    /// let list = client.activities(Filter::unfiltered());
    /// let mut changes = list.changes_since(Known::default());
    /// while let Some(change) = changes.next().await {
    ///     println!("{:?}", change?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Result<RowChange<Row>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// What is known so far: what was known before, and every change that was told. Save it on the
    /// way, with what you made of the changes, and a crash costs only what came after.
    #[must_use]
    pub fn known(&self) -> &Known<Row::Id> {
        &self.known
    }

    /// What is known now: what was known before, and every change that was told.
    ///
    /// Before the end, and after a pass that failed, it is as old as it was before.
    pub fn into_known(self) -> Known<Row::Id> {
        self.known
    }

    /// Compares a row with what is known of it.
    fn note(&mut self, row: Row) -> Option<RowChange<Row>> {
        let Some(id) = row.id() else {
            self.is_complete = false;
            return Some(RowChange::New(row));
        };
        self.missing.remove(&id);
        let revision = row.revision().map(str::to_owned);
        match self.known.revisions.insert(id, revision) {
            None => Some(RowChange::New(row)),
            Some(Some(before)) if row.revision() == Some(&before) => None,
            Some(_) => Some(RowChange::Changed(row)),
        }
    }

    /// Looks for the next row that is missing, or ends.
    fn look_for_the_missing(&mut self) {
        self.state = match self.missing.pop_first() {
            _ if !self.is_complete => State::Done,
            Some(id) => State::Looking(id, look(self.list.only(Row::ID.eq(id)), id)),
            None => {
                self.known.as_of = Some(self.began);
                State::Done
            }
        };
    }
}

fn look<Row>(list: List<Row>, id: Row::Id) -> Looking<Row>
where
    Row: Revised + DeserializeOwned + Send,
{
    Box::pin(async move {
        let rows = list.page().await?.rows.into_iter();
        Ok(rows.into_iter().find(|row| row.id() == Some(id)))
    })
}

impl<Row> Stream for Changes<Row>
where
    Row: Revised + DeserializeOwned + Send,
{
    type Item = Result<RowChange<Row>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let changes = self.get_mut();
        loop {
            match &mut changes.state {
                State::Reading(rows) => match ready!(Pin::new(&mut **rows).poll_next(context)) {
                    Some(Ok(row)) => {
                        if let Some(change) = changes.note(row) {
                            return Poll::Ready(Some(Ok(change)));
                        }
                    }
                    Some(Err(error)) => {
                        changes.is_complete = false;
                        return Poll::Ready(Some(Err(error)));
                    }
                    None => changes.look_for_the_missing(),
                },
                State::Looking(id, looking) => {
                    let id = *id;
                    let found = ready!(looking.as_mut().poll(context));
                    let change = match found {
                        Ok(Some(row)) => changes.note(row).map(Ok),
                        Ok(None) => {
                            changes.known.revisions.remove(&id);
                            Some(Ok(RowChange::Gone(id)))
                        }
                        Err(error) => {
                            changes.is_complete = false;
                            Some(Err(error))
                        }
                    };
                    changes.look_for_the_missing();
                    if change.is_some() {
                        return Poll::Ready(change);
                    }
                }
                State::Done => return Poll::Ready(None),
            }
        }
    }
}

/// What it needs in place is on the heap.
impl<Row: Revised> Unpin for Changes<Row> {}

/// Shows no row.
impl<Row: Revised> fmt::Debug for Changes<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("list", &self.list)
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}
