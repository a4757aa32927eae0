//! Lists, page by page and row by row.
//!
//! The service skips `skip` rows and returns at most `take` of the rest. It may return fewer than
//! `take` although more follow, so only an empty page ends a list.
//!
//! Docs: `docs/cegid-loop/README.md`, "Lists".

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use vendor_client_core::{
    Endpoint, Error, Operation, Path, Query, Request, Response, Transport, Validate, Violations,
};

use crate::filter::Filter;
use crate::sort::{Select, Sort, joined};
use crate::wire::Envelope;

/// How many rows are requested at once: as many as the service's smallest known limit allows.
const PAGE_SIZE: u32 = 100;

/// Any list but the documented ones, by its name.
static LIST: Endpoint<(Path<String>, Query<ListQuery>), (), ()> =
    Endpoint::get("list", "/{list}").idempotent();

/// The endpoint of a list whose rows are documented.
pub(crate) type ListEndpoint<Row> = Endpoint<Query<ListQuery>, (), Envelope<Row>>;

/// The parameters of a list, as they go over the wire.
///
/// Docs: `docs/cegid-loop/letters.md`, "List engagement letters".
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(serde::Deserialize, schemars::JsonSchema))]
pub(crate) struct ListQuery {
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
        violations.require("codeDossier", !self.folder.is_empty(), "must not be empty");
        violations.require("take", self.take != Some(0), "must be at least 1");
        for problem in self.problems.iter() {
            violations.add(&problem.path, problem.rule.clone());
        }
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
    pub fn starting_at(mut self, position: u64) -> Self {
        self.query.skip = (position > 0).then_some(position);
        self
    }

    /// Requests this many rows at once. The service may return fewer. Default: 100.
    ///
    /// Wire: the parameter `take`.
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

    /// Reads one page: the one at [`starting_at`](Self::starting_at).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the list cannot be
    /// requested like this; [`Error::violations`] returns every reason. Otherwise every kind but
    /// `Configuration` and `LogIn`. Reading is safe to repeat, and was repeated if that could
    /// help.
    pub async fn page(mut self) -> Result<Page<Row>, Error> {
        self.prefetch = false;
        let mut pages = self.pages();
        let position = pages.position();
        let page = pages.next().await.transpose()?;
        Ok(page.unwrap_or(Page {
            rows: Vec::new(),
            position,
        }))
    }

    /// Reads page by page.
    pub fn pages(self) -> Pages<Row> {
        let state = match self.remaining {
            Some(0) => State::Done,
            _ => State::Idle,
        };
        Pages {
            list: self,
            state,
            last: None,
        }
    }

    /// Reads row by row.
    pub fn rows(self) -> Rows<Row> {
        Rows {
            pages: self.pages(),
            page: Vec::new().into_iter(),
        }
    }

    /// Reads every row into memory.
    ///
    /// # Errors
    ///
    /// As for [`page`](Self::page). The rows that came before the failure are lost; if that
    /// matters, use [`rows`](Self::rows).
    pub async fn try_collect(self) -> Result<Vec<Row>, Error> {
        let mut pages = self.pages();
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await {
            rows.append(&mut page?.rows);
        }
        Ok(rows)
    }

    fn position(&self) -> u64 {
        self.query.skip.unwrap_or_default()
    }

    /// Requests the page at the list's position.
    fn fetch(&self) -> impl Future<Output = Result<Fetched<Row>, Error>> + Send + 'static {
        let transport = self.transport.clone();
        let request = self.source.request(&transport, &self.next_query());
        async move {
            let response = transport.send(request).await?;
            let Envelope(rows) = response.json()?;
            Ok(Fetched { rows, response })
        }
    }

    /// The query for the next page, which requests no more rows than are still to be read.
    fn next_query(&self) -> ListQuery {
        let mut query = self.query.clone();
        if let (Some(take), Some(remaining)) = (query.take, self.remaining) {
            query.take = Some(u32::try_from(remaining).unwrap_or(u32::MAX).min(take));
        }
        query
    }

    /// Whether equal responses for different positions mean that the service ignores `skip`: only
    /// if the rows carry their `objectId`, by which they must differ.
    fn rows_are_told_apart(&self, response: &Response) -> bool {
        let selected = self.query.select.as_ref();
        selected.is_none_or(|fields| fields.split(['&', ',']).any(|field| field == "objectId"))
            && contains(response.body(), b"\"objectId\"")
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

/// The pages of a list, as a [`Stream`] and by [`next`](Self::next).
///
/// It ends at an empty page, at the list's [`limit`](List::limit), and after a failure, which can
/// be resumed from at [`position`](Self::position).
///
/// A service that returns the same page again, as one that ignores `skip` would, is a failure
/// ([`ErrorKind::Body`](crate::ErrorKind::Body)) and not an endless list. It is noticed if the
/// rows come with their `objectId`.
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<Row: 'static> {
    list: List<Row>,
    state: State<Row>,
    /// The response before, to notice one that comes again.
    last: Option<Response>,
}

enum State<Row: 'static> {
    Idle,
    Fetching(Fetching<Row>),
    Done,
}

type Fetching<Row> = Pin<Box<dyn Future<Output = Result<Fetched<Row>, Error>> + Send>>;

struct Fetched<Row: 'static> {
    rows: Vec<Row>,
    response: Response,
}

impl<Row> Pages<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    /// The next page; `None` after the end. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Page<Row>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The position of the next page's first row, counted from 0.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.list.position()
    }

    /// What a response is: a page, the end, or a failure.
    fn receive(&mut self, fetched: Fetched<Row>) -> Option<Result<Page<Row>, Error>> {
        let Fetched { mut rows, response } = fetched;
        if rows.is_empty() {
            return None;
        }
        let last = self.last.as_ref();
        if last.is_some_and(|last| last.body() == response.body())
            && self.list.rows_are_told_apart(&response)
        {
            return Some(Err(response.unexpected(
                "the same page came twice, so the service seems to ignore `skip`",
            )));
        }
        if let Some(remaining) = &mut self.list.remaining {
            rows.truncate(usize::try_from(*remaining).unwrap_or(usize::MAX));
            *remaining -= count(&rows);
        }
        let page = Page {
            position: self.position(),
            rows,
        };
        self.list.query.skip = Some(page.next_position());
        self.last = Some(response);
        self.state = self.state_after_page();
        Some(Ok(page))
    }

    fn state_after_page(&self) -> State<Row> {
        match (self.list.remaining, self.list.prefetch) {
            (Some(0), _) => State::Done,
            (_, false) => State::Idle,
            (_, true) => State::Fetching(in_background(self.list.fetch())),
        }
    }
}

impl<Row> Stream for Pages<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    type Item = Result<Page<Row>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if matches!(self.state, State::Idle) {
            self.state = State::Fetching(Box::pin(self.list.fetch()));
        }
        let State::Fetching(fetching) = &mut self.state else {
            return Poll::Ready(None);
        };
        let result = ready!(fetching.as_mut().poll(context));
        self.state = State::Done;
        Poll::Ready(match result {
            Ok(fetched) => self.receive(fetched),
            Err(error) => Some(Err(error)),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let most = match self.state {
            State::Done => Some(0),
            _ => at_most(self.list.remaining),
        };
        (0, most)
    }
}

/// The rows of a list, as a [`Stream`] and by [`next`](Self::next). Holds one page at a time, or
/// two with [`prefetch`](List::prefetch).
///
/// It ends as [`Pages`] does.
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
pub struct Rows<Row: 'static> {
    pages: Pages<Row>,
    /// What is left of the page at hand.
    page: vec::IntoIter<Row>,
}

impl<Row> Rows<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    /// The next row; `None` after the end. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Row, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The position of the next row, counted from 0: how many rows have passed, for a display of
    /// progress, and where [`List::starting_at`] takes up a reading that failed.
    #[must_use]
    pub fn position(&self) -> u64 {
        let at_hand = count(self.page.as_slice());
        self.pages.position().saturating_sub(at_hand)
    }

    /// Reads the rest into memory.
    ///
    /// # Errors
    ///
    /// As for [`List::page`].
    pub async fn try_collect(mut self) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::from_iter(self.page.by_ref());
        while let Some(page) = self.pages.next().await {
            rows.append(&mut page?.rows);
        }
        Ok(rows)
    }
}

impl<Row> Stream for Rows<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    type Item = Result<Row, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(row) = self.page.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(page)) => self.page = page.rows.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    /// The rows at hand, and the list's [`limit`](List::limit) if it has one: the service does not
    /// report how many rows there are.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let at_hand = self.page.len();
        let (_, to_come) = self.pages.size_hint();
        (
            at_hand,
            to_come.and_then(|to_come| to_come.checked_add(at_hand)),
        )
    }
}

// Rows are moved out and never pinned.
impl<Row: 'static> Unpin for Pages<Row> {}
impl<Row: 'static> Unpin for Rows<Row> {}

impl<Row: 'static> fmt::Debug for Pages<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("list", &self.list)
            .finish_non_exhaustive()
    }
}

impl<Row: 'static> fmt::Debug for Rows<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("list", &self.pages.list)
            .finish_non_exhaustive()
    }
}

/// Runs `fetch` by itself until it is dropped.
fn in_background<Row: Send + 'static>(
    fetch: impl Future<Output = Result<Fetched<Row>, Error>> + Send + 'static,
) -> Fetching<Row> {
    let mut task = JoinSet::new();
    task.spawn(fetch);
    Box::pin(async move {
        match task.join_next().await {
            Some(Ok(result)) => result,
            // The row type's own code panicked: so does whoever requested the row.
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is shutting down, which ends this task as well.
            _ => std::future::pending().await,
        }
    })
}

fn count<T>(rows: &[T]) -> u64 {
    rows.len() as u64
}

fn at_most(rows: Option<u64>) -> Option<usize> {
    rows.and_then(|rows| usize::try_from(rows).ok())
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
