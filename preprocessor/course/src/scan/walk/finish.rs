//! What a walk has found, in order.

use super::{Walk, Walked};
use crate::scan::braces;
use crate::scan::found::Misplaced;

impl Walk<'_> {
    pub(super) fn finish(mut self) -> Walked {
        let out_of_reach = std::mem::take(&mut self.out_of_reach).ranges(self.content);
        let contexts = std::mem::take(&mut self.contexts);
        self.unclosed(&contexts);
        self.scan.tables.extend(self.table.take());
        let Walk { mut scan, mut unmarked, mut remarks, checkboxes, content, params, .. } = self;
        for marked in [&mut scan.steps, &mut scan.open, &mut scan.none] {
            marked.sort_by_key(|marked| marked.comment.start);
        }
        // In a script or a style sheet, comments are code.
        scan.misplaced.retain(|Misplaced { range, .. }| {
            let nearest = out_of_reach.partition_point(|code| code.end <= range.start);
            out_of_reach.get(nearest).is_none_or(|code| range.start <= code.start)
        });
        scan.misplaced.sort_by_key(|misplaced| misplaced.range.start);
        unmarked.sort_by_key(|item| item.marker.start);
        remarks.sort_by_key(|remark| remark.start);
        (scan.holes, scan.nearly) = braces::find(content, params, &contexts, &out_of_reach);
        Walked { scan, unmarked, remarks, checkboxes }
    }
}
