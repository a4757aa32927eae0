//! Lists, page by page and row by row.
//!
//! The service passes over `skip` rows and answers at most `take` of the rest. It may answer
//! fewer than `take` although more follow, so only an empty page ends a list.
//!
//! Docs: `docs/cegid-loop/README.md`, "Lists".

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use vendor_client_core::{Error, Operation, Response, Validate, Violations};

use crate::client::Client;
use crate::filter::Filter;
use crate::sort::{Select, Sort};
use crate::wire::Envelope;

/// How many rows are asked for at once: as many as the service's smallest known limit allows.
const PAGE_SIZE: u32 = 100;

/// What a list is asked for, as it goes over the wire.
///
/// Docs: `docs/cegid-loop/engagement-letters.md`, "List engagement letters".
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(serde::Deserialize, schemars::JsonSchema))]
pub(crate) struct Query {
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
}

impl Validate for Query {
    fn validate(&self, violations: &mut Violations) {
        violations.require("codeDossier", !self.folder.is_empty(), "must not be empty");
        violations.require("take", self.take != Some(0), "must be at least 1");
    }
}

/// A list to be read, made by [`Client::engagement_letters`] and its like.
///
/// Nothing is sent until its rows are asked for, in the way that suits:
///
/// | | |
/// | --- | --- |
/// | [`try_collect`](Self::try_collect) | every row, in memory |
/// | [`rows`](Self::rows) | a stream of rows that holds one page at a time |
/// | [`pages`](Self::pages) | a stream of pages |
/// | [`page`](Self::page) | one page |
///
/// Rows that come or go while a list is read shift those behind them: one may be missed or come
/// twice. An order by a field that does not change ([`sort`](Self::sort)) keeps that to the rows
/// concerned.
#[must_use = "a list does nothing until its rows are asked for"]
pub struct List<Row> {
    client: Client,
    operation: &'static Operation,
    /// The list's name, where the operation does not hold it.
    name: Option<String>,
    query: Query,
    /// What is wrong with the query, by parameter.
    problems: Vec<(&'static str, &'static str)>,
    /// How many rows may still be read; `None` where all are.
    remaining: Option<u64>,
    prefetch: bool,
    row: PhantomData<fn() -> Row>,
}

impl<Row> List<Row>
where
    Row: DeserializeOwned + Send + 'static,
{
    pub(crate) fn new(
        client: &Client,
        operation: &'static Operation,
        name: Option<&str>,
        filter: Filter<Row>,
    ) -> Self {
        Self {
            operation,
            name: name.map(str::to_owned),
            query: Query {
                folder: client.folder().to_owned(),
                filter: filter.expression().map(str::to_owned),
                sort: None,
                skip: None,
                take: Some(PAGE_SIZE),
                select: None,
            },
            client: client.clone(),
            problems: Vec::from_iter(filter.problem().map(|problem| ("filter", problem))),
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

    /// Asks for this order. Without it, the service decides.
    ///
    /// Wire: the parameter `sort`.
    pub fn sort(mut self, order: Sort<Row>) -> Self {
        self.problems
            .extend(order.problem().map(|problem| ("sort", problem)));
        self.query.sort = Some(order.into_text());
        self
    }

    /// Asks for these fields only. The others are absent from the rows.
    ///
    /// Wire: the parameter `select`.
    pub fn select(mut self, fields: Select<Row>) -> Self {
        self.problems
            .extend(fields.problem().map(|problem| ("select", problem)));
        self.query.select = Some(fields.into_text());
        self
    }

    /// Begins at this row, counted from 0: where [`Rows::position`] or
    /// [`Page::next_position`] said that reading was to go on.
    ///
    /// Wire: the parameter `skip`.
    pub fn starting_at(mut self, position: u64) -> Self {
        self.query.skip = (position > 0).then_some(position);
        self
    }

    /// Asks for so many rows at once, by default 100. The service may answer fewer.
    ///
    /// Wire: the parameter `take`.
    pub fn page_size(mut self, rows: u32) -> Self {
        self.query.take = Some(rows);
        self
    }

    /// Reads so many rows at most.
    pub fn limit(mut self, rows: u64) -> Self {
        self.remaining = Some(rows);
        self
    }

    /// Asks for the next page as soon as one has come, so that it is on its way while the rows of
    /// the one before are worked on. Two pages are held then. Needs a tokio runtime, as every
    /// call does.
    pub fn prefetch(mut self) -> Self {
        self.prefetch = true;
        self
    }

    /// Reads one page: the one at [`starting_at`](Self::starting_at).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) where the list cannot be
    /// asked for like this; [`Error::violations`] tells why. Otherwise every kind but
    /// `Configuration` and `LogIn`. Reading is safe to repeat, and was repeated where that could
    /// help.
    pub async fn page(mut self) -> Result<Page<Row>, Error> {
        self.prefetch = false;
        let mut pages = self.pages();
        let at = pages.position();
        let page = pages.next().await.transpose()?;
        Ok(page.unwrap_or(Page {
            rows: Vec::new(),
            position: at,
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
    /// As for [`page`](Self::page). The rows that came before the failure are lost; where that
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

    /// Asks for the page at the list's position.
    fn fetch(&self) -> impl Future<Output = Result<Fetched<Row>, Error>> + Send + 'static {
        let transport = self.client.transport.clone();
        let mut request = transport.request(self.operation);
        if let Some(name) = &self.name {
            request = request.path(name);
        }
        let request = request.query(&self.next_query()).validate(self);
        async move {
            let response = transport.send(request).await?;
            let Envelope(rows) = response.json()?;
            Ok(Fetched { rows, response })
        }
    }

    /// The query for the next page, which asks for no more than is still to be read.
    fn next_query(&self) -> Query {
        let mut query = self.query.clone();
        if let (Some(take), Some(remaining)) = (query.take, self.remaining) {
            query.take = Some(u32::try_from(remaining).unwrap_or(u32::MAX).min(take));
        }
        query
    }

    /// Whether equal answers to different positions mean that the service ignores `skip`: only
    /// where the rows carry their `objectId`, by which they must differ.
    fn rows_are_told_apart(&self, response: &Response) -> bool {
        let selected = self.query.select.as_ref();
        selected.is_none_or(|fields| fields.split(['&', ',']).any(|field| field == "objectId"))
            && contains(response.body(), b"\"objectId\"")
    }
}

impl<Row> Validate for List<Row> {
    fn validate(&self, violations: &mut Violations) {
        self.query.validate(violations);
        for (parameter, problem) in &self.problems {
            violations.add(parameter, *problem);
        }
    }
}

impl<Row> Clone for List<Row> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            name: self.name.clone(),
            query: self.query.clone(),
            problems: self.problems.clone(),
            ..*self
        }
    }
}

/// Does not show the filter: its values may be personal data.
impl<Row> fmt::Debug for List<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("operation", &self.operation.name)
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
    /// The position of the row after this page: where reading goes on.
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
/// It ends at an empty page, at the list's [`limit`](List::limit), and after a failure; what
/// failed can be taken up again at [`position`](Self::position).
///
/// A service that answers the same page again, as one that ignores `skip` would, is a failure
/// ([`ErrorKind::Body`](crate::ErrorKind::Body)) and no endless list. It is noticed where the
/// rows come with their `objectId`.
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<Row> {
    list: List<Row>,
    state: State<Row>,
    /// The answer before, to notice one that comes again.
    last: Option<Response>,
}

enum State<Row> {
    Idle,
    Fetching(Fetching<Row>),
    Done,
}

type Fetching<Row> = Pin<Box<dyn Future<Output = Result<Fetched<Row>, Error>> + Send>>;

struct Fetched<Row> {
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

    /// What becomes of an answer: a page, the end, or a failure.
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
pub struct Rows<Row> {
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

    /// The rows at hand, and the list's [`limit`](List::limit) where it has one: the service does
    /// not tell how many rows there are.
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
impl<Row> Unpin for Pages<Row> {}
impl<Row> Unpin for Rows<Row> {}

impl<Row> fmt::Debug for Pages<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("list", &self.list)
            .finish_non_exhaustive()
    }
}

impl<Row> fmt::Debug for Rows<Row> {
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
            // The row type's own code panicked: so does whoever asked for the row.
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
