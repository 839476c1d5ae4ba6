//! Tells the readers of a published copy of a course how to verify their own accounts.
//!
//! A copy counts as published if the book's configuration has the address of its sources. The two commands are meant to
//! be pasted into a shell, so an address with special characters of a shell is not shown.

use mdbook_preprocessor::config::{Config, HtmlConfig};

use super::{Placement, command};
use course::Options;

/// How a reader gets the course and its live book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The repository's address, for `git clone`.
    url: String,
    /// The folder that Git creates for it.
    folder: String,
    /// The command that serves the live book in that folder.
    serve: String,
}

impl Published {
    /// The published copy that a book's configuration describes.
    pub fn of(config: &Config, options: &Options) -> Option<Published> {
        let html: HtmlConfig = config.html_config()?;
        let (url, folder) = repository(html.git_repository_url.as_deref()?)?;
        let serve = options.serve.clone().unwrap_or_else(|| "verify serve --open".to_owned());
        Some(Published { url, folder, serve })
    }

    /// The lines of a widget; `anyone` says whether the copy shows anyone's verdicts.
    pub(super) fn lines(&self, anyone: bool) -> String {
        let whose = if anyone { "" } else { "No account was read for this copy. " };
        let hint = format!("{whose}On your machine, each step has a button that verifies it in your own accounts:");
        let clone = format!("git clone {} && cd {}", self.url, self.folder);
        format!("{}{}{}", Placement::Attribute.span("verify-hint", &hint), command(&clone), command(&self.serve))
    }
}

/// The hint about the buttons, for the first widget of a page. The live book's script replaces it.
pub fn hint(published: Option<&Published>, anyone: bool) -> String {
    let here = "With verify serve, each step of this book has a button.";
    published.map_or_else(|| Placement::Attribute.span("verify-hint", here), |published| published.lines(anyone))
}

/// The repository in an address of a book's sources, and the folder that Git creates for it.
fn repository(address: &str) -> Option<(String, String)> {
    let (scheme, rest) = address.split_once("://")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/".contains(c);
    if !["http", "https"].contains(&scheme) || !rest.chars().all(plain) {
        return None;
    }
    let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
    // Hosts show a folder of a repository as HOST/OWNER/NAME/tree/BRANCH/FOLDER, or with a dash before `tree`.
    let end = parts.iter().skip(3).position(|part| ["tree", "-"].contains(part)).map_or(parts.len(), |at| at + 3);
    let [host, .., name] = parts.get(..end)? else { return None };
    let folder = name.strip_suffix(".git").unwrap_or(name);
    let names = |text: &str| text.starts_with(|c: char| c.is_ascii_alphanumeric());
    (names(host) && names(folder)).then(|| (format!("{scheme}://{}", parts[..end].join("/")), folder.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn a_repository_is_found_in_the_address_of_its_sources() {
        for (address, url, folder) in [
            ("https://github.com/a/b", "https://github.com/a/b", "b"),
            ("https://github.com/a/b/", "https://github.com/a/b", "b"),
            ("https://github.com/a/b.git", "https://github.com/a/b.git", "b"),
            ("https://github.com/a/b/tree/main/book", "https://github.com/a/b", "b"),
            ("https://gitlab.com/a/group/b/-/tree/main/book", "https://gitlab.com/a/group/b", "b"),
            ("http://git.example:8080/b", "http://git.example:8080/b", "b"),
            ("https://github.com/tree/tree", "https://github.com/tree/tree", "tree"),
        ] {
            assert_eq!(repository(address), Some((url.to_owned(), folder.to_owned())), "{address}");
        }
    }

    #[test]
    fn other_addresses_are_not_shown() {
        for address in [
            "",
            "github.com/a/b",
            "https://",
            "https://github.com",
            "https://github.com/a/b;rm",
            "https://github.com/a/$(touch x)",
            "https://github.com/a/b c",
            "https://github.com/a/b\nc",
            "https://github.com/a/b?c=d&e",
            "https://user:secret@github.com/a/b",
            "https://github.com/a/-b",
            "https://github.com/a/..",
            "https://-github.com/a/b",
            "javascript://github.com/a/b",
            "ssh://github.com/a/b",
            "ext::sh -c x://a/b",
        ] {
            assert_eq!(repository(address), None, "{address}");
        }
    }
}
