//! The cost of building a user's program from scratch: CPU time and crates.
//!
//! The programs do the same: one depends on a vendor's crate only, one on default reqwest with JSON. CPU time is read from `/proc`, so this runs on Linux only.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use benchmarks::process::processor_time_of_children;
use benchmarks::{BoxError, Verdict};

struct Program {
    name: &'static str,
    /// Lines of its manifest.
    dependencies: String,
    main: &'static str,
}

const ASYNC_MAIN: &str = r#"tokio = { version = "1.47", features = ["macros", "rt"] }"#;

const WITH_CLIENT: &str = r#"
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), ocean_geomission::Error> {
    let client = ocean_geomission::Client::from_env()?;
    let status = client.mission_status("2026-0042").await?;
    println!("{}", status.status.unwrap_or_default());
    Ok(())
}
"#;

const WITH_REQWEST: &str = r#"
#[derive(serde::Deserialize)]
struct MissionStatus {
    status: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), reqwest::Error> {
    let url = "https://v3.oceansystem.com/ocean/restapi/geomission/statutMission?idMission=2026-0042";
    let request = reqwest::Client::new().get(url).header("X-AUTH-TOKEN", "token");
    let status: MissionStatus = request.send().await?.error_for_status()?.json().await?;
    println!("{}", status.status.unwrap_or_default());
    Ok(())
}
"#;

/// Builds each program from scratch, in the release profile if `--release` is given.
pub(crate) fn run() -> Result<Vec<Verdict>, BoxError> {
    let is_release = env::args().any(|argument| argument == "--release");
    let root = tempfile::tempdir()?;
    let [reqwest, client, client_aws_lc] = programs().map(|program| {
        let measured = measure(&program, root.path(), is_release);
        measured.map(|(seconds, crates)| {
            println!(
                "{}: {seconds:.0} CPU seconds, {crates} crates",
                program.name
            );
            (seconds, crates as f64)
        })
    });
    let (reqwest, client, _) = (reqwest?, client?, client_aws_lc?);
    Ok(vec![
        Verdict::at_most(
            "CPU time of a cold build, to default reqwest",
            client.0 / reqwest.0,
            1.0,
            " ×",
        ),
        Verdict::at_most(
            "Crates more than default reqwest",
            client.1 - reqwest.1,
            10.0,
            "",
        ),
    ])
}

fn programs() -> [Program; 3] {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let client = format!("path = '{}'", crates.join("ocean-geomission").display());
    [
        Program {
            name: "default reqwest",
            dependencies: format!(
                "{ASYNC_MAIN}\nreqwest = {{ version = \"0.13\", features = [\"json\"] }}\n\
                 serde = {{ version = \"1\", features = [\"derive\"] }}"
            ),
            main: WITH_REQWEST,
        },
        Program {
            name: "ocean-geomission",
            dependencies: format!("{ASYNC_MAIN}\nocean-geomission = {{ {client} }}"),
            main: WITH_CLIENT,
        },
        Program {
            name: "ocean-geomission with aws-lc",
            dependencies: format!(
                "{ASYNC_MAIN}\nocean-geomission = {{ {client}, features = [\"rustls-aws-lc\"] }}"
            ),
            main: WITH_CLIENT,
        },
    ]
}

/// CPU seconds and crates.
fn measure(program: &Program, root: &Path, is_release: bool) -> Result<(f64, usize), BoxError> {
    let place = write(program, root)?;
    cargo(&place, &["fetch"])?;
    let crates = crates(&place)?;
    let before = processor_time_of_children()?;
    let profile = if is_release { "release" } else { "dev" };
    cargo(&place, &["build", "--offline", "--profile", profile])?;
    Ok((processor_time_of_children()? - before, crates))
}

/// Writes the program with the versions that this workspace uses.
fn write(program: &Program, root: &Path) -> Result<PathBuf, BoxError> {
    let place = root.join(program.name.replace(' ', "-"));
    fs::create_dir_all(place.join("src"))?;
    fs::write(place.join("src/main.rs"), program.main)?;
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{}\n\n[workspace]\n",
        program.dependencies
    );
    fs::write(place.join("Cargo.toml"), manifest)?;
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    fs::copy(lock, place.join("Cargo.lock"))?;
    Ok(place)
}

fn cargo(place: &Path, arguments: &[&str]) -> Result<String, BoxError> {
    let output = Command::new("cargo")
        .args(arguments)
        .current_dir(place)
        .env("CARGO_TARGET_DIR", place.join("target"))
        .output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    Err(String::from_utf8_lossy(&output.stderr).into())
}

fn crates(place: &Path) -> Result<usize, BoxError> {
    let tree = cargo(
        place,
        &["tree", "--prefix", "none", "--edges", "normal,build"],
    )?;
    let names: BTreeSet<_> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    Ok(names.len())
}
