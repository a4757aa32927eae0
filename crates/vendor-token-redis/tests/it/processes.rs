//! Real processes: this test program again, as often as a test needs it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::task::spawn_blocking;
use vendor_client_core::{AccountKey, Error, LogIn, Token, TokenCache};
use vendor_token_redis::RedisTokenStore;

use crate::server::{Server, key};

/// The address of the vendor that a child process logs in to.
const VENDOR: &str = "VENDOR_TOKEN_REDIS_TEST_VENDOR";
/// The URL of the server that the processes share.
const REDIS: &str = "VENDOR_TOKEN_REDIS_TEST_URL";

/// A call's deadline: a slow machine starts 64 processes in this time, and none waits for it.
const DEADLINE: Duration = Duration::from_secs(240);

fn spawn(server: &Server, vendor: SocketAddr) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "processes::one_of_many_processes"])
        .env(VENDOR, vendor.to_string())
        .env(REDIS, server.url())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// A vendor that hears what the processes do.
struct Vendor {
    address: SocketAddr,
    heard: thread::JoinHandle<Heard>,
}

#[derive(Default)]
struct Heard {
    log_ins: usize,
    tokens: Vec<String>,
}

impl Vendor {
    /// Starts a vendor that never responds to the first `stuck` log-ins, and calls `hear` with the
    /// number of each log-in.
    fn start(stuck: usize, mut hear: impl FnMut(usize) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = thread::spawn(move || {
            let mut heard = Heard::default();
            // Kept open, so that those who wait go on waiting.
            let mut waiting = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().unwrap();
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).unwrap();
                match line.trim_end().split_once(' ') {
                    None if line.trim_end() == "log-in" => {
                        heard.log_ins += 1;
                        hear(heard.log_ins);
                        if heard.log_ins <= stuck {
                            waiting.push(stream);
                        } else {
                            writeln!(stream, "token-{}", heard.log_ins).unwrap();
                        }
                    }
                    Some(("got", token)) => heard.tokens.push(token.to_owned()),
                    _ => return heard,
                }
            }
        });
        Self { address, heard }
    }

    fn end(self) -> Heard {
        say(self.address, "end");
        self.heard.join().unwrap()
    }
}

/// Says something to the vendor and returns its response, empty if there is none.
fn say(vendor: SocketAddr, line: &str) -> String {
    let mut stream = TcpStream::connect(vendor).unwrap();
    writeln!(stream, "{line}").unwrap();
    let mut response = String::new();
    BufReader::new(stream).read_line(&mut response).unwrap();
    response.trim_end().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_processes_on_a_cold_store_log_in_once() {
    let Some(server) = Server::start().await else {
        return;
    };
    let vendor = Vendor::start(0, |_| {});
    let processes: Vec<_> = (0..64).map(|_| spawn(&server, vendor.address)).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let heard = vendor.end();
    assert_eq!(heard.log_ins, 1);
    assert_eq!(heard.tokens, vec!["token-1"; 64]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_is_killed_while_it_logs_in_is_succeeded_by_one() {
    one_succeeds_a_holder_that(Signal::KILL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_is_paused_while_it_logs_in_is_succeeded_by_one() {
    one_succeeds_a_holder_that(Signal::STOP).await;
}

/// Sends `signal` to the first process that logs in; one of the others logs in for all of them.
async fn one_succeeds_a_holder_that(signal: Signal) {
    let Some(server) = Server::start().await else {
        return;
    };
    let (sender, holding) = std::sync::mpsc::channel();
    let vendor = Vendor::start(1, move |log_in| {
        let _ = sender.send(log_in);
    });
    let mut holder = spawn(&server, vendor.address);
    assert_eq!(holding.recv_timeout(DEADLINE).unwrap(), 1);
    let others: Vec<_> = (0..8).map(|_| spawn(&server, vendor.address)).collect();
    kill_process(Pid::from_child(&holder), signal).unwrap();
    for mut process in others {
        assert!(process.wait().unwrap().success());
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    let heard = vendor.end();
    assert_eq!(heard.log_ins, 2);
    assert_eq!(heard.tokens, vec!["token-2"; 8]);
}

#[tokio::test]
#[ignore = "run by the tests above, in processes of their own"]
async fn one_of_many_processes() {
    let (Ok(vendor), Ok(redis)) = (std::env::var(VENDOR), std::env::var(REDIS)) else {
        return;
    };
    let vendor = vendor.parse().unwrap();
    let account = AccountKey::new("vendor", "https://api.example.com", "alice");
    let store = RedisTokenStore::open(&redis, key()).unwrap();
    let cache = TokenCache::builder(Remote(vendor))
        .store(Arc::new(store), account, DEADLINE)
        .build();
    let token = cache.get().await.unwrap().header().clone();
    say(vendor, &format!("got {}", token.to_str().unwrap()));
}

struct Remote(SocketAddr);

impl LogIn for Remote {
    async fn log_in(&self) -> Result<Token, Error> {
        let vendor = self.0;
        let secret = spawn_blocking(move || say(vendor, "log-in")).await.unwrap();
        Token::new(secret, Duration::from_secs(12 * 3600))
    }
}
