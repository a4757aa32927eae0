//! A PostgreSQL server of the test's own.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A PostgreSQL server of the test's own, reached by a socket in its folder.
pub struct Postgres {
    folder: TempDir,
    server: Child,
}

impl Postgres {
    /// None if PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let binaries = binaries()?;
        let folder = TempDir::new().unwrap();
        // The server refuses to run as root, so root runs it as nobody.
        let is_root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
        if is_root {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let command = |name: &str| {
            let mut command = Command::new(binaries.join(name));
            command
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if is_root {
                command.uid(NOBODY).gid(NOBODY);
            }
            command
        };
        let data = folder.path().join("data");
        let mut initdb = command("initdb");
        initdb.args([
            "--username=dispatch",
            "--auth=trust",
            "--no-sync",
            "--pgdata",
        ]);
        assert!(initdb.arg(&data).status().unwrap().success());
        let mut postgres = command("postgres");
        postgres.arg("-D").arg(&data).arg("-k").arg(folder.path());
        postgres.args([
            "-c",
            "listen_addresses=",
            "-c",
            "max_connections=200",
            "-c",
            "fsync=off",
        ]);
        let server = postgres.spawn().unwrap();
        Some(Self { folder, server })
    }

    pub fn url(&self) -> String {
        let socket = self.folder.path().display();
        format!("postgres://dispatch@localhost/postgres?host={socket}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

const NOBODY: u32 = 65534;

/// Where the server's programs are: on the path, or where Debian puts them.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    std::env::split_paths(&path)
        .chain(debian.map(|version| version.path().join("bin")))
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}
