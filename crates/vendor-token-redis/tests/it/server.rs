//! A Redis server of a test's own.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Once};
use std::time::Duration;

use redis::{Client, Cmd, FromRedisValue};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use token_store_suite::Backend;
use vendor_client_core::TokenStore;
use vendor_token_redis::{EncryptionKey, RedisTokenStore};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Another process may take a port before the server does.
const TRIES: usize = 5;

static SKIPPED: Once = Once::new();

/// A server on a free port of the loopback interface, which keeps nothing on disk. It ends with the
/// test.
pub(crate) struct Server {
    process: Child,
    port: u16,
    directory: TempDir,
    options: Vec<String>,
}

impl Server {
    /// Starts a server; `None` if there is none on this machine.
    pub(crate) async fn start() -> Option<Self> {
        Self::start_with(&[]).await
    }

    /// Starts a server with further options of the command line.
    pub(crate) async fn start_with(options: &[&str]) -> Option<Self> {
        let options: Vec<_> = options.iter().map(ToString::to_string).collect();
        for _ in 0..TRIES {
            let directory = TempDir::new().unwrap();
            let port = free_port();
            let Some(process) = launch(port, &directory, &options) else {
                SKIPPED.call_once(|| {
                    let line = "skipped: the tests with Redis, as there is no redis-server here";
                    // Not by a macro, whose output the test runner would keep to itself.
                    let _ = writeln!(std::io::stderr(), "{line}");
                });
                return None;
            };
            let mut server = Self {
                process,
                port,
                directory,
                options: options.clone(),
            };
            if server.is_up().await {
                return Some(server);
            }
        }
        panic!("no Redis server came up");
    }

    /// Whether it responds; waits until it does or has ended.
    async fn is_up(&mut self) -> bool {
        let start = tokio::time::Instant::now();
        while start.elapsed() < PATIENCE {
            if self.try_call::<String>(&redis::cmd("PING")).await.is_some() {
                return true;
            }
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// A store as another process would have it.
    pub(crate) fn store(&self) -> RedisTokenStore {
        RedisTokenStore::open(&self.url(), key()).unwrap()
    }

    /// Sends a command over a connection of its own.
    pub(crate) async fn call<T: FromRedisValue>(&self, command: &Cmd) -> T {
        self.try_call(command).await.unwrap()
    }

    async fn try_call<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let client = Client::open(self.url()).unwrap();
        let connection = client.get_multiplexed_async_connection().await;
        command.query_async(&mut connection.ok()?).await.ok()
    }

    /// The names of all keys.
    pub(crate) async fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.call(redis::cmd("KEYS").arg("*")).await;
        names.sort();
        names
    }

    /// Kills the server as if by `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts a killed server again, empty, on the same port.
    pub(crate) async fn restart(&mut self) {
        self.process = launch(self.port, &self.directory, &self.options).unwrap();
        assert!(self.is_up().await);
    }

    /// Stops the process without ending it: connections stay open and get no response.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
    }

    pub(crate) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, signal).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Backend for Server {
    fn open(&self) -> Arc<dyn TokenStore> {
        Arc::new(self.store())
    }
}

pub(crate) fn key() -> EncryptionKey {
    EncryptionKey::new([7; 32])
}

fn launch(port: u16, directory: &TempDir, options: &[String]) -> Option<Child> {
    Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .arg("--port")
        .arg(port.to_string())
        .arg("--dir")
        .arg(directory.path())
        .args(options)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
