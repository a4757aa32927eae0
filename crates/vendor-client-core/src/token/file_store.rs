//! A token in a file, for processes on one machine.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::token::{StoreFuture, StoreLock, StoredToken, Token, TokenStore};

/// How long to wait before trying again to get a lock that another process holds.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// No token file is larger.
const LARGEST_FILE: u64 = 64 * 1024;

/// Keeps an account's token in a file, so that a job that starts every minute does not log in
/// every minute.
///
/// Use one file for each account. The file names the service and the login that its token is
/// for, and a token for another account is ignored and overwritten.
///
/// - **Private.** The file has mode 0600 from its first byte on, and missing directories are made
///   with mode 0700. A file that others can read or write is not trusted: its token is ignored
///   and the file replaced at the next log-in. (This is for Unix; elsewhere the directory's own
///   protection has to do.) The directory should be one that only its owner can write to.
/// - **Atomic.** A new token is written to a temporary file beside it, which is then renamed, so
///   no reader ever sees half a token.
/// - **Locked.** Processes take turns at logging in by a lock on `<file>.lock`, which stays in
///   place. The system releases it when a process ends, however it ends.
/// - **Forgiving.** A file that is damaged or cannot be read is as good as none.
#[derive(Clone)]
pub struct FileTokenStore {
    file: Arc<TokenFile>,
}

impl FileTokenStore {
    /// A store at `path`, for the account `login` at `service`, such as the service's base URL.
    ///
    /// Nothing is read or written yet.
    #[must_use]
    pub fn new(
        path: impl Into<PathBuf>,
        service: impl Into<String>,
        login: impl Into<String>,
    ) -> Self {
        Self {
            file: Arc::new(TokenFile {
                path: path.into(),
                service: service.into(),
                login: login.into(),
            }),
        }
    }

    /// Does blocking work where it holds up no other task.
    fn do_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&TokenFile) -> io::Result<T> + Send + 'static,
    ) -> StoreFuture<'static, T> {
        let file = Arc::clone(&self.file);
        Box::pin(async move {
            spawn_blocking(move || work(&file))
                .await
                .map_err(io::Error::other)?
        })
    }
}

impl TokenStore for FileTokenStore {
    fn lock(&self) -> StoreFuture<'_, StoreLock> {
        // Waiting in the system's own call could not be broken off, so this asks repeatedly.
        Box::pin(async {
            loop {
                if let Some(held) = self.do_blocking(TokenFile::try_lock).await? {
                    return Ok(StoreLock::new(held));
                }
                sleep(LOCK_PAUSE).await;
            }
        })
    }

    fn load(&self) -> StoreFuture<'_, Option<StoredToken>> {
        self.do_blocking(TokenFile::read)
    }

    fn save(&self, token: StoredToken) -> StoreFuture<'_, ()> {
        self.do_blocking(move |file| file.write(&token))
    }

    fn remove(&self) -> StoreFuture<'_, ()> {
        self.do_blocking(TokenFile::remove)
    }
}

/// Shows neither the path nor the login, which may name a person.
impl fmt::Debug for FileTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileTokenStore").finish_non_exhaustive()
    }
}

/// The blocking side of the store.
struct TokenFile {
    path: PathBuf,
    service: String,
    login: String,
}

/// What stands in the file, as JSON. It has no `Debug`: it holds the secret.
#[derive(Deserialize, Serialize)]
struct Content {
    service: String,
    login: String,
    token: String,
    /// Unix time.
    obtained_at_ms: u64,
    lifetime_ms: u64,
}

impl TokenFile {
    /// Takes the lock; `None` while another holds it. Dropping the file releases it.
    fn try_lock(&self) -> io::Result<Option<File>> {
        self.create_directory()?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = private(&mut options).open(self.beside("", ".lock")?)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn read(&self) -> io::Result<Option<StoredToken>> {
        let Some(bytes) = self.read_bytes()? else {
            return Ok(None);
        };
        let Ok(content) = serde_json::from_slice::<Content>(&bytes) else {
            tracing::warn!("the token file is damaged; it will be replaced");
            return Ok(None);
        };
        if content.service != self.service || content.login != self.login {
            tracing::warn!("the token file is for another account; it will be replaced");
            return Ok(None);
        }
        Ok(content.into_token())
    }

    fn read_bytes(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::metadata(&self.path) {
            Ok(metadata) if metadata.is_file() => {}
            // Opening a pipe would wait for its other end.
            Ok(_) => return Err(io::Error::other("the token path is not a regular file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let file = File::open(&self.path)?;
        if !is_private(&file)? {
            tracing::warn!("the token file is open to other users; it will be replaced");
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.take(LARGEST_FILE).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn write(&self, stored: &StoredToken) -> io::Result<()> {
        let bytes = serde_json::to_vec(&self.content(stored))?;
        self.create_directory()?;
        // A name of its own, should two processes write at once where locks do not work.
        let temporary = self.beside(".", &format!(".{:016x}.tmp", fastrand::u64(..)))?;
        let written =
            write_new(&temporary, &bytes).and_then(|()| fs::rename(&temporary, &self.path));
        if written.is_err() {
            // The first failure is the one to report.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn content(&self, stored: &StoredToken) -> Content {
        let since_epoch = stored.obtained_at().duration_since(SystemTime::UNIX_EPOCH);
        Content {
            service: self.service.clone(),
            login: self.login.clone(),
            token: stored.token().secret().expose_secret().to_owned(),
            obtained_at_ms: milliseconds(since_epoch.unwrap_or_default()),
            lifetime_ms: milliseconds(stored.token().lifetime()),
        }
    }

    fn create_directory(&self) -> io::Result<()> {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => private_directory().create(parent),
            _ => Ok(()),
        }
    }

    /// A path in the same directory, its name made from the file's.
    fn beside(&self, prefix: &str, suffix: &str) -> io::Result<PathBuf> {
        let own_name = self.path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut name = OsString::from(prefix);
        name.push(own_name);
        name.push(suffix);
        Ok(self.path.with_file_name(name))
    }
}

impl Content {
    /// `None` where no log-in can have written this.
    fn into_token(self) -> Option<StoredToken> {
        let lifetime = Duration::from_millis(self.lifetime_ms);
        let since_epoch = Duration::from_millis(self.obtained_at_ms);
        let obtained_at = SystemTime::UNIX_EPOCH.checked_add(since_epoch)?;
        let token = Token::new(self.token, lifetime).ok()?;
        Some(StoredToken::new(token, obtained_at))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = private(options.write(true).create_new(true)).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn private_directory() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    builder
}

#[cfg(unix)]
fn is_private(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &File) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::process::{Child, Command, Stdio};

    use tempfile::TempDir;

    use super::*;
    use crate::error::Error;
    use crate::token::{LogIn, TokenCache};

    const LIFETIME: Duration = Duration::from_secs(12 * 3600);
    const SERVICE: &str = "https://api.example.com";

    fn store(directory: &TempDir) -> FileTokenStore {
        store_for(directory, "someone")
    }

    fn store_for(directory: &TempDir, login: &str) -> FileTokenStore {
        FileTokenStore::new(directory.path().join("token.json"), SERVICE, login)
    }

    fn token(secret: &str) -> StoredToken {
        let obtained_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        StoredToken::new(Token::new(secret, LIFETIME).unwrap(), obtained_at)
    }

    async fn loaded_secret(store: &FileTokenStore) -> Option<String> {
        let stored = store.load().await.unwrap()?;
        Some(stored.token().secret().expose_secret().to_owned())
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
        let store = store(&directory);
        assert!(store.load().await.unwrap().is_none());
        store.save(token("first")).await.unwrap();
        store.save(token("second")).await.unwrap();
        let loaded = store.load().await.unwrap().unwrap();
        assert_eq!(loaded.token().secret().expose_secret(), "second");
        assert_eq!(loaded.token().lifetime(), LIFETIME);
        assert_eq!(loaded.obtained_at(), token("second").obtained_at());
        assert_eq!(names_in(&directory), ["token.json"]);
    }

    #[tokio::test]
    async fn what_is_removed_is_gone_and_may_be_removed_again() {
        let directory = TempDir::new().unwrap();
        let store = store(&directory);
        store.save(token("t")).await.unwrap();
        store.remove().await.unwrap();
        store.remove().await.unwrap();
        assert!(store.load().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_token_for_another_account_is_ignored_and_overwritten() {
        let directory = TempDir::new().unwrap();
        store_for(&directory, "one").save(token("t")).await.unwrap();
        let other = store_for(&directory, "other");
        assert_eq!(loaded_secret(&other).await, None);
        let elsewhere = FileTokenStore::new(&*other.file.path, "https://else.example", "one");
        assert_eq!(loaded_secret(&elsewhere).await, None);
        other.save(token("u")).await.unwrap();
        assert_eq!(loaded_secret(&other).await.unwrap(), "u");
    }

    #[tokio::test]
    async fn a_damaged_file_is_as_good_as_none() {
        let directory = TempDir::new().unwrap();
        let store = store(&directory);
        store.save(token("t")).await.unwrap();
        let whole = fs::read(&store.file.path).unwrap();
        for length in 0..whole.len() {
            overwrite(&store, &whole[..length]);
            assert_eq!(loaded_secret(&store).await, None);
        }
        overwrite(&store, &[0xff; 100]);
        assert_eq!(loaded_secret(&store).await, None);
        let text = String::from_utf8(whole).unwrap();
        overwrite(&store, text.replace("\"t\"", "\"\\n\"").as_bytes());
        assert_eq!(loaded_secret(&store).await, None);
        overwrite(
            &store,
            text.replace("1800000000000", &u64::MAX.to_string())
                .as_bytes(),
        );
        store.load().await.unwrap();
        overwrite(
            &store,
            format!("{}{text}", " ".repeat(64 * 1024)).as_bytes(),
        );
        assert_eq!(loaded_secret(&store).await, None);
        store.save(token("u")).await.unwrap();
        assert_eq!(loaded_secret(&store).await.unwrap(), "u");
    }

    /// Writes into the file as it is, so that it keeps its mode.
    fn overwrite(store: &FileTokenStore, bytes: &[u8]) {
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .truncate(true)
            .open(&store.file.path)
            .unwrap();
        file.write_all(bytes).unwrap();
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_used_is_an_error_and_breaks_no_call() {
        let directory = TempDir::new().unwrap();
        let (file, folder) = (directory.path().join("file"), directory.path().join("dir"));
        fs::write(&file, "").unwrap();
        fs::create_dir(&folder).unwrap();
        for path in [&*folder, &file.join("below"), Path::new(""), Path::new("/")] {
            let store = FileTokenStore::new(path, SERVICE, "someone");
            store.save(token("t")).await.unwrap_err();
            let cache = TokenCache::builder(Fixed).store(Arc::new(store)).build();
            cache.get().await.unwrap();
        }
        assert_eq!(names_in(&directory), ["dir", "dir.lock", "file"]);
    }

    struct Fixed;

    impl LogIn for Fixed {
        async fn log_in(&self) -> Result<Token, Error> {
            Token::new("fixed", LIFETIME)
        }
    }

    #[cfg(unix)]
    mod on_unix {
        use std::os::unix::fs::PermissionsExt as _;

        use super::*;

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        }

        #[tokio::test]
        async fn only_the_owner_can_read_what_is_written() {
            let directory = TempDir::new().unwrap();
            let path = directory.path().join("made/for/it/token.json");
            let store = FileTokenStore::new(&path, SERVICE, "someone");
            drop(store.lock().await.unwrap());
            store.save(token("t")).await.unwrap();
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(&path.with_file_name("token.json.lock")), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
        }

        #[tokio::test]
        async fn a_pipe_in_its_place_is_an_error_and_no_hang() {
            let directory = TempDir::new().unwrap();
            let store = store(&directory);
            let made = Command::new("mkfifo").arg(&store.file.path).status();
            assert!(made.unwrap().success());
            store.load().await.unwrap_err();
        }

        #[tokio::test]
        async fn a_file_that_others_can_read_or_write_is_ignored_and_replaced() {
            let directory = TempDir::new().unwrap();
            let store = store(&directory);
            for open in [0o604, 0o640, 0o620, 0o777] {
                store.save(token("t")).await.unwrap();
                fs::set_permissions(&store.file.path, fs::Permissions::from_mode(open)).unwrap();
                assert_eq!(loaded_secret(&store).await, None);
            }
            store.save(token("u")).await.unwrap();
            assert_eq!(mode(&store.file.path), 0o600);
            assert_eq!(loaded_secret(&store).await.unwrap(), "u");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_is_held_until_it_is_dropped() {
        let directory = TempDir::new().unwrap();
        let held = store(&directory).lock().await.unwrap();
        let other = store(&directory);
        let mut waiting = tokio::spawn(async move { other.lock().await.map(drop) });
        let patience = Duration::from_secs(60);
        assert!(tokio::time::timeout(patience, &mut waiting).await.is_err());
        drop(held);
        waiting.await.unwrap().unwrap();
    }

    /// The address of the vendor that a child process of the next test talks to.
    const VENDOR: &str = "VENDOR_CLIENT_CORE_TEST_VENDOR";
    /// The directory that its processes share.
    const DIRECTORY: &str = "VENDOR_CLIENT_CORE_TEST_DIRECTORY";

    /// The vendor answers no log-in before both processes have begun, so that each of them finds
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
            .arg("token::file_store::tests::one_of_two_processes")
            .env(VENDOR, vendor.to_string())
            .env(DIRECTORY, directory.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Counts log-ins, and collects the tokens that the processes got in the end.
    fn serve(vendor: &TcpListener) -> (usize, Vec<String>) {
        let (mut begun, mut log_ins, mut tokens) = (0, 0, Vec::new());
        let mut unanswered = Vec::new();
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
                    unanswered.push((stream, log_ins));
                }
                ("got", token) => tokens.push(token.to_owned()),
                ("end", _) => return (log_ins, tokens),
                _ => writeln!(stream, "what?").unwrap(),
            }
            if begun == 2 {
                for (mut stream, number) in unanswered.drain(..) {
                    writeln!(stream, "token-{number}").unwrap();
                }
            }
        }
    }

    /// Tells the vendor something; its answer, empty where it has none.
    fn say(vendor: SocketAddr, line: &str) -> String {
        let mut stream = TcpStream::connect(vendor).unwrap();
        writeln!(stream, "{line}").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "run by two_processes_on_a_cold_store_log_in_once"]
    async fn one_of_two_processes() {
        let Ok(vendor) = std::env::var(VENDOR) else {
            return;
        };
        let vendor = vendor.parse().unwrap();
        let path = Path::new(&std::env::var_os(DIRECTORY).unwrap()).join("token.json");
        let store = FileTokenStore::new(path, SERVICE, "someone");
        let cache = TokenCache::builder(Remote(vendor))
            .store(Arc::new(store))
            .build();
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
}
