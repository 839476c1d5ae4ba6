//! The functions that expressions can call.

use cel::common::types::{CelString, STRING_TYPE};
use cel::common::value::CowVal;
use cel::{Env, ExecutionError};
use std::sync::{Arc, OnceLock};

use super::{budget, counted, documents, lists, matching, policies, texts};

/// CEL's standard library and our own functions, which the course's reference documents.
pub(super) fn env() -> Arc<Env> {
    static ENV: OnceLock<Arc<Env>> = OnceLock::new();
    Arc::clone(ENV.get_or_init(|| {
        // With optional values, unreadable evidence would become `none`.
        let mut env = Env::stdlib().with_optional_support(false);
        // Declaring an overload fails only if it is declared twice.
        let declared = env.add_overload("fold", "fold_string", vec![STRING_TYPE], |args| {
            let Some(text) = args.first().and_then(|arg| arg.downcast_ref::<CelString>()) else {
                return Err(ExecutionError::FunctionError { function: "fold".into(), message: "takes text".into() });
            };
            let folded = evidence::fold::fold(text.inner());
            budget::spend(budget::of_bytes(folded.len()));
            Ok(CowVal::owned(CelString::from(folded)))
        });
        debug_assert!(declared.is_ok());
        counted::declare(&mut env);
        documents::declare(&mut env);
        lists::declare(&mut env);
        matching::declare(&mut env);
        policies::declare(&mut env);
        texts::declare(&mut env);
        Arc::new(env)
    }))
}
