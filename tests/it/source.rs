//! Reads Rust source just well enough to say which paths a file names.
//!
//! Comments, strings and everything under `#[cfg(test)]` do not count as naming a path. `use` trees,
//! `self`, `super` and names bound by an earlier `use` are followed. Not covered: what a macro makes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::Chars;
use std::{fs, io};

/// One file, as tokens.
pub(crate) struct Source {
    /// Relative to the root of the repository, with `/`.
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    /// Every path that the file names outside its tests, in order.
    pub(crate) names: Vec<Named>,
}

/// A word, a number, `::` or one other character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
    /// Stands under `#[cfg(test)]`.
    pub(crate) test: bool,
}

/// A path that a file names, as far from its crate's root as could be told. A glob ends in `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

impl Source {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let mut tokens = tokenize(text);
        mark_tests(
            &mut tokens,
            file.ends_with("/tests.rs") || file.contains("/tests/"),
        );
        let names = names(&module_of(file), &tokens);
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            tokens,
            names,
        }
    }
}

/// Every `.rs` file below `folder`, which may be absent, in the order of their names.
pub(crate) fn walk(root: &Path, folder: &str) -> io::Result<Vec<Source>> {
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files)?;
    files.sort();
    let mut sources = Vec::new();
    for path in files {
        let relative = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        sources.push(Source::new(&relative, &fs::read_to_string(&path)?));
    }
    Ok(sources)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// `src/domain/order.rs` → `crate::domain::order`; a root file → `crate`.
fn module_of(file: &str) -> Vec<String> {
    let inside = file.split_once("src/").map_or(file, |(_, inside)| inside);
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut module = vec!["crate".to_owned()];
    if !matches!(stem, "lib" | "main") && !stem.starts_with("bin/") {
        module.extend(stem.split('/').map(str::to_owned));
    }
    module
}

fn names(module: &[String], tokens: &[Token]) -> Vec<Named> {
    let tokens: Vec<_> = tokens.iter().filter(|token| !token.test).cloned().collect();
    let mut reader = Reader {
        tokens: &tokens,
        module,
        inline: Vec::new(),
        depth: 0,
        bound: BTreeMap::new(),
        named: Vec::new(),
    };
    reader.read();
    reader.named
}

struct Reader<'a> {
    tokens: &'a [Token],
    module: &'a [String],
    /// Inline modules around the current token, with the brace depth of their bodies.
    inline: Vec<(String, usize)>,
    depth: usize,
    /// What each name that a `use` brought in stands for.
    bound: BTreeMap<String, Vec<String>>,
    named: Vec<Named>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            let next = at.saturating_add(1);
            at = match token.text.as_str() {
                "use" => self.use_tree(next, &[]),
                "extern" if self.text(next) == "crate" => {
                    let name = self.text(next.saturating_add(1)).to_owned();
                    self.name(vec![name], token.line);
                    next
                }
                "mod" if self.text(next.saturating_add(1)) == "{" => {
                    let name = self.text(next).to_owned();
                    self.inline.push((name, self.depth.saturating_add(1)));
                    next
                }
                "{" => {
                    self.depth = self.depth.saturating_add(1);
                    next
                }
                "}" => {
                    if self
                        .inline
                        .last()
                        .is_some_and(|(_, depth)| *depth == self.depth)
                    {
                        self.inline.pop();
                    }
                    self.depth = self.depth.saturating_sub(1);
                    next
                }
                _ if is_word(token) && self.text(next) == "::" && self.starts_path(at) => {
                    self.expression(at)
                }
                _ => next,
            };
        }
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// False in the middle of a path, as after `Vec::<u8>::`; true after a leading `::`.
    fn starts_path(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).and_then(|at| self.tokens.get(at));
        match (before(2), before(1)) {
            (Some(left), Some(colons)) if colons.text == "::" => !is_word(left) && left.text != ">",
            _ => true,
        }
    }

    /// A path outside `use`; returns where it ends.
    fn expression(&mut self, start: usize) -> usize {
        let mut segments = vec![self.text(start).to_owned()];
        let mut at = start.saturating_add(1);
        while self.text(at) == "::" {
            let Some(segment) = self.tokens.get(at.saturating_add(1)).filter(|t| is_word(t)) else {
                break;
            };
            segments.push(segment.text.clone());
            at = at.saturating_add(2);
        }
        let line = self.tokens.get(start).map_or(0, |token| token.line);
        let segments = self.resolve(segments);
        self.name(segments, line);
        at
    }

    /// One branch of a `use`; returns where it ends.
    fn use_tree(&mut self, start: usize, prefix: &[String]) -> usize {
        let mut path = prefix.to_vec();
        let mut at = start;
        let line = self.tokens.get(start).map_or(0, |token| token.line);
        loop {
            let next = at.saturating_add(1);
            match self.text(at) {
                "::" => at = next,
                "{" => {
                    at = next;
                    while !matches!(self.text(at), "}" | ";" | "") {
                        at = self.use_tree(at, &path);
                        if self.text(at) == "," {
                            at = at.saturating_add(1);
                        }
                    }
                    return at.saturating_add(1);
                }
                "self" if !path.is_empty() => at = next,
                "as" => {
                    let alias = self.text(next).to_owned();
                    self.bind(path, Some(alias), line);
                    return next.saturating_add(1);
                }
                "," | ";" | "}" | "" => {
                    self.bind(path, None, line);
                    return at;
                }
                segment => {
                    path.push(segment.to_owned());
                    at = next;
                }
            }
        }
    }

    fn bind(&mut self, path: Vec<String>, alias: Option<String>, line: usize) {
        let path = self.resolve(path);
        if let Some(name) = alias.or_else(|| path.last().cloned())
            && name != "*"
            && path.len() > 1
        {
            self.bound.insert(name, path.clone());
        }
        self.name(path, line);
    }

    fn resolve(&self, path: Vec<String>) -> Vec<String> {
        let Some(first) = path.first() else {
            return path;
        };
        let mut rest = path.iter().skip(1).cloned().collect::<Vec<_>>();
        let mut from = match first.as_str() {
            "self" | "super" => {
                let inline = self.inline.iter().map(|(name, _)| name.clone());
                self.module.iter().cloned().chain(inline).collect()
            }
            name => match self.bound.get(name) {
                Some(meaning) => meaning.clone(),
                None => return path,
            },
        };
        if first == "super" {
            from.pop();
            while rest.first().is_some_and(|segment| segment == "super") {
                rest.remove(0);
                from.pop();
            }
        }
        from.extend(rest);
        from
    }

    fn name(&mut self, segments: Vec<String>, line: usize) {
        self.named.push(Named { segments, line });
    }
}

fn is_word(token: &Token) -> bool {
    token
        .text
        .starts_with(|c: char| c == '_' || c.is_alphabetic())
}

/// Marks what follows each `#[cfg(test)]` to the end of that item, or everything.
fn mark_tests(tokens: &mut [Token], all: bool) {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut starts = Vec::new();
    for (at, window) in tokens.windows(ATTRIBUTE.len()).enumerate() {
        if window.iter().map(|token| token.text.as_str()).eq(ATTRIBUTE) {
            starts.push(at);
        }
    }
    for start in starts {
        let mut depth = 0_usize;
        for token in tokens.iter_mut().skip(start) {
            token.test = true;
            match token.text.as_str() {
                "{" => depth = depth.saturating_add(1),
                "}" if depth <= 1 => break,
                "}" => depth = depth.saturating_sub(1),
                ";" if depth == 0 => break,
                _ => {}
            }
        }
    }
    if all {
        for token in tokens {
            token.test = true;
        }
    }
}

fn tokenize(text: &str) -> Vec<Token> {
    let mut cursor = Cursor {
        rest: text.chars(),
        line: 1,
    };
    let mut tokens: Vec<Token> = Vec::new();
    while let Some(c) = cursor.peek() {
        let line = cursor.line;
        if cursor.at("//") {
            cursor.take(|c| c != '\n');
        } else if cursor.at("/*") {
            cursor.block_comment();
        } else if c == '"' {
            cursor.string();
        } else if c == '\'' {
            cursor.quote();
        } else if c.is_whitespace() {
            cursor.bump();
        } else if word_char(c) {
            let after_dot = tokens.last().is_some_and(|token| token.text == ".");
            let mut text = cursor.take(word_char);
            if matches!(text.as_str(), "r" | "br" | "cr") && cursor.raw_string() {
                continue;
            }
            if c.is_ascii_digit() && !after_dot && cursor.fraction() {
                cursor.bump();
                text.push('.');
                text.push_str(&cursor.take(word_char));
            }
            tokens.push(Token {
                text,
                line,
                test: false,
            });
        } else {
            cursor.bump();
            let mut text = String::from(c);
            if c == ':' && cursor.at(":") {
                cursor.bump();
                text.push(':');
            }
            tokens.push(Token {
                text,
                line,
                test: false,
            });
        }
    }
    tokens
}

fn word_char(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

struct Cursor<'a> {
    rest: Chars<'a>,
    line: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn at(&self, text: &str) -> bool {
        self.rest.as_str().starts_with(text)
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.line = self.line.saturating_add(1);
        }
        Some(c)
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek().filter(|c| wanted(*c)) {
            taken.push(c);
            self.bump();
        }
        taken
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            if self.at("/*") {
                depth = depth.saturating_add(1);
                self.bump();
            } else if self.at("*/") {
                depth = depth.saturating_sub(1);
                self.bump();
            }
            if self.bump().is_none() || depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.bump();
        while let Some(c) = self.bump() {
            match c {
                '"' => return,
                '\\' => {
                    self.bump();
                }
                _ => {}
            }
        }
    }

    /// The rest of a raw string after its `r`; false, and nothing taken, when there is none.
    fn raw_string(&mut self) -> bool {
        let hashes: String = self.rest.clone().take_while(|c| *c == '#').collect();
        if !self.rest.as_str().trim_start_matches('#').starts_with('"') {
            return false;
        }
        let end = format!("\"{hashes}");
        self.take(|c| c == '#');
        self.bump();
        while !self.at(&end) && self.bump().is_some() {}
        for _ in end.chars() {
            self.bump();
        }
        true
    }

    /// A character literal or a lifetime.
    fn quote(&mut self) {
        self.bump();
        match self.bump() {
            Some('\\') => {
                self.bump();
                self.take(|c| c != '\'');
                self.bump();
            }
            _ if self.at("'") => {
                self.bump();
            }
            _ => {
                self.take(word_char);
            }
        }
    }

    /// Whether `.` and a digit follow, as in `1.5` but not in `1..5`.
    fn fraction(&self) -> bool {
        let mut ahead = self.rest.clone();
        ahead.next() == Some('.') && ahead.next().is_some_and(|c| c.is_ascii_digit())
    }
}
