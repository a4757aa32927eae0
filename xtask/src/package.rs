//! Proves that the crates can be published: packages them, and builds a program from the packages
//! alone for each client, which runs the example of the client's README against the sandbox.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use vendor_sandbox::Sandbox;

use crate::crates::CRATES;
use crate::error::{Error, Result};
use crate::pages::read_dir;
use crate::problem::Problem;
use crate::workspace::{Published, cargo, output, published};

/// What a package may hold, by the beginning of the path.
const EXPECTED: [&str; 12] = [
    "src/",
    "contracts/",
    "openapi/",
    "page.png",
    "Cargo.toml",
    "Cargo.toml.orig",
    "Cargo.lock",
    "README.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    ".cargo_vcs_info.json",
];

/// Packages every published crate and tries the clients' packages out.
pub(crate) fn prove(root: &Path) -> Result<Vec<Problem>> {
    let crates = published(root)?;
    let packages = root.join("target/published");
    let mut problems = pack(root, &crates, &packages)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Sandbox)?;
    for client in CRATES {
        let sandbox = runtime.block_on(Sandbox::start()).map_err(Error::Sandbox)?;
        let environment = (client.environment)(&sandbox);
        problems.extend(try_out(
            root,
            client.name,
            &environment,
            &crates,
            &packages,
        )?);
    }
    if problems.is_empty() {
        crate::say(&format!(
            "packaged {} crates and ran the examples of {} clients from them",
            crates.len(),
            CRATES.len()
        ));
    }
    Ok(problems)
}

/// Packages the crates and unpacks them into `packages`. Finds stray files.
pub(crate) fn pack(root: &Path, crates: &[Published], packages: &Path) -> Result<Vec<Problem>> {
    let names = crates.iter().flat_map(|each| ["--package", &each.name]);
    let arguments = ["package", "--quiet", "--no-verify", "--allow-dirty"];
    output(cargo(root).args(arguments).args(names))?;
    reset(packages)?;
    let mut problems = Vec::new();
    for each in crates {
        let stem = format!("{}-{}", each.name, each.version);
        let archive = root.join(format!("target/package/{stem}.crate"));
        output(
            std::process::Command::new("tar")
                .arg("-xzf")
                .arg(&archive)
                .arg("-C")
                .arg(packages),
        )?;
        let manifest = each.folder.join("Cargo.toml").display().to_string();
        for file in files(&packages.join(&stem))? {
            let is_expected = EXPECTED.iter().any(|start| match start.strip_suffix('/') {
                Some(folder) => file.starts_with(folder),
                None => file == Path::new(start),
            });
            if !is_expected {
                let message = format!("the package holds a stray file: {}", file.display());
                problems.push(Problem::new(&manifest, 0, message));
            }
        }
    }
    Ok(problems)
}

/// Builds a program that depends on `client` alone, from the packages, and runs it.
fn try_out(
    root: &Path,
    client: &str,
    environment: &[(&str, String)],
    crates: &[Published],
    packages: &Path,
) -> Result<Vec<Problem>> {
    let readme = format!("crates/{client}/README.md");
    let Some(example) = first_rust_block(&read(&root.join(&readme))?) else {
        return Ok(vec![Problem::new(&readme, 0, "has no example in Rust")]);
    };
    let folder = root.join("target/consumers").join(client);
    reset(&folder.join("src"))?;
    write(
        &folder.join("Cargo.toml"),
        &manifest(client, crates, packages),
    )?;
    write(&folder.join("src/main.rs"), &example)?;

    let mut problems = Vec::new();
    let tree = output(cargo(&folder).args(["tree", "--prefix=none", "--edges=normal"]))?;
    for other in CRATES.iter().filter(|other| other.name != client) {
        if tree.lines().any(|line| line.starts_with(other.name)) {
            let message = format!("a program that uses it also builds {}", other.name);
            problems.push(Problem::new(
                &format!("crates/{client}/Cargo.toml"),
                0,
                message,
            ));
        }
    }
    let mut run = cargo(&folder);
    run.args(["run", "--quiet"])
        .env("CARGO_TARGET_DIR", root.join("target/consumers/target"))
        .envs(environment.iter().map(|(name, value)| (name, value)));
    if let Err(error) = output(&mut run) {
        let message = format!("its example fails when run from the packages: {error}");
        problems.push(Problem::new(&readme, 0, message));
    }
    Ok(problems)
}

/// The manifest of a program outside the workspace. It asks for the client as any program would;
/// what is not published yet comes from the packages.
fn manifest(client: &str, crates: &[Published], packages: &Path) -> String {
    let mut manifest = format!(
        "[package]\nname = \"consumer-of-{client}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[dependencies]\n{client} = \"*\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n\
         [patch.crates-io]\n"
    );
    let needed = ["vendor-client-core", client];
    for each in crates
        .iter()
        .filter(|each| needed.contains(&each.name.as_str()))
    {
        let path = packages.join(format!("{}-{}", each.name, each.version));
        manifest.push_str(&format!("{} = {{ path = {:?} }}\n", each.name, path));
    }
    manifest
}

/// The first block of Rust in a README.
fn first_rust_block(markdown: &str) -> Option<String> {
    let mut block = None;
    for event in Parser::new(markdown) {
        match (event, &mut block) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))), None)
                if language.starts_with("rust") =>
            {
                block = Some(String::new());
            }
            (Event::Text(text), Some(block)) => block.push_str(&text),
            (Event::End(TagEnd::CodeBlock), Some(_)) => return block,
            _ => {}
        }
    }
    None
}

/// Every file below `folder`, by its path from there.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in read_dir(&next)? {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(path) = path.strip_prefix(folder) {
                found.push(path.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn reset(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::file(folder))?;
    }
    fs::create_dir_all(folder).map_err(Error::file(folder))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(Error::file(path))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(Error::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_a_readme_is_its_first_block_of_rust() {
        let readme =
            "# x\n\n```toml\na = 1\n```\n\n```rust,no_run\nfn main() {}\n```\n\n```rust\nno\n```\n";
        assert_eq!(first_rust_block(readme).as_deref(), Some("fn main() {}\n"));
        assert_eq!(first_rust_block("# x\n\n```sh\nls\n```\n"), None);
    }
}
