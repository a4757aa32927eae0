//! What a vendor received, what became of it, and what took effect.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

/// The record of everything that one vendor received. Clones are the same ledger.
///
/// An entry is complete before its response leaves: a client that has seen the end of a call finds
/// it here. If a client went away before the end, [`Ledger::settled`] waits for it.
///
/// It keeps the latest entries, 10,000 unless [`Builder::ledger_limit`](crate::Builder::ledger_limit)
/// says otherwise, and counts those that it dropped. No entry holds a query, a header or a body.
#[derive(Clone, Debug)]
pub struct Ledger(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Maximum number of entries.
    limit: usize,
    book: Mutex<Book>,
    /// How many requests are being worked on.
    running: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Book {
    entries: VecDeque<Entry>,
    dropped: u64,
    /// The sequence number of the next entry.
    next: u64,
    connections: u64,
    open_connections: u64,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Counts the vendor's requests from 0, in the order in which they were received whole.
    pub sequence: u64,
    /// The connection that it came by, counted from 0.
    pub connection: u64,
    /// The route's name in the contract, such as `create_mission`; none if no route matched.
    pub route: Option<&'static str>,
    /// The HTTP method.
    pub method: String,
    /// The route's path, with its parameters in braces.
    pub template: Option<&'static str>,
    /// What the request is about, by the caller's own key: a mission's `idMission`. None if the
    /// operation has no such key.
    pub about: Option<String>,
    /// How it ended.
    pub ending: Ending,
    /// Whether it changed the vendor's state, whatever the caller was told.
    pub took_effect: bool,
}

/// How a request ended, as far as the sandbox can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It is still being worked on, or held.
    Pending,
    /// A whole response with this status.
    Responded(u16),
    /// A response with this status that was sent in part, or slowly.
    Mangled(u16),
    /// Bytes that a fault supplied.
    Raw,
    /// No response: the connection was reset.
    Reset,
    /// No response: the connection was closed.
    Closed,
    /// No response: the connection was left open in silence.
    Stalled,
    /// The client went away before the response. What it asked for may still happen.
    Abandoned,
}

impl Ledger {
    pub(crate) fn new(limit: usize) -> Self {
        Self(Arc::new(Shared {
            limit,
            book: Mutex::default(),
            running: watch::Sender::new(0),
        }))
    }

    /// The entries kept, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.book().entries.iter().cloned().collect()
    }

    /// Those of the entries kept whose sequence number is greater than this, oldest first.
    pub fn entries_after(&self, sequence: u64) -> Vec<Entry> {
        let entries = &self.book().entries;
        let seen = entries.partition_point(|entry| entry.sequence <= sequence);
        entries.range(seen..).cloned().collect()
    }

    /// The sequence number of the oldest entry kept.
    pub(crate) fn oldest(&self) -> Option<u64> {
        self.book().entries.front().map(|entry| entry.sequence)
    }

    /// How many entries were dropped because newer ones took their place. If there are any,
    /// [`received`](Self::received) and [`effects`](Self::effects) count only what was kept.
    pub fn dropped(&self) -> u64 {
        self.book().dropped
    }

    /// How many requests came by this route.
    pub fn received(&self, route: &str) -> usize {
        self.count(|entry| entry.route == Some(route))
    }

    /// How many requests by this route and about this key took effect.
    pub fn effects(&self, route: &str, about: &str) -> usize {
        self.count(|entry| {
            entry.took_effect && entry.route == Some(route) && entry.about.as_deref() == Some(about)
        })
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> u64 {
        self.book().connections
    }

    /// How many connections are open now.
    pub fn open_connections(&self) -> u64 {
        self.book().open_connections
    }

    /// Waits until no request is in flight, including those whose client went away.
    pub async fn settled(&self) {
        let mut running = self.0.running.subscribe();
        // The sender lives as long as the ledger, so this cannot fail.
        let _ = running.wait_for(|running| *running == 0).await;
    }

    /// Forgets all entries and how many were dropped. Sequence numbers and the count of connections
    /// continue.
    pub fn clear(&self) {
        let mut book = self.book();
        book.entries.clear();
        book.dropped = 0;
    }

    fn count(&self, wanted: impl Fn(&Entry) -> bool) -> usize {
        self.book()
            .entries
            .iter()
            .filter(|entry| wanted(entry))
            .count()
    }

    /// Notes a new connection, which is open for as long as the guard lives.
    pub(crate) fn connected(&self) -> Connected {
        let mut book = self.book();
        let number = book.connections;
        book.connections += 1;
        book.open_connections += 1;
        Connected {
            ledger: self.clone(),
            number,
        }
    }

    /// Notes a request; it counts as being worked on for as long as the receipt lives.
    pub(crate) fn receive(&self, request: Received) -> OpenEntry {
        let mut book = self.book();
        let sequence = book.next;
        book.next += 1;
        book.entries.push_back(Entry {
            sequence,
            connection: request.connection,
            route: request.route,
            method: request.method,
            template: request.template,
            about: request.about,
            ending: Ending::Pending,
            took_effect: false,
        });
        if book.entries.len() > self.0.limit {
            book.entries.pop_front();
            book.dropped += 1;
        }
        drop(book);
        self.0.running.send_modify(|running| *running += 1);
        OpenEntry {
            ledger: self.clone(),
            sequence,
        }
    }

    /// Ends an entry that has not ended yet.
    pub(crate) fn end(&self, sequence: u64, ending: Ending) {
        self.change(sequence, |entry| {
            if entry.ending == Ending::Pending {
                entry.ending = ending;
            }
        });
    }

    fn change(&self, sequence: u64, change: impl FnOnce(&mut Entry)) {
        let mut book = self.book();
        let found = book
            .entries
            .binary_search_by_key(&sequence, |entry| entry.sequence);
        if let Ok(index) = found {
            change(&mut book.entries[index]);
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of a request when it has arrived.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) connection: u64,
    pub(crate) route: Option<&'static str>,
    pub(crate) method: String,
    pub(crate) template: Option<&'static str>,
    pub(crate) about: Option<String>,
}

/// The right to complete one entry.
#[derive(Debug)]
pub(crate) struct OpenEntry {
    ledger: Ledger,
    pub(crate) sequence: u64,
}

impl OpenEntry {
    /// The request has changed the vendor's state.
    pub(crate) fn took_effect(&self) {
        self.ledger
            .change(self.sequence, |entry| entry.took_effect = true);
    }

    /// The request has ended, unless its client went away before.
    pub(crate) fn end(&self, ending: Ending) {
        self.ledger.end(self.sequence, ending);
    }
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        self.ledger.0.running.send_modify(|running| *running -= 1);
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connected {
    ledger: Ledger,
    pub(crate) number: u64,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.ledger.book().open_connections -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(route: &'static str, about: &str) -> Received {
        Received {
            connection: 0,
            route: Some(route),
            method: "POST".to_owned(),
            template: Some("/missions"),
            about: Some(about.to_owned()),
        }
    }

    #[test]
    fn effects_are_counted_by_route_and_key() {
        let ledger = Ledger::new(10);
        for about in ["M-1", "M-1", "M-2"] {
            let receipt = ledger.receive(request("create_mission", about));
            receipt.took_effect();
            receipt.end(Ending::Responded(201));
        }
        drop(ledger.receive(request("create_mission", "M-2")));
        assert_eq!(ledger.received("create_mission"), 4);
        assert_eq!(ledger.effects("create_mission", "M-1"), 2);
        assert_eq!(ledger.effects("create_mission", "M-2"), 1);
        assert_eq!(ledger.effects("delete_mission", "M-1"), 0);
    }

    #[test]
    fn an_entry_that_was_cleared_may_still_end() {
        let ledger = Ledger::new(10);
        let old = ledger.receive(request("create_mission", "M-1"));
        ledger.clear();
        let new = ledger.receive(request("create_mission", "M-2"));
        old.took_effect();
        old.end(Ending::Reset);
        new.end(Ending::Responded(201));
        let entries = ledger.entries();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].sequence, 1);
        assert_eq!(entries[0].ending, Ending::Responded(201));
        assert!(!entries[0].took_effect);
    }

    #[test]
    fn an_entry_that_was_dropped_may_still_end() {
        let ledger = Ledger::new(1);
        let old = ledger.receive(request("create_mission", "M-1"));
        let new = ledger.receive(request("create_mission", "M-2"));
        old.took_effect();
        old.end(Ending::Reset);
        new.end(Ending::Responded(201));
        assert_eq!(ledger.dropped(), 1);
        assert_eq!(ledger.entries().len(), 1);
        assert_eq!(ledger.entries()[0].about.as_deref(), Some("M-2"));
        assert!(!ledger.entries()[0].took_effect);
    }
}
