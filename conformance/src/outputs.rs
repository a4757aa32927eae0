//! Everything a program may print without meaning to: errors, spans, events, log lines.

use std::cell::RefCell;
use std::error::Error as _;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, Once};

use tokio::sync::mpsc;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event as TraceEvent, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use vendor_client_core::Error;

use crate::gateway::Event;

/// The `Display` and `Debug` output of an error and of its sources.
pub(crate) fn shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut source = error.source();
    while let Some(next) = source {
        let _ = writeln!(shown, "{next}\n{next:?}");
        source = next.source();
    }
    shown
}

/// Records what this thread traces and logs, at the finest level, until it is dropped.
pub(crate) struct Capture {
    recorder: Recorder,
    _guard: tracing::subscriber::DefaultGuard,
}

impl Capture {
    /// Starts. Waits that the client announces go to `events`.
    pub(crate) fn start(events: mpsc::UnboundedSender<Event>) -> Self {
        static LOGGER: Once = Once::new();
        LOGGER.call_once(|| {
            // Another logger can only be set by a caller of this crate.
            if log::set_logger(&LogLines).is_ok() {
                log::set_max_level(log::LevelFilter::Trace);
            }
        });
        LOG_LINES.with_borrow_mut(Vec::clear);
        let recorder = Recorder {
            lines: Arc::default(),
            events,
        };
        let subscriber = tracing_subscriber::registry().with(recorder.clone());
        Self {
            recorder,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = self.recorder.lines.lock().unwrap().clone();
        LOG_LINES.with_borrow(|logged| lines.extend_from_slice(logged));
        lines
    }
}

thread_local! {
    static LOG_LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct LogLines;

impl log::Log for LogLines {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{}: {}", record.target(), record.args());
        LOG_LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn flush(&self) {}
}

#[derive(Clone)]
struct Recorder {
    lines: Arc<Mutex<Vec<String>>>,
    events: mpsc::UnboundedSender<Event>,
}

impl Recorder {
    fn write(&self, what: &str, record: impl FnOnce(&mut dyn Visit)) {
        let mut fields = Fields {
            line: what.to_owned(),
            wait_ms: None,
        };
        record(&mut fields);
        self.lines.lock().unwrap().push(fields.line);
        if let Some(wait_ms) = fields.wait_ms {
            // Nobody listens any more when the case is over.
            let _ = self.events.send(Event::Waiting(wait_ms));
        }
    }
}

struct Fields {
    line: String,
    wait_ms: Option<u64>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.line, " {}={value:?}", field.name());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "wait_ms" {
            self.wait_ms = Some(value);
        }
        self.record_debug(field, &value);
    }
}

impl<S: Subscriber> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let what = format!("span {}", attributes.metadata().name());
        self.write(&what, |fields| attributes.record(fields));
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.write("record", |fields| values.record(fields));
    }

    fn on_event(&self, event: &TraceEvent<'_>, _: Context<'_, S>) {
        self.write(event.metadata().target(), |fields| event.record(fields));
    }
}
