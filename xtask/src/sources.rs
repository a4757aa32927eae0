//! What the source of a vendor crate says about names on the wire.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Fields, Ident, Item, Lit, LitStr, Token, Type, Visibility};

use crate::error::{Error, Result};
use crate::pages::read_dir;
use crate::problem::Problem;

/// What stands in the source of a crate, as far as names on the wire are concerned.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The public fields of what serde reads or writes.
    pub(crate) fields: Vec<WireField>,
    /// The constants that `fields!` declares.
    pub(crate) constants: Vec<RowConstant>,
    /// Further names that a `Wire:` line gives.
    pub(crate) mentions: Vec<Mention>,
    /// What a search of the documentation finds: the names and the aliases of public items.
    pub(crate) searchable: BTreeSet<String>,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) literals: Literals,
}

/// The texts that stand in a piece of source.
#[derive(Debug, Default)]
pub(crate) struct Literals(BTreeSet<String>);

impl Literals {
    /// The literals in `text`, before its tests.
    pub(crate) fn of(text: &str) -> Self {
        let mut literals = Self::default();
        let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
        if let Ok(tokens) = code.parse() {
            literals.add(tokens);
        }
        literals
    }

    fn add(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.add(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Lit::Str(text) = Lit::new(literal) {
                        self.0.insert(text.value());
                    }
                }
                _ => {}
            }
        }
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.contains(text)
    }

    pub(crate) fn has_ignoring_case(&self, text: &str) -> bool {
        self.0
            .iter()
            .any(|literal| literal.eq_ignore_ascii_case(text))
    }

    pub(crate) fn starting_with<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        let literals = self.0.iter().map(String::as_str);
        literals.filter(move |literal| literal.starts_with(start))
    }
}

/// A public field of a type that serde reads or writes.
#[derive(Debug)]
pub(crate) struct WireField {
    pub(crate) at: At,
    /// In Rust, with its type or variant: `Letter::id`.
    pub(crate) path: String,
    /// On the wire; none if it stands for the fields of another type.
    pub(crate) wire: Option<String>,
    /// Further names that serde reads.
    pub(crate) also_read: BTreeSet<String>,
    /// Further names that a search finds it by.
    pub(crate) aliases: BTreeSet<String>,
    /// What its docs say.
    pub(crate) docs: Option<WireLine>,
}

impl WireField {
    /// Its name in Rust.
    pub(crate) fn name(&self) -> &str {
        let name = self.path.rsplit("::").next();
        name.unwrap_or(&self.path)
    }
}

/// `#[doc(alias = "…")]` on a public item.
#[derive(Debug)]
pub(crate) struct Alias {
    pub(crate) at: At,
    pub(crate) text: String,
}

/// `` Wire: `idMission`, also read as `missionId`. ``
#[derive(Debug, PartialEq)]
pub(crate) struct WireLine {
    pub(crate) names: Vec<String>,
    pub(crate) also_read: BTreeSet<String>,
}

/// A `Wire:` line on something that is no field of a wire type.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) at: At,
    pub(crate) names: Vec<String>,
}

/// A constant for a field of a row, for filters and orders.
#[derive(Debug)]
pub(crate) struct RowConstant {
    pub(crate) at: At,
    /// The row's type.
    pub(crate) row: String,
    pub(crate) name: String,
    /// The field's path on the wire.
    pub(crate) path: String,
}

/// A file, from the workspace's root, and a line in it.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl At {
    pub(crate) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(&self.file, self.line, message)
    }
}

/// Reads the source of the crate in `folder`, which is given from the workspace's root.
pub(crate) fn load(root: &Path, folder: &str) -> Result<Sources> {
    let mut sources = Sources::default();
    for entry in read_dir(&root.join(folder))? {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let path = format!("{folder}/{name}");
        if entry.is_dir() {
            let below = load(root, &path)?;
            sources.fields.extend(below.fields);
            sources.constants.extend(below.constants);
            sources.mentions.extend(below.mentions);
            sources.searchable.extend(below.searchable);
            sources.aliases.extend(below.aliases);
            sources.literals.0.extend(below.literals.0);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            let text = std::fs::read_to_string(&entry).map_err(Error::file(&entry))?;
            sources.read(&path, &text)?;
        }
    }
    Ok(sources)
}

/// The literals in the sandbox's source about a vendor.
pub(crate) fn sandbox(root: &Path, vendor: &str) -> Result<Literals> {
    let module = format!("crates/vendor-sandbox/src/{}", vendor.replace('-', "_"));
    let mut sources = match root.join(&module).is_dir() {
        true => load(root, &module)?,
        false => Sources::default(),
    };
    let file = root.join(format!("{module}.rs"));
    let text = std::fs::read_to_string(&file).map_err(Error::file(&file))?;
    sources.literals.0.extend(Literals::of(&text).0);
    Ok(sources.literals)
}

impl Sources {
    /// The further names that fields are read by.
    pub(crate) fn spellings(&self) -> BTreeSet<String> {
        let names = self.fields.iter().flat_map(|field| &field.also_read);
        names.cloned().collect()
    }

    /// Adds what stands in a file.
    pub(crate) fn read(&mut self, file: &str, text: &str) -> Result<()> {
        let parsed = syn::parse_file(text).map_err(|source| Error::Source {
            path: file.to_owned(),
            source,
        })?;
        self.literals.0.extend(Literals::of(text).0);
        Reader {
            file,
            sources: self,
        }
        .items(&parsed.items);
        Ok(())
    }
}

struct Reader<'a> {
    file: &'a str,
    sources: &'a mut Sources,
}

impl Reader<'_> {
    fn at(&self, span: Span) -> At {
        At {
            file: self.file.to_owned(),
            line: span.start().line,
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Mod(module) if !is_for_tests(&module.attrs) => {
                    let content = module.content.as_ref();
                    content.iter().for_each(|(_, items)| self.items(items));
                }
                Item::Struct(item) if is_public(&item.vis) => {
                    self.searchable(&item.ident, &item.attrs);
                    let on_wire = is_on_wire(&item.attrs);
                    self.fields(&item.ident, &item.fields, on_wire, is_public);
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    self.searchable(&item.ident, &item.attrs);
                    let on_wire = is_on_wire(&item.attrs);
                    for variant in &item.variants {
                        self.searchable(&variant.ident, &variant.attrs);
                        // The fields of a variant are as public as the enum.
                        self.fields(&variant.ident, &variant.fields, on_wire, |_| true);
                    }
                }
                Item::Impl(item) => {
                    for item in &item.items {
                        if let syn::ImplItem::Fn(function) = item
                            && is_public(&function.vis)
                        {
                            self.function(&function.sig.ident, &function.attrs);
                        }
                    }
                }
                Item::Fn(item) if is_public(&item.vis) => {
                    self.function(&item.sig.ident, &item.attrs);
                }
                Item::Type(item) if is_public(&item.vis) => {
                    self.searchable(&item.ident, &item.attrs);
                }
                Item::Macro(item) if item.mac.path.is_ident("fields") => {
                    if let Ok(row) = item.mac.parse_body::<Row>() {
                        self.constants(row);
                    }
                }
                _ => {}
            }
        }
    }

    fn fields(
        &mut self,
        owner: &Ident,
        fields: &Fields,
        on_wire: bool,
        is_public: fn(&Visibility) -> bool,
    ) {
        for field in fields.iter().filter(|field| is_public(&field.vis)) {
            let Some(ident) = &field.ident else { continue };
            self.searchable(ident, &field.attrs);
            let docs = wire_line(&docs(&field.attrs));
            if !on_wire {
                self.mention(ident, docs);
                continue;
            }
            let name = ident.unraw().to_string();
            let serde = Serde::of(&field.attrs);
            let at = self.at(ident.span());
            self.sources.fields.push(WireField {
                at,
                path: format!("{owner}::{name}"),
                wire: (!serde.flatten && !serde.skip).then(|| serde.rename.unwrap_or(name)),
                also_read: serde.aliases,
                aliases: doc_aliases(&field.attrs),
                docs,
            });
        }
    }

    fn function(&mut self, ident: &Ident, attrs: &[Attribute]) {
        self.mention(ident, wire_line(&docs(attrs)));
        self.searchable(ident, attrs);
    }

    fn searchable(&mut self, ident: &Ident, attrs: &[Attribute]) {
        self.sources.searchable.insert(ident.unraw().to_string());
        for text in doc_aliases(attrs) {
            let at = self.at(ident.span());
            self.sources.searchable.insert(text.clone());
            self.sources.aliases.push(Alias { at, text });
        }
    }

    fn mention(&mut self, ident: &Ident, docs: Option<WireLine>) {
        if let Some(WireLine { names, .. }) = docs {
            let at = self.at(ident.span());
            self.sources.mentions.push(Mention { at, names });
        }
    }

    fn constants(&mut self, row: Row) {
        for (name, path) in row.constants {
            let at = self.at(path.span());
            self.sources.constants.push(RowConstant {
                at,
                row: row.name.clone(),
                name: name.to_string(),
                path: path.value(),
            });
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_doc(attribute: &Attribute) -> bool {
    attribute.path().is_ident("doc")
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let mut cfgs = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    cfgs.any(|cfg| {
        cfg.meta
            .require_list()
            .is_ok_and(|list| list.tokens.to_string().contains("test"))
    })
}

/// Whether serde reads or writes the type by its fields.
fn is_on_wire(attributes: &[Attribute]) -> bool {
    let mut derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    derives.any(|derive| {
        let paths = derive.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
        paths.is_ok_and(|paths| {
            let mut names = paths.iter().filter_map(|path| path.segments.last());
            names.any(|name| name.ident == "Serialize" || name.ident == "Deserialize")
        })
    })
}

/// What `#[serde(…)]` says about a field.
#[derive(Default)]
struct Serde {
    rename: Option<String>,
    aliases: BTreeSet<String>,
    flatten: bool,
    skip: bool,
}

impl Serde {
    fn of(attributes: &[Attribute]) -> Self {
        let mut serde = Self::default();
        for attribute in attributes.iter().filter(|one| one.path().is_ident("serde")) {
            // What is not read here is not about names; what serde cannot read does not compile.
            let _ = attribute.parse_nested_meta(|meta| {
                let value = match meta.input.peek(Token![=]) {
                    true => text(&meta.value()?.parse::<Expr>()?),
                    false => None,
                };
                if meta.path.is_ident("rename") {
                    serde.rename = value;
                } else if meta.path.is_ident("alias") {
                    serde.aliases.extend(value);
                } else if meta.path.is_ident("flatten") {
                    serde.flatten = true;
                } else if meta.path.is_ident("skip") {
                    serde.skip = true;
                }
                Ok(())
            });
        }
        serde
    }
}

/// The text of a literal.
fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The doc comment, in one line.
fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| is_doc(attribute));
    let lines = lines.filter_map(|attribute| {
        let line = attribute.meta.require_name_value().ok()?;
        Some(text(&line.value)?.trim().to_owned())
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// The names in `#[doc(alias = "…")]`.
fn doc_aliases(attributes: &[Attribute]) -> BTreeSet<String> {
    let mut aliases = BTreeSet::new();
    for attribute in attributes.iter().filter(|attribute| is_doc(attribute)) {
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("alias") {
                aliases.insert(meta.value()?.parse::<LitStr>()?.value());
            }
            Ok(())
        });
    }
    aliases
}

/// The `Wire:` line of a doc comment, if it gives names.
fn wire_line(docs: &str) -> Option<WireLine> {
    let (_, line) = docs.split_once("Wire: ")?;
    let line = line.strip_prefix("the parameter ").unwrap_or(line);
    let line = line.strip_prefix("the header ").unwrap_or(line);
    let (names, rest) = codes(line);
    if names.is_empty() {
        return None;
    }
    let also_read = rest.split_once("also read as ");
    Some(WireLine {
        names,
        also_read: also_read
            .map(|(_, names)| codes(names).0.into_iter().collect())
            .unwrap_or_default(),
    })
}

/// The pieces of code at the beginning of a text, as in `` `a`, or `b` and `c` ``, and the rest.
fn codes(mut text: &str) -> (Vec<String>, &str) {
    const BETWEEN: [&str; 6] = ["`, or `", "`, and `", "`, `", "` or `", "` and `", "`"];
    let mut codes = Vec::new();
    let Some(start) = text.strip_prefix('`') else {
        return (codes, text);
    };
    text = start;
    while let Some(end) = text.find('`') {
        codes.push(text[..end].to_owned());
        text = &text[end..];
        let separator = BETWEEN.iter().find(|between| text.starts_with(**between));
        let separator = separator.copied().unwrap_or_default();
        text = &text[separator.len()..];
        if separator.len() <= 1 {
            break;
        }
    }
    (codes, text)
}

/// The body of `fields!`: a row's type, and a constant for each of its fields.
struct Row {
    name: String,
    constants: Vec<(Ident, LitStr)>,
}

impl Parse for Row {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse::<Ident>()?.to_string();
        let body;
        syn::braced!(body in input);
        let mut constants = Vec::new();
        while !body.is_empty() {
            body.call(Attribute::parse_outer)?;
            let constant = body.parse()?;
            body.parse::<Token![:]>()?;
            body.parse::<Type>()?;
            body.parse::<Token![=]>()?;
            constants.push((constant, body.parse()?));
            body.parse::<Token![;]>()?;
        }
        Ok(Self { name, constants })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(docs: &str) -> Vec<String> {
        wire_line(docs).map_or(Vec::new(), |line| line.names)
    }

    #[test]
    fn a_wire_line_gives_the_names_at_its_beginning() {
        let line = wire_line("The date. Wire: `time`, also read as `a` and `b` (finding O-01).");
        let line = line.unwrap();
        assert_eq!(line.names, ["time"]);
        assert_eq!(
            line.also_read,
            BTreeSet::from(["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(
            names("Wire: `a`, or `b` and `c`, or `d`."),
            ["a", "b", "c", "d"]
        );
        assert_eq!(names("Wire: the parameter `filter`."), ["filter"]);
        assert_eq!(names("Wire: `date`, as `dd/MM/yyyy` in UTC."), ["date"]);
        assert_eq!(names("Wire: 4."), [""; 0]);
        assert_eq!(names("`id`"), [""; 0]);
    }
}
