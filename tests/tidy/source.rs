//! A source file as rules see it: words and paths with their lines, test code set apart.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A word, sign or literal of the code.
#[derive(Debug, Clone)]
pub struct Word {
    pub text: String,
    pub kind: Kind,
    pub line: usize,
    /// How many inline modules it is in.
    pub depth: usize,
}

/// What a [`Word`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Name,
    Literal,
    Sign,
}

/// A name with its path, as in `tokio::spawn`; imports are spelled out one by one.
#[derive(Debug)]
pub struct Name {
    pub segments: Vec<String>,
    pub line: usize,
    pub depth: usize,
    /// Whether it calls a macro.
    pub is_macro: bool,
}

/// One file.
#[derive(Debug)]
pub struct Source {
    /// From the root of the project, as in `src/lib.rs`.
    pub path: String,
    pub text: String,
    /// All its code.
    pub all: Vec<Word>,
    /// Its code without what is only for tests.
    pub code: Vec<Word>,
}

/// Reads all Rust files below `folder`, in order.
pub fn read(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    find(&root.join(folder), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy();
        Source::new(&name, &fs::read_to_string(path).expect("a readable file"))
    };
    paths.iter().map(read).collect()
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            find(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let stream: TokenStream =
            text.parse().unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        let (mut all, mut code) = (Vec::new(), Vec::new());
        flatten(stream.clone(), 0, Keep::All, &mut all);
        flatten(stream, 0, Keep::WithoutTests, &mut code);
        Self { path: path.to_owned(), text: text.to_owned(), all, code }
    }

    /// Returns the names in the code that is not only for tests.
    pub fn names(&self) -> Vec<Name> {
        names(&self.code)
    }

    /// Returns the modules in other files that are only for tests, as path prefixes.
    pub fn test_modules(&self) -> Vec<String> {
        const CFG_TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
        let texts: Vec<_> = self.all.iter().map(|word| word.text.as_str()).collect();
        let declared = |at: usize| {
            let behind = texts[at..].strip_prefix(CFG_TEST.as_slice())?;
            let is_visibility = |text: &&str| ["pub", "(", "crate", "super", ")"].contains(text);
            let mut item = behind.iter().copied().skip_while(is_visibility);
            let (keyword, name, end) = (item.next()?, item.next()?, item.next()?);
            (keyword == "mod" && end == ";").then(|| format!("{}/{name}", self.folder()))
        };
        (0..texts.len()).filter_map(declared).collect()
    }

    /// Returns the folder in which the file's child modules are.
    fn folder(&self) -> &str {
        let is_root = ["/mod.rs", "/lib.rs", "/main.rs"].iter().any(|end| self.path.ends_with(end));
        if is_root {
            self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
        } else {
            self.path.trim_end_matches(".rs")
        }
    }

    /// Returns the module path of the file: `["store", "journal"]`.
    pub fn module(&self) -> Vec<&str> {
        self.folder().split('/').skip(1).collect()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Keep {
    All,
    WithoutTests,
}

fn flatten(stream: TokenStream, depth: usize, keep: Keep, words: &mut Vec<Word>) {
    let trees: Vec<_> = stream.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if keep == Keep::WithoutTests && is_test_attribute(&trees[at..]) {
            at += length_of_item(&trees[at..]);
            continue;
        }
        if is_doc(&trees[at..]) {
            at += 2;
            continue;
        }
        let inside = depth + usize::from(is_body_of_module(&trees[..at]));
        put(&trees[at], depth, inside, keep, words);
        at += 1;
    }
}

fn put(tree: &TokenTree, depth: usize, inside: usize, keep: Keep, words: &mut Vec<Word>) {
    let mut word = |text: String, kind, line| words.push(Word { text, kind, line, depth });
    let kind = match tree {
        TokenTree::Ident(_) => Kind::Name,
        TokenTree::Literal(_) => Kind::Literal,
        TokenTree::Punct(_) | TokenTree::Group(_) => Kind::Sign,
    };
    let TokenTree::Group(group) = tree else {
        return word(tree.to_string(), kind, tree.span().start().line);
    };
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    };
    word(open.to_owned(), kind, group.span_open().start().line);
    flatten(group.stream(), inside, keep, words);
    let line = group.span_close().start().line;
    words.push(Word { text: close.to_owned(), kind, line, depth });
}

/// Says whether an item starts here that is compiled for tests alone.
fn is_test_attribute(trees: &[TokenTree]) -> bool {
    let [TokenTree::Punct(hash), TokenTree::Group(group), ..] = trees else { return false };
    let text = group.stream().to_string().replace(' ', "");
    hash.as_char() == '#' && (text.starts_with("cfg(test)") || text.starts_with("cfg(all(test,"))
}

/// Says whether a comment starts here that is seen as an attribute: words for people, not code.
fn is_doc(trees: &[TokenTree]) -> bool {
    let [first, second, ..] = trees else { return false };
    let TokenTree::Group(group) = second else { return false };
    let is_sign = matches!(first, TokenTree::Punct(sign) if "#!".contains(sign.as_char()));
    is_sign && group.stream().to_string().starts_with("doc =")
}

/// Returns how many trees an item takes, its attributes included.
fn length_of_item(trees: &[TokenTree]) -> usize {
    let ends = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(sign) => sign.as_char() == ';',
        _ => false,
    };
    trees.iter().position(ends).map_or(trees.len(), |end| end + 1)
}

fn is_body_of_module(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(keyword), TokenTree::Ident(_)] if keyword == "mod")
}

fn names(words: &[Word]) -> Vec<Name> {
    let mut names = Vec::new();
    let mut at = 0;
    while at < words.len() {
        // Not the `use<…>` of a type.
        if words[at].text == "use" && words.get(at + 1).is_some_and(|next| next.text != "<") {
            at = import(words, at + 1, &mut Vec::new(), &mut names);
            continue;
        }
        if !is_word(&words[at]) {
            at += 1;
            continue;
        }
        let (line, depth) = (words[at].line, words[at].depth);
        let mut segments = vec![words[at].text.clone()];
        while is_path_sign(words, at + 1) && words.get(at + 3).is_some_and(is_word) {
            at += 3;
            segments.push(words[at].text.clone());
        }
        at += 1;
        let is_macro = words.get(at).is_some_and(|word| word.text == "!");
        names.push(Name { segments, line, depth, is_macro });
    }
    names
}

/// Spells out the import that starts at `at`; returns where it ends.
fn import(words: &[Word], mut at: usize, prefix: &mut Vec<String>, names: &mut Vec<Name>) -> usize {
    let length = prefix.len();
    while at < words.len() {
        let word = &words[at];
        match word.text.as_str() {
            "{" => at = import_group(words, at + 1, prefix, names),
            ";" | "," | "}" => break,
            "as" => at += 2,
            _ => {
                if is_word(word) || word.text == "*" {
                    prefix.push(word.text.clone());
                    if !is_path_sign(words, at + 1) {
                        let (segments, line) = (prefix.clone(), word.line);
                        names.push(Name { segments, line, depth: word.depth, is_macro: false });
                    }
                }
                at += 1;
            }
        }
    }
    prefix.truncate(length);
    at
}

fn import_group(
    words: &[Word],
    mut at: usize,
    prefix: &mut Vec<String>,
    names: &mut Vec<Name>,
) -> usize {
    while at < words.len() && words[at].text != "}" {
        at = import(words, at, prefix, names);
        at += usize::from(words.get(at).is_some_and(|word| word.text == ","));
    }
    at + 1
}

fn is_path_sign(words: &[Word], at: usize) -> bool {
    words.get(at..at + 2).is_some_and(|signs| signs.iter().all(|sign| sign.text == ":"))
}

fn is_word(word: &Word) -> bool {
    word.kind == Kind::Name
}
