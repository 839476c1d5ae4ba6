//! The common parts of our own value types, and how they fail.

use cel::ExecutionError;

/// Implements what all our value types have in common, and says which more of CEL's traits the type has.
macro_rules! value_of {
    ($kind:ident) => {
        value_of!($kind,);
    };
    ($kind:ident, $($trait:ident),*) => {
        $(value_of!(@ $trait);)*

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
    (@ Container) => {
        fn as_container(&self) -> Option<&dyn cel::common::traits::Container> {
            Some(self)
        }
    };
    (@ Indexer) => {
        fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn cel::common::traits::Indexer + 'v)>
        where
            Self: 'v,
        {
            Some(self)
        }
    };
    (@ Iterable) => {
        fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn cel::common::traits::Iterable + 'v)>
        where
            Self: 'v,
        {
            Some(self)
        }
    };
}
pub(super) use value_of;

/// An error other than `NoSuchKey`, which `has()` would treat as absent.
pub(super) fn failed(function: &str, message: String) -> ExecutionError {
    ExecutionError::FunctionError { function: function.to_owned(), message }
}
