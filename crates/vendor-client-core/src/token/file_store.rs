//! Tokens in files, for processes on one machine.

use std::fmt;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::token::{
    AccountKey, StoreFuture, StoreLock, StoredFailure, StoredToken, Token, TokenStore,
};

/// The ends of the files' names.
const TOKEN: &str = ".token";
const FAILURE: &str = ".failure";

/// The end of a temporary file's name.
const TEMPORARY: &str = ".tmp";

/// No token file is larger.
const LARGEST_FILE: u64 = 64 * 1024;

/// Keeps tokens in the files of a directory, so that a job that starts every minute does not log
/// in every minute.
///
/// Each account has a file of its own, named by its [`AccountKey`]: clients of different accounts,
/// of a test system and of production, of different vendors can share the directory.
///
/// - **Private.** A file has mode 0600 from its first byte on, and missing directories are made
///   with mode 0700. A file that belongs to another user, that others can read or write, or that
///   is a link is not trusted: its token is ignored and the file replaced at the next log-in.
///   (This is for Unix; elsewhere the directory's own protection has to do.) The directory should
///   be one that only its owner can write to.
/// - **Atomic.** A new token is written to a temporary file beside it, which is then renamed, so
///   no reader ever sees half a token. What a process that was killed left behind is removed before
///   the next log-in.
/// - **Locked.** Processes take turns at logging in by a lock on `<account>.lock`, which stays in
///   place. The system releases it when a process ends, however it ends.
/// - **Forgiving.** A file that is damaged or cannot be read is as good as none.
/// - **Considerate.** A log-in that the service has turned down is not tried by another process for
///   as long as this one wouldn't.
#[derive(Clone)]
pub struct FileTokenStore {
    directory: Arc<Path>,
}

impl FileTokenStore {
    /// A store in `directory`, which is made if it is missing.
    ///
    /// Nothing is read or written yet.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into().into(),
        }
    }

    /// Does blocking work on the account's file without holding up other tasks.
    fn do_blocking<T: Send + 'static>(
        &self,
        account: &AccountKey,
        work: impl FnOnce(&TokenFile) -> io::Result<T> + Send + 'static,
    ) -> StoreFuture<'static, T> {
        let file = TokenFile {
            directory: Arc::clone(&self.directory),
            account: account.clone(),
        };
        Box::pin(async move {
            spawn_blocking(move || work(&file))
                .await
                .map_err(io::Error::other)?
        })
    }
}

impl TokenStore for FileTokenStore {
    fn try_lock<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoreLock>> {
        self.do_blocking(account, |file| Ok(file.try_lock()?.map(StoreLock::new)))
    }

    fn load<'a>(&'a self, account: &'a AccountKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.do_blocking(account, TokenFile::read_token)
    }

    fn save<'a>(&'a self, account: &'a AccountKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        let json = token.to_json();
        self.do_blocking(account, move |file| file.write(TOKEN, &json))
    }

    fn remove<'a>(&'a self, account: &'a AccountKey, refused: &'a Token) -> StoreFuture<'a, ()> {
        let refused = refused.clone();
        self.do_blocking(account, move |file| file.remove(&refused))
    }

    fn load_failure<'a>(
        &'a self,
        account: &'a AccountKey,
    ) -> StoreFuture<'a, Option<StoredFailure>> {
        self.do_blocking(account, |file| {
            let json = file.read(FAILURE)?;
            Ok(json.and_then(|json| StoredFailure::from_json(&json)))
        })
    }

    fn save_failure<'a>(
        &'a self,
        account: &'a AccountKey,
        failure: &'a StoredFailure,
    ) -> StoreFuture<'a, ()> {
        let json = failure.to_json();
        self.do_blocking(account, move |file| file.write(FAILURE, &json))
    }
}

/// Hides the directory, whose name may be a person's.
impl fmt::Debug for FileTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileTokenStore").finish_non_exhaustive()
    }
}

/// One account's files: the blocking side of the store.
struct TokenFile {
    directory: Arc<Path>,
    account: AccountKey,
}

impl TokenFile {
    /// Takes the lock; `None` while another holds it. Dropping the file releases it.
    fn try_lock(&self) -> io::Result<Option<File>> {
        private_directory().create(&self.directory)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = careful(&mut options).open(self.path(".lock"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            // On a file system without locks, the processes log in once each.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // A file that can't be removed does no harm to the log-in.
        let _ = self.sweep();
        Ok(Some(file))
    }

    /// Removes the temporary files of processes that were killed while they wrote. The lock is
    /// held, so nobody is writing now.
    fn sweep(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(self.account.as_str()) && name.ends_with(TEMPORARY) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn read_token(&self) -> io::Result<Option<StoredToken>> {
        let Some(json) = self.read(TOKEN)? else {
            return Ok(None);
        };
        let token = StoredToken::from_json(&json);
        if token.is_none() {
            tracing::warn!("the token file is damaged; it will be replaced");
        }
        Ok(token)
    }

    /// Reads what was written to the file; `None` if it's not there or not to be trusted.
    fn read(&self, suffix: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(content) = self.read_bytes(suffix)? else {
            return Ok(None);
        };
        let json = content.strip_prefix(self.first_line().as_bytes());
        if json.is_none() {
            tracing::warn!("the token file is for another account; it will be replaced");
        }
        Ok(json.map(ToOwned::to_owned))
    }

    /// Keeps a file that was copied to another account's name from being taken for its own.
    fn first_line(&self) -> String {
        format!("{}\n", self.account)
    }

    fn read_bytes(&self, suffix: &str) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(suffix);
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
            tracing::warn!("the token file is a link; it will be replaced");
            return Ok(None);
        }
        let file = match careful(OpenOptions::new().read(true)).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("the token path is not a regular file"));
        }
        if !is_private(&metadata) {
            tracing::warn!(
                "the token file is open to other users or belongs to one; it will be replaced"
            );
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.take(LARGEST_FILE).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn write(&self, suffix: &str, json: &str) -> io::Result<()> {
        let content = self.first_line() + json;
        private_directory().create(&self.directory)?;
        // A name of its own, in case two processes write at once although there is a lock.
        let temporary = self.path(&format!(".{:016x}{TEMPORARY}", fastrand::u64(..)));
        let written = write_new(&temporary, content.as_bytes())
            .and_then(|()| fs::rename(&temporary, self.path(suffix)));
        if written.is_err() {
            // The first failure is the one to report.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn remove(&self, refused: &Token) -> io::Result<()> {
        let is_newer = |stored: StoredToken| !stored.token().has_the_secret_of(refused);
        if self.read_token()?.is_some_and(is_newer) {
            return Ok(());
        }
        match fs::remove_file(self.path(TOKEN)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn path(&self, suffix: &str) -> PathBuf {
        self.directory.join(format!("{}{suffix}", self.account))
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = careful(options.write(true).create_new(true)).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Opens no link, doesn't wait for the other end of a pipe, and makes files for their owner alone.
#[cfg(unix)]
fn careful(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.mode(0o600).custom_flags(flags.bits().cast_signed())
}

#[cfg(not(unix))]
fn careful(options: &mut OpenOptions) -> &mut OpenOptions {
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

/// Whether only this process's user can have written the file, and only that user can read it.
#[cfg(unix)]
fn is_private(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn is_private(_: &Metadata) -> bool {
    true
}
