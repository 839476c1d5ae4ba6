//! The changes of a renaming: a diff of each file.

use course::terminal::Text;

use super::import::diff;
use crate::rename::ChangedFile;

/// All changes.
pub(crate) fn text(changed: &[ChangedFile]) -> Text {
    let mut out = Text::new();
    for ChangedFile { old, new, before, after } in changed {
        diff(&mut out, (old, new), before, after);
    }
    out
}
