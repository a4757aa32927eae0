use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::server::{Reply, Server};
use crate::support::{READ, read, transport};

/// Writes down every field of every span and event.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn write(&self, what: &str, record: impl FnOnce(&mut dyn Visit)) {
        let mut fields = Fields(what.to_owned());
        record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }
}

impl<S: Subscriber> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.write(
            &format!("span {}", attributes.metadata().name()),
            |fields| attributes.record(fields),
        );
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.write("record", |fields| values.record(fields));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.write("event", |fields| event.record(fields));
    }
}

#[tokio::test]
async fn a_call_is_a_span_and_a_retry_an_event_in_the_conventions_terms() {
    let recorder = Recorder::default();
    let _guard =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(recorder.clone()));
    let server = Server::start([Reply::json(503, ""), Reply::json(200, "\"thing\"")]);
    read(&transport(&server.url())).await.unwrap();
    let lines: Vec<_> = recorder
        .lines()
        .into_iter()
        .filter(|line| line.contains("http."))
        .collect();
    let port = server.address().port();
    assert_eq!(
        lines,
        [
            format!(
                "span http.client.call otel.name=\"read_thing\" otel.kind=\"client\" \
                 http.request.method=\"GET\" server.address=\"127.0.0.1\" server.port={port} \
                 url.template=\"/things/{{id}}\""
            ),
            "event message=attempt failed, retrying http.request.resend_count=1 \
             http.response.status_code=503 error.type=503 outcome=\"unknown\" wait_ms=0"
                .to_owned(),
            "record http.response.status_code=200".to_owned(),
            "record http.request.resend_count=1".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_failed_call_tells_the_type_of_its_error() {
    let recorder = Recorder::default();
    let _guard =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(recorder.clone()));
    let server = Server::start([Reply::json(404, "")]);
    let transport = transport(&server.url());
    transport
        .send(transport.request_to(&READ, &"1", ()))
        .await
        .unwrap_err();
    let lines = recorder.lines().join("\n");
    assert!(
        lines.contains("record http.response.status_code=404"),
        "{lines}"
    );
    assert!(lines.contains("record error.type=404"), "{lines}");
    assert!(
        lines.contains("record otel.status_code=\"ERROR\""),
        "{lines}"
    );
}
