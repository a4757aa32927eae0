//! Lists, page by page and row by row.
//!
//! The service skips `skip` rows and returns at most `take` of the rest. It may return fewer than
//! `take` although more follow, so only an empty page ends a list.
//!
//! Docs: [Lists](crate::contract#lists).

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;
use std::vec;

use futures_core::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::timeout;
use vendor_client_core::{
    Endpoint, Error, Operation, Path, Query, Request, Response, Transport, Validate, Violations,
    check,
};

use crate::error::refused;
use crate::filter::Filter;
use crate::seen::{Recurrence, Seen};
use crate::sort::{Select, Sort, joined};
use crate::wire::Envelope;

/// How many rows are requested at once: as many as the service's smallest known limit allows.
const PAGE_SIZE: u32 = 100;

/// A position behind the end of any list that every integer can hold.
const FAR: u64 = i32::MAX as u64;

/// Any list but the documented ones, by its name.
static LIST: Endpoint<(Path<String>, Query<ListQuery>), (), ()> =
    Endpoint::get("list", "/{list}").idempotent();

/// The endpoint of a list whose rows are documented.
pub(crate) type ListEndpoint<Row> = Endpoint<Query<ListQuery>, (), Envelope<Row>>;

/// The parameters of a list, as they go over the wire; from [`List::query`].
///
/// Docs: [List engagement letters](crate::contract::letters#list-engagement-letters).
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(serde::Deserialize, schemars::JsonSchema))]
pub struct ListQuery {
    #[serde(rename = "codeDossier")]
    folder: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    take: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    select: Option<String>,
    /// What is wrong with the filter, the order and the selection.
    #[serde(skip)]
    problems: Violations,
}

impl Validate for ListQuery {
    fn validate(&self, violations: &mut Violations) {
        violations.require(
            ("folder", "codeDossier"),
            !self.folder.is_empty(),
            "must not be empty",
        );
        for (field, wire, text) in [
            ("filter", "filter", &self.filter),
            ("sort", "sort", &self.sort),
            ("select", "select", &self.select),
        ] {
            let is_empty = text.as_ref().is_some_and(String::is_empty);
            violations.require((field, wire), !is_empty, "must not be empty");
        }
        violations.require(
            ("page_size", "take"),
            self.take != Some(0),
            "must be at least 1",
        );
        violations.append(&self.problems);
    }
}

/// Where a list comes from.
enum Source<Row: 'static> {
    Documented(&'static ListEndpoint<Row>),
    Named(Arc<String>),
}

impl<Row: 'static> Source<Row> {
    fn request(&self, transport: &Transport, query: &ListQuery) -> Request {
        match self {
            Self::Documented(endpoint) => transport.request_to(endpoint, query, ()),
            Self::Named(name) => transport.request_to(&LIST, (name, query), ()),
        }
    }

    fn operation(&self) -> &Operation {
        match self {
            Self::Documented(endpoint) => endpoint.operation(),
            Self::Named(_) => LIST.operation(),
        }
    }
}

impl<Row: 'static> Clone for Source<Row> {
    fn clone(&self) -> Self {
        match self {
            Self::Documented(endpoint) => Self::Documented(endpoint),
            Self::Named(name) => Self::Named(Arc::clone(name)),
        }
    }
}

/// A list to be read, made by [`Client::engagement_letters`](crate::Client::engagement_letters)
/// and its like.
///
/// Nothing is sent until rows are requested, in one of these ways:
///
/// | | |
/// | --- | --- |
/// | [`try_collect`](Self::try_collect) | every row, in memory |
/// | [`rows`](Self::rows) | a stream of rows that holds one page at a time |
/// | [`pages`](Self::pages) | a stream of pages |
/// | [`page`](Self::page) | one page |
///
/// Rows that come or go while a list is read shift those behind them: one may be missed or come
/// twice. An order by a field that does not change ([`sort`](Self::sort)) limits that to the rows
/// concerned.
#[must_use = "a list does nothing until its rows are requested"]
pub struct List<Row: 'static> {
    transport: Transport,
    source: Source<Row>,
    query: ListQuery,
    /// How many rows may still be read; `None` for all.
    remaining: Option<u64>,
    prefetch: bool,
    row: PhantomData<fn() -> Row>,
}

impl<Row> List<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    pub(crate) fn documented(
        endpoint: &'static ListEndpoint<Row>,
        transport: &Transport,
        folder: &str,
        filter: Filter<Row>,
    ) -> Self {
        Self::new(Source::Documented(endpoint), transport, folder, filter)
    }

    pub(crate) fn named(
        name: &str,
        transport: &Transport,
        folder: &str,
        filter: Filter<Row>,
    ) -> Self {
        let source = Source::Named(Arc::new(name.to_owned()));
        Self::new(source, transport, folder, filter)
    }

    fn new(source: Source<Row>, transport: &Transport, folder: &str, filter: Filter<Row>) -> Self {
        let (filter, problems) = filter.into_parts();
        Self {
            transport: transport.clone(),
            source,
            query: ListQuery {
                folder: folder.to_owned(),
                filter,
                sort: None,
                skip: None,
                take: Some(PAGE_SIZE),
                select: None,
                problems,
            },
            remaining: None,
            prefetch: false,
            row: PhantomData,
        }
    }

    /// Reads this folder instead of the client's.
    ///
    /// Wire: the parameter `codeDossier`.
    #[doc(alias = "codeDossier")]
    pub fn folder(mut self, code: impl Into<String>) -> Self {
        self.query.folder = code.into();
        self
    }

    /// Requests this order. Default: the service decides.
    ///
    /// Wire: the parameter `sort`.
    pub fn sort(mut self, order: Sort<Row>) -> Self {
        let (text, problems) = order.into_parts();
        self.query.sort = Some(text);
        self.query.problems = joined(self.query.problems, &problems);
        self
    }

    /// Requests these fields only. The others are absent from the rows.
    ///
    /// Wire: the parameter `select`.
    pub fn select(mut self, fields: Select<Row>) -> Self {
        let (text, problems) = fields.into_parts();
        self.query.select = Some(text);
        self.query.problems = joined(self.query.problems, &problems);
        self
    }

    /// Begins at this row, counted from 0: the position that [`Rows::position`] or
    /// [`Page::next_position`] reported.
    ///
    /// Wire: the parameter `skip`.
    #[doc(alias = "skip")]
    pub fn starting_at(mut self, position: u64) -> Self {
        self.query.skip = (position > 0).then_some(position);
        self
    }

    /// Requests this many rows at once. The service may return fewer. Default: 100.
    ///
    /// Wire: the parameter `take`.
    #[doc(alias = "take")]
    pub fn page_size(mut self, rows: u32) -> Self {
        self.query.take = Some(rows);
        self
    }

    /// Reads at most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.remaining = Some(rows);
        self
    }

    /// Requests the next page as soon as one has arrived, so that it is under way while the rows
    /// of the one before are processed. Then two pages are held. Needs a tokio runtime, as every
    /// call does.
    pub fn prefetch(mut self) -> Self {
        self.prefetch = true;
        self
    }

    /// Checks every constraint that reading checks before it requests anything: those of the
    /// filter, the order, the selection and the page.
    ///
    /// # Errors
    ///
    /// Every constraint that is broken.
    pub fn validate(&self) -> Result<(), Violations> {
        check(&self.query)
    }

    /// Reads one page: the one at [`starting_at`](Self::starting_at).
    ///
    /// ```no_run
    /// # use cegid_loop::{Client, Filter};
    /// # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
    /// let page = client.activities(Filter::unfiltered()).starting_at(200).page().await?;
    /// println!("{} rows", page.rows.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the list cannot be
    /// requested like this; [`Error::violations`] returns every reason.
    /// [`ErrorKind::Body`](crate::ErrorKind::Body) if one of the rows cannot be read. Otherwise
    /// every kind but `Configuration` and `LogIn`. Reading is safe to repeat, and was repeated if
    /// that could help.
    pub async fn page(mut self) -> Result<Page<Row>, Error> {
        self.prefetch = false;
        let mut reading = Reading::new(self);
        let position = reading.position();
        poll_fn(|context| reading.poll_fetch(context))
            .await
            .transpose()?;
        let rows = reading.at_hand.collect::<Result<_, _>>()?;
        Ok(Page { rows, position })
    }

    /// Reads page by page.
    pub fn pages(self) -> Pages<Row> {
        Pages(Reading::new(self))
    }

    /// Reads row by row.
    pub fn rows(self) -> Rows<Row> {
        Rows(Reading::new(self))
    }

    /// Reads every row into memory.
    ///
    /// It ends at the first row that cannot be read, so that none is missing without notice. Use
    /// [`rows`](Self::rows) to read the others as well.
    ///
    /// ```no_run
    /// # use cegid_loop::{Client, letters};
    /// # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
    /// let signed = client.engagement_letters(letters::signed()).try_collect().await?;
    /// println!("{} letters", signed.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`page`](Self::page). The rows that came before the failure are lost; if that
    /// matters, use [`rows`](Self::rows).
    pub async fn try_collect(self) -> Result<Vec<Row>, Error> {
        self.rows().try_collect().await
    }

    fn position(&self) -> u64 {
        self.query.skip.unwrap_or_default()
    }

    /// Whether it is read from the first row to the last.
    pub(crate) fn is_whole(&self) -> bool {
        self.position() == 0 && self.remaining.is_none()
    }

    /// Those rows of this list that satisfy `filter`.
    pub(crate) fn only(&self, filter: Filter<Row>) -> Self {
        let own = self.query.filter.clone();
        let own = own.map_or_else(Filter::unfiltered, Filter::raw);
        let (filter, problems) = own.and(filter).into_parts();
        let mut list = self.clone();
        list.query.filter = filter;
        list.query.problems = joined(list.query.problems, &problems);
        list
    }

    /// What time it is by the client's clock.
    pub(crate) fn now(&self) -> SystemTime {
        self.transport.now()
    }

    /// Requests the page at the list's position, which follows one that had the rows `last`.
    fn fetch(
        &self,
        last: Option<Arc<Seen>>,
    ) -> impl Future<Output = Result<Fetched<Row>, Error>> + Send + 'static {
        let caller = Caller {
            transport: self.transport.clone(),
            source: self.source.clone(),
        };
        let query = self.next_query();
        async move {
            let page = caller.call(&query).await?;
            let seen = Seen::of(&page.rows);
            let recurrence = last.map_or(Recurrence::None, |last| last.recurrence(&seen));
            let is_suspect = recurrence != Recurrence::None;
            if is_suspect && caller.ignores_skip(&query, recurrence).await {
                return Err(page.response.unexpected(
                    "none of the page's rows is new, so the service seems to ignore `skip`",
                ));
            }
            Ok(Fetched {
                rows: page.read(query.skip.unwrap_or_default()),
                seen,
                honours_skip: is_suspect,
            })
        }
    }

    /// The parameters of this list's first page, for [`endpoints`](crate::endpoints).
    #[must_use]
    pub fn query(&self) -> ListQuery {
        self.next_query()
    }

    /// The query for the next page, which requests no more rows than are still to be read.
    fn next_query(&self) -> ListQuery {
        let mut query = self.query.clone();
        if let (Some(take), Some(remaining)) = (query.take, self.remaining) {
            query.take = Some(u32::try_from(remaining).unwrap_or(u32::MAX).min(take));
        }
        query
    }
}

/// What it takes to call for a page.
struct Caller<Row: 'static> {
    transport: Transport,
    source: Source<Row>,
}

impl<Row: 'static> Caller<Row> {
    async fn call(&self, query: &ListQuery) -> Result<Received, Error> {
        let request = self.source.request(&self.transport, query);
        Received::from(self.transport.send(request).await?)
    }

    /// Whether the service ignores `skip`, of which a page without a new row is a sign.
    ///
    /// Rows without identifiers may be equal and yet be others. Then a page far behind the end of
    /// any list shows it: it must be empty.
    async fn ignores_skip(&self, query: &ListQuery, recurrence: Recurrence) -> bool {
        if recurrence == Recurrence::Certain {
            return true;
        }
        if query.skip >= Some(FAR) {
            return false;
        }
        let far = ListQuery {
            skip: Some(FAR),
            ..query.clone()
        };
        let page = self.call(&far).await;
        page.is_ok_and(|page| !page.rows.is_empty())
    }
}

/// A page as it came, its rows not yet read.
struct Received {
    response: Response,
    rows: Vec<Box<RawValue>>,
    is_wrapped: bool,
}

impl Received {
    fn from(response: Response) -> Result<Self, Error> {
        let envelope = match response.body().trim_ascii().is_empty() {
            true => Envelope::List(Vec::new()),
            false => response.json()?,
        };
        let (rows, is_wrapped) = match envelope {
            Envelope::List(rows) => (rows, false),
            Envelope::Wrapped(rows) => (rows, true),
            Envelope::Refusal => return Err(refused(&response)),
        };
        Ok(Self {
            response,
            rows,
            is_wrapped,
        })
    }

    /// Reads each row by itself, so that one that cannot be read costs none of the others.
    fn read<Row: DeserializeOwned>(&self, first: u64) -> Vec<Result<Row, Error>> {
        let array = if self.is_wrapped { "data" } else { "" };
        let rows = (0_u64..).zip(&self.rows);
        rows.map(|(index, row)| {
            let position = first.saturating_add(index);
            self.response.part(
                row.get(),
                format_args!("{array}[{index}]"),
                format_args!("row {position} of the list"),
            )
        })
        .collect()
    }
}

impl<Row: 'static> Clone for List<Row> {
    fn clone(&self) -> Self {
        Self {
            transport: self.transport.clone(),
            source: self.source.clone(),
            query: self.query.clone(),
            ..*self
        }
    }
}

/// Does not show the filter: its values may be personal data.
impl<Row: 'static> fmt::Debug for List<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("operation", &self.source.operation().name)
            .field("position", &self.query.skip.unwrap_or_default())
            .finish_non_exhaustive()
    }
}
/// Some consecutive rows of a list.
#[derive(Clone)]
#[non_exhaustive]
pub struct Page<Row> {
    /// The rows; none after the end of the list.
    pub rows: Vec<Row>,
    /// The position of the first row in the list, counted from 0.
    pub position: u64,
}

impl<Row> Page<Row> {
    /// Rows of a list, the first of them at this position, counted from 0.
    #[must_use]
    pub const fn new(rows: Vec<Row>, position: u64) -> Self {
        Self { rows, position }
    }

    /// The position of the row after this page: where reading resumes.
    #[must_use]
    pub fn next_position(&self) -> u64 {
        self.position.saturating_add(count(&self.rows))
    }
}

/// Shows no row.
impl<Row> fmt::Debug for Page<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("position", &self.position)
            .field("rows", &self.rows.len())
            .finish()
    }
}

/// A list while it is read: the page at hand, and the next one.
struct Reading<Row: 'static> {
    list: List<Row>,
    state: State<Row>,
    /// The rows of the page before, to notice one that comes again.
    last: Option<Arc<Seen>>,
    /// Whether it has been shown that the service honours `skip`, and none has to be noticed.
    honours_skip: bool,
    /// What is left of the page at hand.
    at_hand: vec::IntoIter<Result<Row, Error>>,
}

enum State<Row> {
    Idle,
    Fetching(Fetching<Row>),
    Done,
}

type Fetching<Row> = Pin<Box<dyn Future<Output = Result<Fetched<Row>, Error>> + Send>>;

struct Fetched<Row> {
    rows: Vec<Result<Row, Error>>,
    seen: Seen,
    /// Whether it has been shown that the service honours `skip`.
    honours_skip: bool,
}

impl<Row> Reading<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    fn new(list: List<Row>) -> Self {
        let state = match list.remaining {
            Some(0) => State::Done,
            _ => State::Idle,
        };
        Self {
            list,
            state,
            last: None,
            honours_skip: false,
            at_hand: Vec::new().into_iter(),
        }
    }

    /// The position of the next row.
    fn position(&self) -> u64 {
        let at_hand = count(self.at_hand.as_slice());
        self.list.position().saturating_sub(at_hand)
    }

    /// Fetches the next page once the one at hand is used up; `None` after the end.
    fn poll_fetch(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<(), Error>>> {
        if matches!(self.state, State::Idle) {
            self.state = State::Fetching(Box::pin(self.list.fetch(self.last.clone())));
        }
        let State::Fetching(fetching) = &mut self.state else {
            return Poll::Ready(None);
        };
        let result = ready!(fetching.as_mut().poll(context));
        self.state = State::Done;
        Poll::Ready(match result {
            Ok(fetched) if fetched.rows.is_empty() => None,
            Ok(fetched) => {
                self.receive(fetched);
                Some(Ok(()))
            }
            Err(error) => Some(Err(error)),
        })
    }

    fn receive(&mut self, fetched: Fetched<Row>) {
        let mut rows = fetched.rows;
        let position = self.list.position();
        if let Some(remaining) = &mut self.list.remaining {
            rows.truncate(usize::try_from(*remaining).unwrap_or(usize::MAX));
            *remaining -= count(&rows);
        }
        self.list.query.skip = Some(position.saturating_add(count(&rows)));
        self.honours_skip |= fetched.honours_skip;
        self.last = (!self.honours_skip).then(|| Arc::new(fetched.seen));
        self.at_hand = rows.into_iter();
        self.state = match (self.list.remaining, self.list.prefetch) {
            (Some(0), _) => State::Done,
            (_, false) => State::Idle,
            (_, true) => State::Fetching(self.fetch_in_background()),
        };
    }

    /// Fetches the next page in a task of its own, until it is dropped.
    ///
    /// The runtime of that task may shut down, or may no longer run, before anybody asks for the
    /// page. Then, at the latest after the deadline of a call, it is fetched again from where it
    /// is needed. Outside a runtime there is no task, and that call fails.
    fn fetch_in_background(&self) -> Fetching<Row> {
        let deadline = self.list.transport.deadline();
        let again = self.list.fetch(self.last.clone());
        if Handle::try_current().is_err() {
            return Box::pin(again);
        }
        let mut task = JoinSet::new();
        task.spawn(self.list.fetch(self.last.clone()));
        Box::pin(async move {
            if Handle::try_current().is_err() {
                return again.await;
            }
            match timeout(deadline, task.join_next()).await {
                Ok(Some(Ok(result))) => result,
                // The row type's own code panicked: so does the caller that requested the row.
                Ok(Some(Err(error))) if error.is_panic() => {
                    std::panic::resume_unwind(error.into_panic())
                }
                _ => again.await,
            }
        })
    }

    /// How many rows may come: those at hand, and the list's limit.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let at_hand = self.at_hand.len();
        let to_come = match self.state {
            State::Done => Some(0),
            _ => at_most(self.list.remaining),
        };
        let most = to_come.and_then(|to_come| to_come.checked_add(at_hand));
        (at_hand, most)
    }
}

/// The pages of a list, as a [`Stream`] and by [`next`](Self::next).
///
/// It ends at an empty page, at the list's [`limit`](List::limit), and after a call that failed,
/// which can be resumed from at [`position`](Self::position).
///
/// A row that cannot be read divides its page: there is a page of the rows before it, the row's
/// error, and a page of the rows behind it.
///
/// A service that returns rows again, as one that ignores `skip` does, is a failure
/// ([`ErrorKind::Body`](crate::ErrorKind::Body)) and not an endless list.
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<Row: 'static>(Reading<Row>);

impl<Row> Pages<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    /// The next page; `None` after the end. Dropping the future loses nothing.
    ///
    /// ```no_run
    /// # use cegid_loop::{Client, Filter};
    /// # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
    /// let mut pages = client.activities(Filter::unfiltered()).pages();
    /// while let Some(page) = pages.next().await {
    ///     println!("{} rows", page?.rows.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Page<Row>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The position of the next page's first row, counted from 0. After a row that could not be
    /// read, the position behind that row.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.0.position()
    }
}

impl<Row> Stream for Pages<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    type Item = Result<Page<Row>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let reading = &mut self.0;
        if reading.at_hand.as_slice().is_empty() {
            match ready!(reading.poll_fetch(context)) {
                Some(Ok(())) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let position = reading.position();
        let mut rows = Vec::with_capacity(reading.at_hand.len());
        while let Some(Ok(_)) = reading.at_hand.as_slice().first() {
            rows.extend(reading.at_hand.next().and_then(Result::ok));
        }
        if !rows.is_empty() {
            return Poll::Ready(Some(Ok(Page { rows, position })));
        }
        let unreadable = reading.at_hand.next().and_then(Result::err);
        Poll::Ready(unreadable.map(Err))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.0.size_hint().1)
    }
}

/// The rows of a list, as a [`Stream`] and by [`next`](Self::next). Holds one page at a time, or
/// two with [`prefetch`](List::prefetch).
///
/// It ends as [`Pages`] does. A row that cannot be read is an error, which names the row's
/// position, and the rows behind it follow.
///
/// ```no_run
/// # async fn run(client: cegid_loop::Client) -> Result<(), cegid_loop::Error> {
/// use cegid_loop::{Filter, activities};
///
/// let mut rows = client
///     .activities(Filter::unfiltered())
///     .sort(activities::ID.ascending())
///     .prefetch()
///     .rows();
/// while let Some(activity) = rows.next().await {
///     let activity = activity?;
///     println!("{}: {}", rows.position(), activity.name.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing until it is polled"]
pub struct Rows<Row: 'static>(Reading<Row>);

impl<Row> Rows<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    /// The next row; `None` after the end. Dropping the future loses nothing.
    ///
    /// ```no_run
    /// # use cegid_loop::{Client, Filter};
    /// # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
    /// let mut rows = client.activities(Filter::unfiltered()).rows();
    /// while let Some(activity) = rows.next().await {
    ///     println!("{}", activity?.name.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Row, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The position of the next row, counted from 0: how many rows have passed, for a display of
    /// progress, and where [`List::starting_at`] resumes a reading that failed.
    ///
    /// A row that could not be read has passed as well.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.0.position()
    }

    /// Reads the rest into memory.
    ///
    /// ```no_run
    /// # use cegid_loop::{Client, Filter};
    /// # async fn run(client: Client) -> Result<(), cegid_loop::Error> {
    /// let mut rows = client.activities(Filter::unfiltered()).rows();
    /// let first = rows.next().await;
    /// let rest = rows.try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`List::try_collect`].
    pub async fn try_collect(mut self) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        loop {
            rows.reserve(self.0.at_hand.len());
            for row in self.0.at_hand.by_ref() {
                rows.push(row?);
            }
            match poll_fn(|context| self.0.poll_fetch(context)).await {
                Some(fetched) => fetched?,
                None => return Ok(rows),
            }
        }
    }
}

impl<Row> Stream for Rows<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    type Item = Result<Row, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(row) = self.0.at_hand.next() {
                return Poll::Ready(Some(row));
            }
            match ready!(self.0.poll_fetch(context)) {
                Some(Ok(())) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    /// The rows at hand, and the list's [`limit`](List::limit) if it has one: the service does not
    /// report how many rows there are.
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

// Rows are moved out and never pinned.
impl<Row: 'static> Unpin for Reading<Row> {}

impl<Row: 'static> fmt::Debug for Pages<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("list", &self.0.list)
            .finish_non_exhaustive()
    }
}

impl<Row: 'static> fmt::Debug for Rows<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("list", &self.0.list)
            .finish_non_exhaustive()
    }
}

fn count<T>(rows: &[T]) -> u64 {
    rows.len() as u64
}

fn at_most(rows: Option<u64>) -> Option<usize> {
    rows.and_then(|rows| usize::try_from(rows).ok())
}
