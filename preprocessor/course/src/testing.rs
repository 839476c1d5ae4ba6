//! What tests of several modules need.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::check::Check;
use crate::course::Course;
use crate::param::Params;

/// A course of these checks, of which no lesson names any.
pub(crate) fn course(checks: impl IntoIterator<Item = (String, Check)>) -> Course {
    let course = Course {
        root: PathBuf::new(),
        title: "A course".into(),
        params: Params::new(),
        accounts: BTreeMap::new(),
        inputs: BTreeMap::new(),
        given: BTreeMap::new(),
        tables: BTreeMap::new(),
        checks: checks.into_iter().collect(),
        steps: Vec::new(),
    };
    course.with_a_step_for_each_check()
}
