//! What the documents point at is there: files, their headings, and the pages that are named in prose.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn links_of_the_documents_lead_somewhere() -> io::Result<()> {
    let mut documents = Vec::new();
    collect(Path::new(ROOT), &mut documents)?;
    assert!(documents.len() > 10, "{documents:?}");
    let mut broken = Vec::new();
    let mut followed = 0;
    for document in &documents {
        let text = without_code(&fs::read_to_string(document)?);
        let folder = document.parent().unwrap();
        for target in targets(&text) {
            followed += 1;
            if !leads_somewhere(document, folder, &target)? {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
        for page in named(&text) {
            if !Path::new(ROOT).join(&page).exists() {
                broken.push(format!("{}: {page}", document.display()));
            }
        }
    }
    assert!(followed > 50, "only {followed} links were found");
    assert!(broken.is_empty(), "{broken:#?}");
    Ok(())
}

#[test]
fn a_broken_link_is_found() -> io::Result<()> {
    let readme = Path::new(ROOT).join("README.md");
    let good = |target: &str| leads_somewhere(&readme, Path::new(ROOT), target);
    assert!(good("docs/api.md#keys")?);
    assert!(good("#try-it")?);
    assert!(good("https://example.org/x")?);
    assert!(!good("docs/nowhere.md")?);
    assert!(!good("docs/api.md#no-such-heading")?);
    assert!(!good("#no-such-heading")?);
    assert_eq!(targets("a [b](c.md#d) ![e](f.png)"), ["c.md#d", "f.png"]);
    assert_eq!(named("see docs/api.md, not docs/*.md"), ["docs/api.md"]);
    assert_eq!(
        without_code("a\n```\n[b](c)\n```\n`[d](e)` f\n"),
        "a\n\n f\n"
    );
    assert_eq!(
        anchor("`[[terminal]]`, one for each"),
        "terminal-one-for-each"
    );
    Ok(())
}

/// The documents below a folder that are the project's own.
fn collect(folder: &Path, documents: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "node_modules" {
                collect(&path, documents)?;
            }
        } else if name.ends_with(".md") {
            documents.push(path);
        }
    }
    Ok(())
}

/// Without what is shown as code: a link in there is not one.
fn without_code(text: &str) -> String {
    let mut is_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            prose.extend(line.split('`').step_by(2));
        }
        if !is_code {
            prose.push('\n');
        }
    }
    prose
}

/// The targets of links and pictures.
fn targets(text: &str) -> Vec<String> {
    let ends = text.split("](").skip(1);
    let targets = ends.filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.to_owned()).collect()
}

/// Pages that are named without a link.
fn named(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "/._-*".contains(c);
    let words = text.split(|c: char| !is_part(c));
    let pages = words.filter(|word| word.starts_with("docs/") && word.ends_with(".md"));
    let pages = pages.filter(|word| !word.contains('*'));
    pages.map(str::to_owned).collect()
}

fn leads_somewhere(document: &Path, folder: &Path, target: &str) -> io::Result<bool> {
    if target.starts_with("https://") {
        return Ok(true);
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = match file {
        "" => document.to_owned(),
        file => folder.join(file),
    };
    if heading.is_empty() || !file.is_file() {
        return Ok(file.exists());
    }
    let text = fs::read_to_string(file)?;
    let headings = text.lines().filter_map(|line| {
        let heading = line.trim_start_matches('#');
        (heading.len() < line.len()).then(|| anchor(heading.trim()))
    });
    Ok(headings.collect::<BTreeSet<_>>().contains(heading))
}

/// How a heading is pointed at.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}
