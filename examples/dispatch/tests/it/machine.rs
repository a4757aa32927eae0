//! A machine on which `dispatch` runs, against a service of its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use vendor_sandbox::Sandbox;
use vendor_sandbox::ocean_geomission::{Duplicates, OceanGeomission};

pub struct Machine {
    sandbox: Sandbox,
    folder: TempDir,
    database: String,
}

impl Machine {
    pub async fn new(database: impl FnOnce(&Path) -> String) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        // What is sent twice is there twice.
        let service = sandbox.ocean_geomission();
        service.configure(|settings| settings.duplicates = Duplicates::Second);
        let folder = TempDir::new().unwrap();
        let database = database(folder.path());
        Self {
            sandbox,
            folder,
            database,
        }
    }

    pub async fn with_sqlite() -> Self {
        Self::new(|folder| format!("sqlite:{}", folder.join("dispatch.db").display())).await
    }

    pub fn service(&self) -> &OceanGeomission {
        self.sandbox.ocean_geomission()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn dispatch(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dispatch"));
        command
            .args(arguments)
            .env("DISPATCH_DATABASE", &self.database)
            .env("OCEAN_GEOMISSION_BASE_URL", self.service().base_url())
            .env("OCEAN_GEOMISSION_LOGIN", self.service().login())
            .env("OCEAN_GEOMISSION_PASSWORD", self.service().password())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end and returns what it prints.
    pub async fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = self.dispatch(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        match output.status.success() {
            true => Ok(text(output.stdout)),
            false => Err(text(output.stderr)),
        }
    }

    pub fn worker(&self) -> Child {
        let mut command = self.dispatch(&["work", "--lease", "4", "--until-empty"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    pub fn csv(&self, count: usize) -> PathBuf {
        let mut text = String::from("id,vehicle,at,city,comment\n");
        for n in 0..count {
            writeln!(
                text,
                "M-{n},VAN-{},2026-12-01 08:30,Nantes,Dock {n}",
                n % 40
            )
            .unwrap();
        }
        let path = self.folder.path().join("missions.csv");
        std::fs::write(&path, text).unwrap();
        path
    }
}
