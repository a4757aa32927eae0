//! A server between a client and the sandbox. It responds with the bytes of a case, before or after
//! the sandbox has acted.
//!
//! It runs in a thread of its own, so the paused clock of a case does not stop it. It has no
//! clock itself: when time has to pass, it says so ([`Event`]) and waits until it is told that it
//! has.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::http::{RawRequest, RawResponse};

/// What goes wrong with requests, from [`Gateway::plan`] until [`Gateway::lift`].
#[derive(Clone)]
pub struct Injection {
    pub target: Target,
    /// Whether the vendor acts on the request first.
    pub forwarded: bool,
    /// How many requests meet it.
    pub times: usize,
    pub wire: Wire,
}

/// Which requests meet an injection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// All but log-ins.
    Operation,
    LogIn,
}

/// What a client sees of an injection.
#[derive(Clone)]
pub enum Wire {
    /// Nobody listens.
    Refuse,
    /// The connection is made, and nothing is ever sent on it: a TLS handshake hangs.
    Mute,
    /// The connection is reset as soon as it is made.
    ResetAtOnce,
    /// The connection is reset when so many bytes of the request have come.
    ResetDuring(usize),
    /// Connections that nobody uses are closed, and requests are served.
    CloseIdle,
    /// Bytes follow a whole request.
    Send(Payload),
}

/// The bytes that follow a request.
#[derive(Clone)]
pub struct Payload {
    pub bytes: MakeBytes,
    pub pace: Pace,
    pub after: After,
}

/// Makes the bytes that a client gets from the vendor's response.
pub type MakeBytes = Arc<dyn Fn(&RawResponse) -> Vec<u8> + Send + Sync>;

/// How fast bytes are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    AtOnce,
    /// So many bytes per second.
    PerSecond(usize),
}

/// What follows the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The connection serves the next request.
    KeepAlive,
    Close,
    Reset,
    /// Nothing, and the connection stays open.
    Silence,
    /// These bytes once [`Gateway::release`] is called, and then the next request.
    Later(&'static [u8]),
    /// These bytes, at most so many times, and then silence.
    Flood(&'static [u8], usize),
}

/// What the gateway cannot go on without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing more will be sent on a connection: only the client's own time limit ends this.
    Silent,
    /// A second has to pass before the next bytes.
    Second,
    /// The client itself waits for so many milliseconds.
    Waiting(u64),
}

/// What the gateway has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Connections that are open now.
    pub open: usize,
    /// Connections in all.
    pub connections: usize,
    /// Whole requests, except log-ins.
    pub requests: usize,
    pub log_ins: usize,
    /// Requests that the sandbox was given, except log-ins.
    pub forwarded: usize,
    /// How often bytes were sent later.
    pub later: usize,
}

impl Seen {
    /// What was seen since `before`. The open connections are those of now.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            open: self.open,
            connections: self.connections - before.connections,
            requests: self.requests - before.requests,
            log_ins: self.log_ins - before.log_ins,
            forwarded: self.forwarded - before.forwarded,
            later: self.later - before.later,
        }
    }
}

/// The server. It ends when it is dropped.
pub struct Gateway {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: mpsc::UnboundedSender<(bool, oneshot::Sender<()>)>,
}

/// What a gateway has to know of a vendor.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// Where the vendor's sandbox listens.
    pub address: SocketAddr,
    /// The end of the log-in's path. `None` if the vendor has no log-in.
    pub log_in_path: Option<&'static str>,
    /// Headers that hold secrets.
    pub secret_headers: &'static [&'static str],
}

struct Shared {
    upstream: Upstream,
    plan: Mutex<Plan>,
    seen: watch::Sender<Seen>,
    secrets: Mutex<BTreeSet<String>>,
    events: mpsc::UnboundedSender<Event>,
    second_passed: Notify,
    released: Notify,
    close_idle: Notify,
}

#[derive(Default)]
struct Plan {
    injection: Option<Injection>,
    /// What takes over, one after the other, once `injection` has struck as often as it may.
    next: VecDeque<Injection>,
    /// The vendor's response to the first request that met the injection. A repeated request may get
    /// another, as a second deletion does; the client sees what the first would have returned.
    first_response: Option<RawResponse>,
    /// Whether connections are closed after each proper response.
    closes_after_response: bool,
}

impl Gateway {
    /// Starts a gateway to `upstream`, which reports to `events` when it cannot go on.
    pub fn start(upstream: Upstream, events: mpsc::UnboundedSender<Event>) -> Self {
        let shared = Arc::new(Shared {
            upstream,
            plan: Mutex::default(),
            seen: watch::Sender::new(Seen::default()),
            secrets: Mutex::default(),
            events,
            second_passed: Notify::new(),
            released: Notify::new(),
            close_idle: Notify::new(),
        });
        let (listening, commands) = mpsc::unbounded_channel();
        let (tell_address, address) = std::sync::mpsc::channel();
        let server = Arc::clone(&shared);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell_address.send(listener.local_addr().unwrap()).unwrap();
                accept(listener, commands, server).await;
            });
            runtime.shutdown_timeout(Duration::ZERO);
        });
        Self {
            address: address.recv().unwrap(),
            shared,
            listening,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets `injection` strike from now on.
    pub async fn plan(&self, injection: Injection) {
        let refuses = matches!(injection.wire, Wire::Refuse);
        let closes_idle = matches!(injection.wire, Wire::CloseIdle);
        {
            let mut plan = self.shared.plan();
            plan.injection = Some(injection);
            plan.next.clear();
            plan.first_response = None;
        }
        if refuses {
            self.listen(false).await;
        }
        if closes_idle {
            self.shared.close_idle.notify_waiters();
        }
    }

    /// Lets `injection` strike once those before it have struck as often as they may.
    pub fn then(&self, injection: Injection) {
        self.shared.plan().next.push_back(injection);
    }

    /// Passes on all requests and responses as they are.
    pub async fn lift(&self) {
        let lifted = {
            let mut plan = self.shared.plan();
            plan.next.clear();
            plan.injection.take()
        };
        if lifted.is_some_and(|lifted| matches!(lifted.wire, Wire::Refuse)) {
            self.listen(true).await;
        }
    }

    /// Sets whether connections are closed after each proper response.
    pub fn close_after_response(&self, closes: bool) {
        self.shared.plan().closes_after_response = closes;
    }

    /// Sends the bytes of [`After::Later`].
    pub fn release(&self) {
        self.shared.released.notify_one();
    }

    /// Reports that a second has passed.
    pub fn second_passed(&self) {
        self.shared.second_passed.notify_one();
    }

    pub fn seen(&self) -> Seen {
        *self.shared.seen.borrow()
    }

    /// Waits until it has seen `wanted`.
    pub async fn until(&self, wanted: impl FnMut(&Seen) -> bool) {
        let mut seen = self.shared.seen.subscribe();
        // The sender lives as long as the gateway, so this cannot fail.
        let _ = seen.wait_for(wanted).await;
    }

    /// The values of secret headers that went through.
    pub fn secrets(&self) -> BTreeSet<String> {
        self.shared.secrets.lock().unwrap().clone()
    }

    async fn listen(&self, listens: bool) {
        let (done, is_done) = oneshot::channel();
        self.listening.send((listens, done)).unwrap();
        is_done.await.unwrap();
    }
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap()
    }

    fn see(&self, change: impl FnOnce(&mut Seen)) {
        self.seen.send_modify(change);
    }

    fn tell(&self, event: Event) {
        // Nobody listens any more when the case is over.
        let _ = self.events.send(event);
    }

    /// What a new connection meets.
    fn injection_of_connection(&self) -> Option<Wire> {
        let plan = self.plan();
        let wire = &plan.injection.as_ref()?.wire;
        matches!(wire, Wire::Mute | Wire::ResetAtOnce | Wire::ResetDuring(_)).then(|| wire.clone())
    }

    /// What a request meets, which is then one less in the plan.
    fn injection_of_request(&self, target: Target) -> Option<(bool, Payload)> {
        let mut plan = self.plan();
        let is_spent = |injection: &Injection| injection.times == 0;
        if plan.injection.as_ref().is_some_and(is_spent)
            && let Some(next) = plan.next.pop_front()
        {
            plan.injection = Some(next);
            plan.first_response = None;
        }
        let injection = plan.injection.as_mut()?;
        let Wire::Send(payload) = &injection.wire else {
            return None;
        };
        if injection.target != target || injection.times == 0 {
            return None;
        }
        injection.times -= 1;
        Some((injection.forwarded, payload.clone()))
    }

    fn target(&self, request: &RawRequest) -> Target {
        match self.upstream.log_in_path {
            Some(path) if request.path().ends_with(path) => Target::LogIn,
            _ => Target::Operation,
        }
    }

    fn note(&self, request: &RawRequest, target: Target) {
        let mut secrets = self.secrets.lock().unwrap();
        for name in self.upstream.secret_headers {
            secrets.extend(request.header(name).map(str::to_owned));
        }
        self.see(|seen| match target {
            Target::Operation => seen.requests += 1,
            Target::LogIn => seen.log_ins += 1,
        });
    }

    async fn forward(&self, request: &RawRequest, target: Target) -> RawResponse {
        if target == Target::Operation {
            self.see(|seen| seen.forwarded += 1);
        }
        let mut stream = TcpStream::connect(self.upstream.address).await.unwrap();
        stream.write_all(&request.bytes).await.unwrap();
        RawResponse::read(&mut stream).await.unwrap()
    }
}

async fn accept(
    listener: TcpListener,
    mut commands: mpsc::UnboundedReceiver<(bool, oneshot::Sender<()>)>,
    shared: Arc<Shared>,
) {
    let address = listener.local_addr().unwrap();
    let mut listener = Some(listener);
    // Bound and not listening, which refuses connections and keeps the port.
    let mut reserved = None;
    loop {
        tokio::select! {
            biased;
            command = commands.recv() => {
                let Some((listens, done)) = command else { return };
                if listens {
                    let socket: TcpSocket = reserved.take().unwrap();
                    listener = Some(socket.listen(64).unwrap());
                } else {
                    drop(listener.take());
                    let socket = TcpSocket::new_v4().unwrap();
                    socket.set_reuseaddr(true).unwrap();
                    socket.bind(address).unwrap();
                    reserved = Some(socket);
                }
                let _ = done.send(());
            }
            stream = accepted(listener.as_ref()) => {
                shared.see(|seen| {
                    seen.open += 1;
                    seen.connections += 1;
                });
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    serve(stream, &shared).await;
                    shared.see(|seen| seen.open -= 1);
                });
            }
        }
    }
}

async fn accepted(listener: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listener else {
        return std::future::pending().await;
    };
    let (stream, _) = listener.accept().await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

async fn serve(mut stream: TcpStream, shared: &Shared) {
    match shared.injection_of_connection() {
        Some(Wire::Mute) => return silence(stream, shared).await,
        Some(Wire::ResetAtOnce) => return reset(stream),
        Some(Wire::ResetDuring(size)) => {
            let mut begun = vec![0; size];
            let _ = stream.read_exact(&mut begun).await;
            return reset(stream);
        }
        _ => {}
    }
    loop {
        let request = tokio::select! {
            request = RawRequest::read(&mut stream) => request,
            () = shared.close_idle.notified() => None,
        };
        let Some(request) = request else { return };
        let target = shared.target(&request);
        shared.note(&request, target);
        let injection = shared.injection_of_request(target);
        let Some((forwarded, payload)) = injection else {
            let closes = shared.plan().closes_after_response;
            let response = shared.forward(&request, target).await;
            let framing = format!(
                "content-length: {}\r\n{}",
                response.body.len(),
                if closes { "connection: close\r\n" } else { "" }
            );
            let bytes = [response.head("HTTP/1.1", &framing), response.body.clone()].concat();
            if stream.write_all(&bytes).await.is_err() || closes {
                return;
            }
            continue;
        };
        let response = match forwarded {
            true => {
                let response = shared.forward(&request, target).await;
                shared.plan().first_response.get_or_insert(response).clone()
            }
            false => RawResponse::json(200, br#"{"canary-member":"canary-response"}"#),
        };
        match play(&payload, &response, stream, shared).await {
            Some(usable) => stream = usable,
            None => return,
        }
    }
}

/// Sends a payload. Returns the stream if it can be used afterwards.
async fn play(
    payload: &Payload,
    response: &RawResponse,
    mut stream: TcpStream,
    shared: &Shared,
) -> Option<TcpStream> {
    let bytes = (payload.bytes)(response);
    match payload.pace {
        Pace::AtOnce => stream.write_all(&bytes).await.ok()?,
        Pace::PerSecond(size) => {
            for (index, piece) in bytes.chunks(size).enumerate() {
                if index > 0 {
                    shared.tell(Event::Second);
                    tokio::select! {
                        () = shared.second_passed.notified() => {}
                        () = left(&mut stream) => return None,
                    }
                }
                stream.write_all(piece).await.ok()?;
            }
        }
    }
    match payload.after {
        After::KeepAlive => return Some(stream),
        After::Close => return None,
        After::Reset => reset(stream),
        After::Silence => silence(stream, shared).await,
        After::Later(bytes) => {
            shared.released.notified().await;
            // If it fails, the client has closed the connection, as it may.
            let _ = stream.write_all(bytes).await;
            shared.see(|seen| seen.later += 1);
            return Some(stream);
        }
        After::Flood(piece, times) => {
            for _ in 0..times {
                stream.write_all(piece).await.ok()?;
            }
            silence(stream, shared).await;
        }
    }
    None
}

async fn silence(mut stream: TcpStream, shared: &Shared) {
    shared.tell(Event::Silent);
    left(&mut stream).await;
}

/// Waits until the client closes its side.
async fn left(stream: &mut TcpStream) {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}

/// Closes with RST instead of FIN.
fn reset(stream: TcpStream) {
    // If it fails, the client has gone.
    let _ = stream.set_zero_linger();
}
