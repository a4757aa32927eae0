//! What a release of a crate needs, and the steps that are left to a person.

use std::fs;
use std::path::Path;
use std::process::Command;

use semver::Version;

use crate::check;
use crate::error::{Error, Result};
use crate::package;
use crate::problem::Problem;
use crate::workspace::{Published, cargo, output, published};

/// Checks that `name` can be released. Where it can, `say` is given the steps.
pub(crate) fn prepare(root: &Path, name: &str, say: impl Fn(&str)) -> Result<Vec<Problem>> {
    let crates = published(root)?;
    let Some(released) = crates.iter().find(|each| each.name == name) else {
        return Err(Error::NotPublished {
            name: name.to_owned(),
            published: crates.into_iter().map(|each| each.name).collect(),
        });
    };
    let tags = output(Command::new("git").current_dir(root).args([
        "tag",
        "--list",
        &format!("{name}-v*"),
    ]))?;
    let last = last_version(name, &tags);
    let changelog = root.join("CHANGELOG.md");
    let changelog = fs::read_to_string(&changelog).map_err(Error::file(&changelog))?;

    let mut problems = check::check(root)?;
    problems.extend(version_problem(released, last.as_ref()));
    problems.extend(changelog_problem(released, &changelog));
    problems.extend(package::pack(
        root,
        &crates,
        &root.join("target/published"),
    )?);
    match &last {
        Some(last) => problems.extend(api_problem(root, released, last)),
        None => say(&format!(
            "{name} has no release yet: no public interface to compare with"
        )),
    }
    if problems.is_empty() {
        say(&steps(released));
    }
    Ok(problems)
}

/// The highest version among the tags of a crate, such as `geoplanning-v0.2.0`.
fn last_version(name: &str, tags: &str) -> Option<Version> {
    let prefix = format!("{name}-v");
    tags.lines()
        .filter_map(|tag| tag.strip_prefix(&prefix))
        .filter_map(|version| Version::parse(version).ok())
        .max()
}

fn version_problem(released: &Published, last: Option<&Version>) -> Option<Problem> {
    let file = released.folder.join("Cargo.toml").display().to_string();
    let version = match Version::parse(&released.version) {
        Ok(version) => version,
        Err(error) => {
            let message = format!("invalid version {:?}: {error}", released.version);
            return Some(Problem::new(&file, 0, message));
        }
    };
    let last = last?;
    if version > *last {
        return None;
    }
    let message = format!("the version {version} is not above the last release, {last}");
    Some(Problem::new(&file, 0, message))
}

/// The crate's section must name the version, with a date instead of "unreleased", and say what
/// changed.
fn changelog_problem(released: &Published, changelog: &str) -> Option<Problem> {
    let problem = |line, message: &str| Some(Problem::new("CHANGELOG.md", line, message));
    let mut lines = changelog.lines().enumerate();
    if !lines.any(|(_, line)| line == format!("## {}", released.name)) {
        return problem(0, &format!("has no section for {}", released.name));
    }
    let heading = format!("### {} (", released.version);
    let section = |line: &&(usize, &str)| !line.1.starts_with("## ");
    let lines: Vec<_> = lines.collect();
    let end = lines.iter().take_while(section).count();
    let Some(start) = lines[..end]
        .iter()
        .position(|(_, line)| line.starts_with(&heading))
    else {
        let message = format!("{} has no entry for {}", released.name, released.version);
        return problem(0, &message);
    };
    let (number, line) = lines[start];
    if line.contains("unreleased") {
        return problem(
            number + 1,
            "the entry needs a date instead of \"unreleased\"",
        );
    }
    let entry = lines[start + 1..end]
        .iter()
        .take_while(|(_, line)| !line.starts_with("### "));
    if entry.filter(|(_, line)| line.starts_with("- ")).count() == 0 {
        return problem(number + 1, "the entry does not say what changed");
    }
    None
}

/// Compares the public interface with that of the last release.
fn api_problem(root: &Path, released: &Published, last: &Version) -> Option<Problem> {
    let baseline = format!("{}-v{last}", released.name);
    let mut compare = cargo(root);
    compare.args([
        "semver-checks",
        "--package",
        &released.name,
        "--baseline-rev",
        &baseline,
    ]);
    let error = output(&mut compare).err()?;
    let file = released.folder.join("Cargo.toml").display().to_string();
    let message = format!("the public interface (needs cargo-semver-checks): {error}");
    Some(Problem::new(&file, 0, message))
}

fn steps(released: &Published) -> String {
    let Published { name, version, .. } = released;
    format!(
        "{name} {version} can be released. What is left to do, in this order:\n\
         \n  cargo publish --package {name}\
         \n  git tag {name}-v{version}\
         \n  git push origin {name}-v{version}\n\
         \nIf a client needs a new version of vendor-client-core, publish that first."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn released(version: &str) -> Published {
        Published {
            name: "geoplanning".to_owned(),
            version: version.to_owned(),
            folder: "crates/geoplanning".into(),
        }
    }

    fn problem(changelog: &str) -> String {
        changelog_problem(&released("0.2.0"), changelog)
            .unwrap()
            .to_string()
    }

    #[test]
    fn the_last_release_is_the_highest_version_and_not_the_last_in_the_alphabet() {
        let tags =
            "geoplanning-v0.9.0\ngeoplanning-v0.10.0\ngeoplanning-v0.2.0\ngeoplanning-vnext\n";
        assert_eq!(
            last_version("geoplanning", tags),
            Some(Version::new(0, 10, 0))
        );
        assert_eq!(last_version("geoplanning", ""), None);
    }

    #[test]
    fn a_version_that_is_not_above_the_last_release_is_refused() {
        let last = Version::new(0, 9, 0);
        assert_eq!(version_problem(&released("0.10.0"), Some(&last)), None);
        assert_eq!(version_problem(&released("0.1.0"), None), None);
        for version in ["0.9.0", "0.8.9", "0.9.0-rc.1", "next"] {
            assert!(
                version_problem(&released(version), Some(&last)).is_some(),
                "{version}"
            );
        }
    }

    #[test]
    fn a_release_comes_after_its_pre_releases() {
        let tags = "geoplanning-v0.2.0-rc.1\ngeoplanning-v0.2.0-rc.10\ngeoplanning-v0.2.0-rc.9\n";
        let last = last_version("geoplanning", tags).unwrap();
        assert_eq!(last.to_string(), "0.2.0-rc.10");
        assert_eq!(version_problem(&released("0.2.0"), Some(&last)), None);
    }

    #[test]
    fn a_version_is_published_before_it_is_tagged() {
        let steps = steps(&released("0.2.0"));
        let publish = steps.find("cargo publish --package geoplanning").unwrap();
        let tag = steps.find("git tag geoplanning-v0.2.0").unwrap();
        assert!(publish < tag, "{steps}");
    }

    #[test]
    fn a_changelog_must_tell_of_the_version_under_its_crate() {
        let good = "# C\n\n## cegid-loop\n\n## geoplanning\n\n### 0.2.0 (2026-12-01)\n\n- x\n\n### 0.1.0\n";
        assert_eq!(changelog_problem(&released("0.2.0"), good), None);
        assert!(problem("# C\n").contains("no section"));
        assert!(problem("## geoplanning\n\n### 0.1.0 (2026-01-01)\n").contains("no entry"));
        let elsewhere = "## geoplanning\n\n## ocean\n\n### 0.2.0 (2026-12-01)\n\n- x\n";
        assert!(problem(elsewhere).contains("no entry"));
        assert!(problem("## geoplanning\n\n### 0.2.0 (unreleased)\n\n- x\n").contains("date"));
        let silent = "## geoplanning\n\n### 0.2.0 (2026-12-01)\n\n### 0.1.0 (2026-01-01)\n\n- x\n";
        assert!(problem(silent).contains("what changed"));
    }
}
