//! Lists of which some part could not be read.

use cel::ExecutionError;
use cel::common::traits::{self, Indexer, Iterable};
use cel::common::types::{CelInt, CelList};
use cel::common::value::{CowVal, StaticVal, Val};
use std::sync::Arc;

use super::own_value::{failed, value_of};

/// A list of which some part could not be read. `exists` can find an element in the part that was read. Everything that
/// needs the whole list fails: its size, an element after those that were read, or that an element is absent.
#[derive(Debug, Clone)]
pub struct PartialList {
    known: Arc<Vec<Box<dyn Val>>>,
    /// How many of them have a known index in the list: those before the first unread element.
    placed: usize,
}

/// The placeholder for the unread part of a list.
#[derive(Debug, Clone)]
struct NotRead;

/// The only placeholder, which lists lend to loops.
static NOT_READ: NotRead = NotRead;

impl PartialList {
    /// A list of the elements that were read. The first `placed` of them have a known index.
    pub fn new(known: Vec<Box<dyn Val>>, placed: usize) -> PartialList {
        PartialList { known: Arc::new(known), placed }
    }
}

/// Whether an element that is lent to a loop was read, see [`super::guard::EACH`].
///
/// # Errors
/// For the unread part of a list.
pub fn there(element: &dyn Val) -> Result<(), ExecutionError> {
    if is_not_read(element) { Err(not_read()) } else { Ok(()) }
}

/// Whether a value is the placeholder for an unread part.
pub(crate) fn is_not_read(value: &dyn Val) -> bool {
    value.downcast_ref::<NotRead>().is_some()
}

/// The error for the unread part.
pub fn not_read() -> ExecutionError {
    failed("read", "a part of the list could not be read".to_owned())
}

/// The elements of a list, and whether they are complete; `None` for other values.
pub fn elements<'e, 'v>(value: &'e (dyn Val + 'v)) -> Option<(&'e [Box<dyn Val + 'v>], bool)> {
    let whole = value.downcast_ref::<CelList>().map(|list| (list.inner(), true));
    whole.or_else(|| value.downcast_ref::<PartialList>().map(|list| (list.known.as_slice(), false)))
}

impl Val for PartialList {
    value_of!(LIST_TYPE, Indexer, Iterable);
}

impl StaticVal for PartialList {}

impl Iterable for PartialList {
    fn iter<'b, 'v>(&'b self) -> Box<dyn traits::Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Elements::new(&self.known, false))
    }
}

/// The elements that were read, and the placeholder for the others.
pub(super) struct Elements<'b> {
    known: std::slice::Iter<'b, Box<dyn Val>>,
    ended: bool,
}

impl<'b> Elements<'b> {
    /// These elements; `whole`: whether there are no others.
    pub(super) fn new(known: &'b [Box<dyn Val>], whole: bool) -> Elements<'b> {
        Elements { known: known.iter(), ended: whole }
    }
}

impl<'b, 'v> traits::Iterator<'b, 'v> for Elements<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        if let Some(known) = self.known.next() {
            return Some(known.as_ref());
        }
        let first = !std::mem::replace(&mut self.ended, true);
        first.then_some(&NOT_READ)
    }
}

impl Indexer for PartialList {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let at = key.downcast_ref::<CelInt>().and_then(|at| usize::try_from(*at.inner()).ok());
        match at.filter(|at| *at < self.placed).and_then(|at| self.known.get(at)) {
            Some(value) => Ok(CowVal::Borrowed(value.as_ref())),
            None => Err(not_read()),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

impl Val for NotRead {
    value_of!(DYN_TYPE);
}

impl StaticVal for NotRead {}
