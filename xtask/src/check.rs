//! `cargo xtask check`: everything that the pages say, compared with everything that follows.

use std::path::Path;

use crate::error::Result;
use crate::outputs::Outputs;
use crate::page::Vendor;
use crate::problem::{Problem, sorted};
use crate::settle::{register, shown};
use crate::{code, contract, coverage, fixtures, interface, openapi, pages, rustdoc};

/// Makes files of the pages, with what stands in the way.
pub(crate) type Generator = fn(&Path, &[Vendor]) -> (Outputs, Vec<Problem>);

/// What makes the files that are derived from the pages.
pub(crate) const GENERATORS: [Generator; 4] = [
    fixtures::generate,
    contract::generate,
    openapi::generate,
    rustdoc::generate,
];

/// Reads the pages of all vendors, with everything that is wrong in them.
pub(crate) fn load(root: &Path) -> Result<(Vec<Vendor>, Vec<Problem>)> {
    let mut vendors = Vec::new();
    let mut problems = Vec::new();
    for name in pages::names(root)? {
        let (vendor, found) = pages::read(&name, &pages::texts(root, &name)?);
        vendors.push(vendor);
        problems.extend(found);
    }
    Ok((vendors, problems))
}

/// Runs every comparison, and writes nothing.
pub(crate) fn check(root: &Path) -> Result<Vec<Problem>> {
    let (vendors, mut problems) = load(root)?;
    for generate in GENERATORS {
        let (outputs, found) = generate(root, &vendors);
        problems.extend(found);
        problems.extend(outputs.check(root));
    }
    let codes = code::load(root)?;
    problems.extend(
        vendors
            .iter()
            .flat_map(|vendor| code::compare(vendor, &codes)),
    );
    problems.extend(vendors.iter().flat_map(register::check));
    problems.extend(rustdoc::check(root, &vendors)?);
    problems.extend(interface::check(root, &vendors)?);
    problems.extend(coverage::check(root, &vendors)?);
    problems.extend(shown::check(root, &vendors)?);
    Ok(sorted(problems))
}

/// Writes everything that is derived from the pages.
///
/// Nothing is written if a page has a problem.
pub(crate) fn write(root: &Path) -> Result<Vec<Problem>> {
    let (vendors, mut problems) = load(root)?;
    let mut all = Vec::new();
    for generate in GENERATORS {
        let (outputs, found) = generate(root, &vendors);
        problems.extend(found);
        all.push(outputs);
    }
    if !problems.is_empty() {
        return Ok(sorted(problems));
    }
    let mut done = Vec::new();
    for outputs in &all {
        done.extend(outputs.write(root)?);
    }
    done.extend(coverage::write(root, &vendors)?);
    done.extend(shown::write(root, &vendors)?);
    report(&done);
    Ok(Vec::new())
}

/// Writes the coverage, or with `only_check` compares it.
pub(crate) fn coverage(root: &Path, only_check: bool) -> Result<Vec<Problem>> {
    let (vendors, mut problems) = load(root)?;
    if only_check {
        problems.extend(coverage::check(root, &vendors)?);
    } else if problems.is_empty() {
        report(&Vec::from_iter(coverage::write(root, &vendors)?));
    }
    Ok(sorted(problems))
}

/// Writes what the experiments lead to in the sandbox, or with `only_check` compares it.
pub(crate) fn experiments(root: &Path, only_check: bool) -> Result<Vec<Problem>> {
    let (vendors, mut problems) = load(root)?;
    if only_check {
        problems.extend(shown::check(root, &vendors)?);
    } else if problems.is_empty() {
        report(&Vec::from_iter(shown::write(root, &vendors)?));
    }
    Ok(sorted(problems))
}

/// Compares the field tables with the types alone.
pub(crate) fn tables(root: &Path) -> Result<Vec<Problem>> {
    let (vendors, mut problems) = load(root)?;
    let codes = code::load(root)?;
    problems.extend(
        vendors
            .iter()
            .flat_map(|vendor| code::compare(vendor, &codes)),
    );
    Ok(sorted(problems))
}

/// Runs one generator: writes its files, or with `only_check` compares them.
///
/// Nothing is written from pages that have something wrong in them.
pub(crate) fn generate(
    root: &Path,
    generator: Generator,
    only_check: bool,
) -> Result<Vec<Problem>> {
    let (vendors, mut problems) = load(root)?;
    let (outputs, found) = generator(root, &vendors);
    problems.extend(found);
    if only_check {
        problems.extend(outputs.check(root));
    } else if problems.is_empty() {
        report(&outputs.write(root)?);
    }
    Ok(sorted(problems))
}

/// Prints what was written and removed, or that nothing had to be.
fn report(done: &[String]) {
    if done.is_empty() {
        crate::say("everything is up to date");
    }
    done.iter().for_each(|line| crate::say(line));
}
