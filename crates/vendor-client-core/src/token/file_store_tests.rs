//! What users rely on of token files.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::error::Error;
use crate::token::{
    AccountKey, FileTokenStore, LogIn, StoreLock, StoredToken, Token, TokenCache, TokenStore as _,
};

const LIFETIME: Duration = Duration::from_secs(12 * 3600);
const SERVICE: &str = "https://api.example.com";
const MINUTE: Duration = Duration::from_secs(60);

/// One account's part of a store.
struct Account {
    store: FileTokenStore,
    key: AccountKey,
    file: PathBuf,
}

impl Account {
    fn new(directory: &Path, service: &str, login: &str) -> Self {
        let key = AccountKey::new("vendor", service, login);
        Self {
            store: FileTokenStore::new(directory),
            file: directory.join(format!("{key}.token")),
            key,
        }
    }

    async fn load(&self) -> Option<StoredToken> {
        self.store.load(&self.key).await.unwrap()
    }

    async fn secret(&self) -> Option<String> {
        let stored = self.load().await?;
        Some(stored.token().secret().expose_secret().to_owned())
    }

    async fn save(&self, secret: &str) {
        self.store.save(&self.key, &token(secret)).await.unwrap();
    }

    async fn remove(&self, secret: &str) {
        let refused = token(secret).token().clone();
        self.store.remove(&self.key, &refused).await.unwrap();
    }

    async fn lock(&self) -> StoreLock {
        self.store.try_lock(&self.key).await.unwrap().unwrap()
    }

    fn cache(&self, log_in: impl LogIn) -> TokenCache {
        TokenCache::builder(log_in)
            .store(Arc::new(self.store.clone()), self.key.clone(), MINUTE)
            .build()
    }
}

fn someone(directory: &TempDir) -> Account {
    Account::new(directory.path(), SERVICE, "someone")
}

fn token(secret: &str) -> StoredToken {
    let obtained_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    StoredToken::new(Token::new(secret, LIFETIME).unwrap(), obtained_at)
}

fn names_in(directory: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_saved_is_loaded() {
    let directory = TempDir::new().unwrap();
    let account = someone(&directory);
    assert!(account.load().await.is_none());
    account.save("first").await;
    account.save("second").await;
    let loaded = account.load().await.unwrap();
    assert_eq!(loaded.token().secret().expose_secret(), "second");
    assert_eq!(loaded.token().lifetime(), LIFETIME);
    assert_eq!(loaded.obtained_at(), token("second").obtained_at());
    assert_eq!(names_in(&directory), [format!("{}.token", account.key)]);
}

#[tokio::test]
async fn what_is_removed_is_gone_and_may_be_removed_again() {
    let directory = TempDir::new().unwrap();
    let account = someone(&directory);
    account.save("t").await;
    account.remove("t").await;
    account.remove("t").await;
    assert!(account.load().await.is_none());
}

#[tokio::test]
async fn a_late_refusal_leaves_a_newer_token_alone() {
    let directory = TempDir::new().unwrap();
    let account = someone(&directory);
    account.save("new").await;
    account.remove("old").await;
    assert_eq!(account.secret().await.unwrap(), "new");
}

#[tokio::test]
async fn accounts_share_a_directory_and_no_token() {
    let directory = TempDir::new().unwrap();
    let accounts = [
        Account::new(directory.path(), SERVICE, "alice"),
        Account::new(directory.path(), SERVICE, "bob"),
        Account::new(directory.path(), "https://test.example.com", "alice"),
    ];
    for (number, account) in accounts.iter().enumerate() {
        assert!(account.load().await.is_none());
        account.save(&format!("token-{number}")).await;
    }
    for (number, account) in accounts.iter().enumerate() {
        assert_eq!(account.secret().await.unwrap(), format!("token-{number}"));
    }
    accounts[0].remove("token-0").await;
    assert_eq!(accounts[1].secret().await.unwrap(), "token-1");
    let _held = accounts[0].lock().await;
    drop(accounts[1].lock().await);
}

#[tokio::test]
async fn a_file_copied_from_another_account_is_ignored_and_replaced() {
    let directory = TempDir::new().unwrap();
    let alice = Account::new(directory.path(), SERVICE, "alice");
    let bob = Account::new(directory.path(), SERVICE, "bob");
    alice.save("t").await;
    fs::rename(&alice.file, &bob.file).unwrap();
    assert_eq!(bob.secret().await, None);
    bob.save("u").await;
    assert_eq!(bob.secret().await.unwrap(), "u");
}

#[tokio::test]
async fn no_login_is_written() {
    let directory = TempDir::new().unwrap();
    let account = Account::new(directory.path(), SERVICE, "canary");
    account.save("t").await;
    drop(account.lock().await);
    let content = fs::read_to_string(&account.file).unwrap();
    let names = names_in(&directory).concat();
    assert!(!format!("{names} {content}").contains("canary"));
}

#[tokio::test]
async fn a_damaged_file_is_as_good_as_none() {
    let directory = TempDir::new().unwrap();
    let account = someone(&directory);
    account.save("t").await;
    let whole = fs::read(&account.file).unwrap();
    for length in 0..whole.len() {
        overwrite(&account.file, &whole[..length]);
        assert_eq!(account.secret().await, None);
    }
    overwrite(&account.file, &[0xff; 100]);
    assert_eq!(account.secret().await, None);
    let text = String::from_utf8(whole).unwrap();
    overwrite(&account.file, text.replace("\"t\"", "\"\\n\"").as_bytes());
    assert_eq!(account.secret().await, None);
    let endless = text.replace("1800000000000", &u64::MAX.to_string());
    overwrite(&account.file, endless.as_bytes());
    account.load().await;
    let large = format!("{}{text}", " ".repeat(64 * 1024));
    overwrite(&account.file, large.as_bytes());
    assert_eq!(account.secret().await, None);
    account.save("u").await;
    assert_eq!(account.secret().await.unwrap(), "u");
}

/// Writes into the file as it is, so that it keeps its mode.
fn overwrite(file: &Path, bytes: &[u8]) {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).truncate(true).open(file).unwrap();
    file.write_all(bytes).unwrap();
}

#[tokio::test]
async fn a_place_that_cannot_be_used_is_an_error_and_breaks_no_call() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    for place in [&*file, &file.join("below")] {
        let account = Account::new(place, SERVICE, "someone");
        let saved = account.store.save(&account.key, &token("t")).await;
        saved.unwrap_err();
        account.cache(Fixed).get().await.unwrap();
    }
    let account = someone(&directory);
    fs::create_dir(&account.file).unwrap();
    account.store.load(&account.key).await.unwrap_err();
    account.cache(Fixed).get().await.unwrap();
    assert_eq!(fs::read_dir(&account.file).unwrap().count(), 0);
}

#[tokio::test]
async fn what_killed_processes_left_behind_is_swept_before_the_next_log_in() {
    let directory = TempDir::new().unwrap();
    let (alice, bob) = (
        Account::new(directory.path(), SERVICE, "alice"),
        Account::new(directory.path(), SERVICE, "bob"),
    );
    alice.save("t").await;
    let leftover = |account: &Account| {
        let name = format!("{}.0123456789abcdef.tmp", account.key);
        directory.path().join(name)
    };
    for account in [&alice, &bob] {
        fs::copy(&alice.file, leftover(account)).unwrap();
    }
    fs::write(directory.path().join("other.tmp"), "").unwrap();
    let lock = alice.lock().await;
    assert!(!leftover(&alice).exists());
    assert!(leftover(&bob).exists(), "bob may be writing it");
    drop(lock);
    assert!(directory.path().join("other.tmp").exists());
    assert_eq!(alice.secret().await.unwrap(), "t");
}

struct Fixed;

impl LogIn for Fixed {
    async fn log_in(&self) -> Result<Token, Error> {
        Token::new("fixed", LIFETIME)
    }
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn only_the_owner_can_read_what_is_written() {
        let directory = TempDir::new().unwrap();
        let place = directory.path().join("made/for/it");
        let account = Account::new(&place, SERVICE, "someone");
        drop(account.lock().await);
        account.save("t").await;
        assert_eq!(mode(&account.file), 0o600);
        assert_eq!(mode(&account.file.with_extension("lock")), 0o600);
        assert_eq!(mode(&place), 0o700);
        assert_eq!(mode(&directory.path().join("made")), 0o700);
    }

    #[tokio::test]
    async fn a_pipe_in_its_place_is_an_error_and_no_hang() {
        let directory = TempDir::new().unwrap();
        let account = someone(&directory);
        for pipe in [&account.file, &account.file.with_extension("lock")] {
            let made = Command::new("mkfifo").arg(pipe).status();
            assert!(made.unwrap().success());
        }
        account.store.load(&account.key).await.unwrap_err();
        account.store.try_lock(&account.key).await.unwrap_err();
    }

    #[tokio::test]
    async fn a_file_that_others_can_read_or_write_is_ignored_and_replaced() {
        let directory = TempDir::new().unwrap();
        let account = someone(&directory);
        for open in [0o604, 0o640, 0o620, 0o777] {
            account.save("t").await;
            fs::set_permissions(&account.file, fs::Permissions::from_mode(open)).unwrap();
            assert_eq!(account.secret().await, None);
        }
        account.save("u").await;
        assert_eq!(mode(&account.file), 0o600);
        assert_eq!(account.secret().await.unwrap(), "u");
    }

    /// Only root can give a file away, so for anybody else this proves nothing.
    #[tokio::test]
    async fn a_file_of_another_user_is_ignored_and_replaced() {
        let directory = TempDir::new().unwrap();
        let account = someone(&directory);
        account.save("planted").await;
        if chown(&account.file, Some(65534), None).is_err() {
            return;
        }
        assert_eq!(account.secret().await, None);
        account.save("u").await;
        assert_eq!(account.secret().await.unwrap(), "u");
    }

    #[tokio::test]
    async fn a_link_is_not_followed_and_replaced() {
        let directory = TempDir::new().unwrap();
        let (alice, elsewhere) = (someone(&directory), directory.path().join("elsewhere"));
        alice.save("planted").await;
        fs::rename(&alice.file, &elsewhere).unwrap();
        symlink(&elsewhere, &alice.file).unwrap();
        assert_eq!(alice.secret().await, None);
        alice.save("u").await;
        assert_eq!(alice.secret().await.unwrap(), "u");
        assert!(fs::read_to_string(&elsewhere).unwrap().contains("planted"));
    }

    #[tokio::test]
    async fn a_lock_that_is_a_link_is_an_error_and_creates_nothing() {
        let directory = TempDir::new().unwrap();
        let (account, elsewhere) = (someone(&directory), directory.path().join("elsewhere"));
        symlink(&elsewhere, account.file.with_extension("lock")).unwrap();
        account.store.try_lock(&account.key).await.unwrap_err();
        assert!(!elsewhere.exists());
        account.cache(Fixed).get().await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_is_held_until_it_is_dropped() {
    let directory = TempDir::new().unwrap();
    let (account, other) = (someone(&directory), someone(&directory));
    let held = account.lock().await;
    let tried = other.store.try_lock(&other.key).await;
    assert!(tried.unwrap().is_none());
    drop(held);
    drop(other.lock().await);
}

/// The lock is a real one; only the time that is waited for it isn't.
#[tokio::test(start_paused = true)]
async fn a_lock_of_a_stuck_process_costs_a_quarter_of_the_deadline_and_breaks_no_call() {
    let directory = TempDir::new().unwrap();
    let account = someone(&directory);
    let stuck = File::create(account.file.with_extension("lock")).unwrap();
    stuck.lock().unwrap();
    let start = Instant::now();
    let cache = account.cache(Fixed);
    assert_eq!(cache.get().await.unwrap().secret().expose_secret(), "fixed");
    assert!(start.elapsed() < MINUTE / 4 + Duration::from_secs(1));
    assert_eq!(
        account.secret().await.unwrap(),
        "fixed",
        "others can use it"
    );
}

/// The address of the vendor that a child process of the next test talks to.
const VENDOR: &str = "VENDOR_CLIENT_CORE_TEST_VENDOR";
/// The directory that its processes share.
const DIRECTORY: &str = "VENDOR_CLIENT_CORE_TEST_DIRECTORY";

/// The vendor responds to no log-in before both processes have begun, so that each of them finds
/// the store cold, unless it is slow to look; and then too there is one log-in.
#[test]
fn two_processes_on_a_cold_store_log_in_once() {
    let directory = TempDir::new().unwrap();
    let vendor = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = vendor.local_addr().unwrap();
    let processes = [spawn(&directory, address), spawn(&directory, address)];
    let vendor = std::thread::spawn(move || serve(&vendor));
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    say(address, "end");
    let (log_ins, tokens) = vendor.join().unwrap();
    assert_eq!(log_ins, 1);
    assert_eq!(tokens, ["token-1", "token-1"]);
}

fn spawn(directory: &TempDir, vendor: SocketAddr) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored"])
        .arg("token::file_store_tests::one_of_two_processes")
        .env(VENDOR, vendor.to_string())
        .env(DIRECTORY, directory.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Counts log-ins, and collects the tokens that the processes got in the end.
fn serve(vendor: &TcpListener) -> (usize, Vec<String>) {
    let (mut begun, mut log_ins, mut tokens) = (0, 0, Vec::new());
    let mut waiting = Vec::new();
    loop {
        let (mut stream, _) = vendor.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        match line
            .trim_end()
            .split_once(' ')
            .unwrap_or((line.trim_end(), ""))
        {
            ("begin", _) => begun += 1,
            ("log-in", _) => {
                log_ins += 1;
                waiting.push((stream, log_ins));
            }
            ("got", token) => tokens.push(token.to_owned()),
            ("end", _) => return (log_ins, tokens),
            _ => writeln!(stream, "what?").unwrap(),
        }
        if begun == 2 {
            for (mut stream, number) in waiting.drain(..) {
                writeln!(stream, "token-{number}").unwrap();
            }
        }
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
#[ignore = "run by two_processes_on_a_cold_store_log_in_once"]
async fn one_of_two_processes() {
    let Ok(vendor) = std::env::var(VENDOR) else {
        return;
    };
    let vendor = vendor.parse().unwrap();
    let directory = PathBuf::from(std::env::var_os(DIRECTORY).unwrap());
    let cache = Account::new(&directory, SERVICE, "someone").cache(Remote(vendor));
    say(vendor, "begin");
    let token = cache.get().await.unwrap();
    say(vendor, &format!("got {}", token.secret().expose_secret()));
}

struct Remote(SocketAddr);

impl LogIn for Remote {
    async fn log_in(&self) -> Result<Token, Error> {
        let vendor = self.0;
        let secret = spawn_blocking(move || say(vendor, "log-in")).await.unwrap();
        Token::new(secret, LIFETIME)
    }
}
