//! The station's own pages, for a shop without a POS app of its own: the pickup counter and the till.
//! They are apps like any other, on the same API; here they are only kept.
//!
//! Everything is in the program itself, as it stands in `page/assets`. `posd.js` there is compiled from
//! `clients/typescript`.

/// A file that a browser may fetch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// Where it is: the path of its address.
    path: &'static str,
    /// Its media type.
    pub(crate) kind: &'static str,
    /// What stands in it.
    pub(crate) body: &'static str,
}

/// The file at an address.
pub(crate) fn find(path: &str) -> Option<Page> {
    PAGES.iter().find(|page| page.path == path).copied()
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const TEXTS: &str = "application/json";

/// A row of the table: where it is, its media type, its file.
macro_rules! page {
    ($path:literal, $kind:expr, $file:literal) => {
        Page {
            path: $path,
            kind: $kind,
            body: include_str!(concat!("page/assets/", $file)),
        }
    };
}

const PAGES: &[Page] = &[
    page!("/", HTML, "index.html"),
    page!("/counter", HTML, "counter.html"),
    page!("/till", HTML, "till.html"),
    page!("/page.css", STYLE, "page.css"),
    page!("/posd.js", SCRIPT, "posd.js"),
    page!("/ui.js", SCRIPT, "ui.js"),
    page!("/shell.js", SCRIPT, "shell.js"),
    page!("/payment.js", SCRIPT, "payment.js"),
    page!("/counter.js", SCRIPT, "counter.js"),
    page!("/till.js", SCRIPT, "till.js"),
    page!("/texts/en.json", TEXTS, "texts/en.json"),
    page!("/texts/nb.json", TEXTS, "texts/nb.json"),
    page!("/texts/da.json", TEXTS, "texts/da.json"),
    page!("/texts/sv.json", TEXTS, "texts/sv.json"),
    page!("/texts/lt.json", TEXTS, "texts/lt.json"),
    page!("/texts/de.json", TEXTS, "texts/de.json"),
];
