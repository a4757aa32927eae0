//! A token in a file, for processes on one machine.

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
        let file = private(&mut options).open(self.beside("", ".lock"))?;
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
            Ok(_) => return Err(io::Error::other("the token file is no file")),
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
        let temporary = self.beside(".", &format!(".{:016x}.tmp", fastrand::u64(..)));
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
    fn beside(&self, prefix: &str, suffix: &str) -> PathBuf {
        let mut name = std::ffi::OsString::from(prefix);
        name.push(self.path.file_name().unwrap_or_default());
        name.push(suffix);
        self.path.with_file_name(name)
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
