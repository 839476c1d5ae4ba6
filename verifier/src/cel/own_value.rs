//! What all values of ours have in common: how they fail, and what is noted where they cannot.

use cel::ExecutionError;
use std::cell::Cell;

/// What every value of ours answers in the same way.
macro_rules! value_of {
    ($kind:ident) => {
        fn get_type(&self) -> &cel::common::types::Type {
            <Self as cel::common::value::Val>::cel_type()
        }

        fn cel_type() -> &'static cel::common::types::Type {
            &cel::common::types::$kind
        }

        fn clone_as_boxed<'v>(&self) -> Box<dyn cel::common::value::Val + 'v> {
            Box::new(self.clone())
        }

        fn as_any(&self) -> Option<&dyn std::any::Any> {
            Some(self)
        }
    };
}
pub(super) use value_of;

/// Any other error than `NoSuchKey`, which `has()` would take for absence.
pub(super) fn failed(function: &str, message: String) -> ExecutionError {
    ExecutionError::FunctionError { function: function.to_owned(), message }
}

thread_local! {
    /// Whether maps with something unreadable were compared: `==` cannot fail, so it is noted beside.
    static COMPARED_UNREADABLE: Cell<bool> = const { Cell::new(false) };
}

/// Runs an evaluation, and tells whether it compared maps that hold something unreadable.
pub(crate) fn noting_comparisons<T>(evaluate: impl FnOnce() -> T) -> (T, bool) {
    COMPARED_UNREADABLE.set(false);
    let value = evaluate();
    (value, COMPARED_UNREADABLE.get())
}

/// Notes that something was compared that holds something unreadable.
pub(super) fn note_unreadable() {
    COMPARED_UNREADABLE.set(true);
}
