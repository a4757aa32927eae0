//! Creations that are looked up as well, when something goes wrong with the creation, the look-up,
//! or both.

use std::sync::Arc;

use serde_json::{Map, Value};
use vendor_client_core::{Creation, Error, Outcome};

use crate::case::Limits;
use crate::gateway::{After, Injection, MakeBytes, Pace, Payload, Target, Wire};
use crate::http::RawResponse;
use crate::outputs::shown;
use crate::report::Line;
use crate::scene::{Scene, play};
use crate::subject::{Key, Subject, Way};
use crate::suite::single_threaded;
use Ending::{Created, Found, NotSent, Unknown};
use Way::{CreateOrFind, FindOrCreate};

/// The topic's name in the table.
const TOPIC: &str = "Creations that are looked up";

/// What goes wrong with a creation, and what the client must make of it.
struct Case {
    name: &'static str,
    way: Way,
    /// What the requests meet, one after the other. The rest are passed on.
    hits: Vec<Hit>,
    ending: Ending,
}

/// What some requests meet.
#[derive(Clone)]
struct Hit {
    acts: bool,
    times: usize,
    bytes: MakeBytes,
    after: After,
}

/// How a creation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Created,
    Found,
    /// An error: it may be there or not.
    Unknown,
    /// An error: it is not there.
    NotSent,
}

impl Ending {
    fn of<T>(result: &Result<Creation<T>, Error>) -> Self {
        match result {
            Ok(Creation::Found(_)) => Found,
            Ok(_) => Created,
            Err(error) if error.outcome() == Outcome::NotSent => NotSent,
            Err(_) => Unknown,
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Created => "created, once",
            Found => "found, created once",
            Unknown => "unknown, created once",
            NotSent => "not sent, not created",
        }
    }

    /// How often the thing was created.
    fn effects(self) -> usize {
        usize::from(self != NotSent)
    }
}

impl Hit {
    fn new(
        acts: bool,
        bytes: impl Fn(&RawResponse) -> Vec<u8> + Send + Sync + 'static,
        after: After,
    ) -> Self {
        Self {
            acts,
            times: 1,
            bytes: Arc::new(bytes),
            after,
        }
    }

    /// A request that is served as it should be.
    fn nothing() -> Self {
        Self::new(true, RawResponse::bytes, After::KeepAlive)
    }

    /// A request that the vendor acts on, or not, and whose response is lost.
    fn lost(acts: bool) -> Self {
        Self::new(acts, |_| Vec::new(), After::Close)
    }

    /// A request that the vendor acts on, and whose response is replaced.
    fn replaced(bytes: impl Fn(&RawResponse) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::new(true, bytes, After::KeepAlive)
    }

    /// The same for all requests from now on.
    fn always(self) -> Self {
        let times = usize::MAX;
        Self { times, ..self }
    }

    fn injection(self) -> Injection {
        Injection {
            target: Target::Operation,
            forwarded: self.acts,
            times: self.times,
            wire: Wire::Send(Payload {
                bytes: self.bytes,
                pace: Pace::AtOnce,
                after: self.after,
            }),
        }
    }
}

/// A page of a gateway while the application is being replaced.
fn gateway_page(_: &RawResponse) -> Vec<u8> {
    RawResponse::new(404, "<html><body>canary-page</body></html>")
        .header("content-type", "text/html")
        .bytes()
}

/// The vendor's response, about a thing of another key.
fn about_another<S: Subject>(response: &RawResponse) -> Vec<u8> {
    if let Some(body) = S::ANOTHER_THING {
        return json(body);
    }
    let body = String::from_utf8_lossy(&response.body);
    let body = body.replace(Key::PREFIX, "another-");
    response.clone().with_body(body).bytes()
}

fn cases<S: Subject>() -> Vec<Case> {
    let mut cases = vec![
        case("nothing", CreateOrFind, vec![], Created),
        case("nothing", FindOrCreate, vec![], Created),
        lost("the response is lost", vec![], Found),
        case(
            "the request is lost",
            CreateOrFind,
            vec![Hit::lost(false)],
            Created,
        ),
        case(
            "the response is lost, after a look",
            FindOrCreate,
            vec![Hit::nothing(), Hit::lost(true)],
            Found,
        ),
        case(
            "the request is lost, after a look",
            FindOrCreate,
            vec![Hit::nothing(), Hit::lost(false)],
            Created,
        ),
        case(
            "the first look meets a gateway's `404`",
            FindOrCreate,
            vec![Hit::replaced(gateway_page).always()],
            NotSent,
        ),
        lost_and("a gateway's `404` for each look", gateway_page),
        lost_and("`{}` for each look", |_| json("{}")),
        lost_and("`null` for each look", |_| json("null")),
        lost_and("a message for each look", |_| {
            json(r#"{"message": "canary-words"}"#)
        }),
        lost_and("each look shows another thing", about_another::<S>),
        lost(
            "the response is lost, and the first look meets a gateway's `404`",
            vec![Hit::replaced(gateway_page)],
            Found,
        ),
    ];
    cases.extend(any_failure());
    if let Some(failure) = S::FAILURE_INSIDE {
        let beside = move |response: &RawResponse| {
            let (rest, _) = failure.rsplit_once('}').unwrap_or((failure, ""));
            let body = String::from_utf8_lossy(&response.body);
            let (_, own) = body.split_once('{').unwrap_or(("", "}"));
            let own = own.replacen(r#""status""#, r#""own status""#, 1);
            response.clone().with_body(format!("{rest}, {own}")).bytes()
        };
        cases.push(case(
            "a failure inside, beside the thing itself",
            CreateOrFind,
            vec![Hit::replaced(beside)],
            Found,
        ));
    }
    cases
}

fn case(name: &'static str, way: Way, hits: Vec<Hit>, ending: Ending) -> Case {
    Case {
        name,
        way,
        hits,
        ending,
    }
}

/// The creation takes effect, and its response is lost.
fn lost(name: &'static str, looks: Vec<Hit>, ending: Ending) -> Case {
    let hits = [vec![Hit::lost(true)], looks].concat();
    case(name, CreateOrFind, hits, ending)
}

/// The same, and no look tells anything.
fn lost_and(name: &'static str, look: fn(&RawResponse) -> Vec<u8>) -> Case {
    lost(name, vec![Hit::replaced(look).always()], Unknown)
}

/// Every status that a server in front of the vendor may send after the vendor has acted.
fn any_failure() -> impl Iterator<Item = Case> {
    let statuses = (500..=511).chain(520..=530).chain([598, 599]);
    statuses.map(|status| {
        let bytes = move |_: &RawResponse| {
            let response = RawResponse::json(status, "{}");
            response.header("retry-after", "1").bytes()
        };
        case(
            "any 5xx with `Retry-After`, and the vendor has acted",
            CreateOrFind,
            vec![Hit::replaced(bytes)],
            Found,
        )
    })
}

fn json(body: &str) -> Vec<u8> {
    RawResponse::json(200, body).bytes()
}

/// What the service does with a second creation: its setting in the sandbox.
///
/// One that refuses a second creation hides that it was made, and one that takes it does not.
const DUPLICATES: [&str; 2] = ["refuse", "second"];

/// Runs all cases of this topic with every operation that creates, with a service that refuses
/// duplicates and with one that takes them.
pub(crate) fn examine<S: Subject>() -> Vec<Line> {
    if S::CREATIONS.is_empty() {
        return examine_with::<S>(&Arc::new(single_threaded().block_on(S::start())));
    }
    let mut lines: Vec<Line> = Vec::new();
    for duplicates in DUPLICATES {
        let subject = Arc::new(single_threaded().block_on(S::start()));
        let settings = Map::from_iter([("duplicates".to_owned(), Value::from(duplicates))]);
        let refused = subject.service().change_settings(settings).err();
        for (index, mut line) in examine_with(&subject).into_iter().enumerate() {
            let complaints = line.complaints.into_iter();
            line.complaints = complaints
                .map(|it| format!("{it} (duplicates: {duplicates})"))
                .chain(refused.as_ref().map(ToString::to_string))
                .collect();
            match lines.get_mut(index) {
                Some(known) => {
                    known.runs += line.runs;
                    known.complaints.extend(line.complaints);
                }
                None => lines.push(line),
            }
        }
    }
    lines
}

fn examine_with<S: Subject>(subject: &Arc<S>) -> Vec<Line> {
    let mut keys = (1..).map(Key);
    let mut lines: Vec<Line> = Vec::new();
    for case in cases::<S>() {
        let is_new = lines.last().is_none_or(|line| line.case != case.name);
        if is_new {
            lines.push(Line {
                topic: TOPIC,
                case: case.name,
                expected: case.ending.in_words().to_owned(),
                runs: 0,
                complaints: Vec::new(),
            });
        }
        let Some(line) = lines.last_mut() else {
            continue;
        };
        for (operation, key) in S::CREATIONS.iter().zip(&mut keys) {
            line.runs += 1;
            line.complaints.extend(run(subject, &case, operation, key));
        }
    }
    lines.push(again::<S>(subject, &mut keys));
    lines
}

fn run<S: Subject>(subject: &Arc<S>, case: &Case, operation: &str, key: Key) -> Vec<String> {
    let about = format!("{}, {operation}", case.name);
    play(subject, about, Limits::default(), async |scene| {
        let client = scene.client(None);
        scene.expect_next_call(&client).await;
        scene.strike(&case.hits).await;
        let result = scene.create(&client, operation, key, case.way).await;
        scene.gateway.lift().await;

        scene.expect("ending", Ending::of(&result), case.ending);
        let effects = scene.subject.effects(operation, key);
        scene.expect("effects", effects, case.ending.effects());
        if let Err(error) = &result {
            scene.expect_discretion(&shown(error), &[key.text()]);
        }
        scene.expect_next_call(&client).await;
        scene.expect_no_leak(client).await;
    })
}

/// A creation is given up when it is on its way, and made again.
fn again<S: Subject>(subject: &Arc<S>, keys: &mut impl Iterator<Item = Key>) -> Line {
    let mut line = Line {
        topic: TOPIC,
        case: "the caller gives up, and creates again",
        expected: Found.in_words().to_owned(),
        runs: 0,
        complaints: Vec::new(),
    };
    for (operation, key) in S::CREATIONS.iter().zip(keys) {
        let about = format!("{}, {operation}", line.case);
        line.runs += 1;
        line.complaints
            .extend(play(subject, about, Limits::default(), async |scene| {
                give_up_and_create_again(scene, operation, key).await;
            }));
    }
    line
}

async fn give_up_and_create_again<S: Subject>(scene: &mut Scene<S>, operation: &str, key: Key) {
    let client = scene.client(None);
    scene.expect_next_call(&client).await;
    let silence = Hit::new(true, |_| Vec::new(), After::Silence);
    scene.strike(&[Hit::nothing(), silence]).await;
    let acted_on = scene.gateway.seen().forwarded + 2;
    let subject = Arc::clone(&scene.subject);
    tokio::select! {
        biased;
        _ = subject.create(&client, operation, key, FindOrCreate) => {
            scene.complain("the call ended".to_owned());
        }
        () = scene.gateway.until(|seen| seen.forwarded == acted_on) => {}
    }
    scene.gateway.lift().await;
    // The vendor has taken the request up, and may still be busy with it.
    subject.service().ledger().settled().await;
    let result = scene.create(&client, operation, key, FindOrCreate).await;
    scene.expect("ending", Ending::of(&result), Found);
    let effects = scene.subject.effects(operation, key);
    scene.expect("effects", effects, 1);
    scene.expect_no_leak(client).await;
}

impl<S: Subject> Scene<S> {
    /// Lets the next requests meet `hits`.
    async fn strike(&self, hits: &[Hit]) {
        let mut injections = hits.iter().cloned().map(Hit::injection);
        if let Some(first) = injections.next() {
            self.gateway.plan(first).await;
        }
        injections.for_each(|next| self.gateway.then(next));
    }

    async fn create(
        &mut self,
        client: &S::Client,
        operation: &str,
        key: Key,
        way: Way,
    ) -> Result<Creation<()>, Error> {
        let subject = Arc::clone(&self.subject);
        self.drive(subject.create(client, operation, key, way))
            .await
    }
}
