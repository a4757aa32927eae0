//! Outside a tokio runtime, every call fails in the same way, and nothing panics.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cegid_loop::test_util::{Reply, Script};
use cegid_loop::{
    Client, Endpoint, EngagementLetter, Error, ErrorKind, Filter, Known, LetterId, List, Outcome,
    TransportConfig,
};

static JOURNALS: Endpoint<(), (), ()> = Endpoint::get("journals", "/journal");

fn client() -> Client {
    client_with(TransportConfig::default())
}

fn client_with(config: TransportConfig) -> Client {
    let builder = Client::builder().subscription_key("s").api_key("k", "c");
    builder.transport(config).build().unwrap()
}

fn letters(client: &Client) -> List<EngagementLetter> {
    client.engagement_letters(Filter::unfiltered())
}

/// What a future is at its first poll, outside a runtime: it must not wait.
fn at_once<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something that nobody drives"),
    }
}

#[track_caller]
fn assert_clear(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.is_retryable());
    let told = error.to_string();
    let advice = "there is no tokio runtime here; call it within one";
    assert!(told.contains(advice), "{told}");
}

/// What a call fails with outside a runtime.
#[track_caller]
fn fails<T>(call: impl Future<Output = Result<T, Error>>) {
    assert_clear(&at_once(call).err().unwrap());
}

#[test]
fn every_call_says_that_it_needs_a_runtime_and_sends_nothing() {
    let client = client();
    let id: LetterId = "efb2dfc9-71a5-4e72-98fd-78b427790086".parse().unwrap();
    fails(client.engagement_letter(id));
    fails(letters(&client).page());
    fails(letters(&client).try_collect());
    fails(letters(&client).prefetch().try_collect());
    fails(letters(&client).rows().try_collect());
    fails(client.activities(Filter::unfiltered()).page());
    let any = client.list::<serde_json::Value>("compte", Filter::unfiltered());
    fails(any.page());
    fails(client.call(&JOURNALS, (), ()));
    fails(client.call_raw(&JOURNALS, (), ()));
}

#[test]
fn streams_tell_it_and_end() {
    let client = client();
    let mut pages = letters(&client).pages();
    assert_clear(&at_once(pages.next()).unwrap().unwrap_err());
    let mut rows = letters(&client).prefetch().rows();
    assert_clear(&at_once(rows.next()).unwrap().unwrap_err());
    let mut changes = letters(&client).changes_since(Known::default());
    assert_clear(&at_once(changes.next()).unwrap().unwrap_err());
}

#[test]
fn a_list_that_leaves_its_runtime_says_so_prefetched_or_not() {
    for prefetched in [false, true] {
        let page = Reply::json(200, r#"[{"codeIBS": "LM-1"}]"#);
        let script = Script::new([page.clone(), page]);
        let client = client_with(TransportConfig::default().script(&script));
        let list = letters(&client).page_size(1);
        let mut rows = match prefetched {
            true => list.prefetch().rows(),
            false => list.rows(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        assert!(runtime.block_on(rows.next()).unwrap().is_ok());
        drop(runtime);
        assert_clear(&at_once(rows.next()).unwrap().unwrap_err());
    }
}
