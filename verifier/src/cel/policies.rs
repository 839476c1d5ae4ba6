//! Functions about the statements of a bucket's policy, in the section `s3`. What cannot be decided is an error, which CEL's logic absorbs or
//! passes on like any other. The evidence contains the reason, as something unreadable.

use cel::common::types::{CelBool, CelList, CelString, DYN_TYPE, LIST_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};

use super::own_value::failed;
use super::value::Fields;
use evidence::bucket_policy::{Condition, Statement};
use evidence::condition::{Caller, Organization};
use evidence::statement;

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Done<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// Why `allows` and the others do not take a statement of `policy(text)`: what it does depends on its service.
pub(crate) const NOT_OF_A_BUCKET: &str = "this function takes only statements of a bucket's policy in `s3.buckets`: \
    compare the actions, resources and principals of `policy(text)` yourself";

/// Declares the functions.
pub(crate) fn declare(env: &mut Env) {
    // Declaring an overload fails only if it is declared twice.
    for declared in [
        env.add_overload("allows", "allows_statement", vec![DYN_TYPE, STRING_TYPE, LIST_TYPE], allows),
        env.add_overload("denies", "denies_statement", vec![DYN_TYPE, STRING_TYPE, LIST_TYPE], denies),
        env.add_overload("allows_others", "allows_others_statement", vec![DYN_TYPE, LIST_TYPE], allows_others),
    ] {
        debug_assert!(declared.is_ok());
    }
}

fn allows<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    applies("allows", &args, statement::allows)
}

fn denies<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    applies("denies", &args, statement::denies)
}

fn allows_others<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let [about, ours] = args.as_slice() else {
        return Err(failed("allows_others", "takes a statement and ids".into()));
    };
    let ours = texts(ours.as_ref())?;
    let ours: Vec<&str> = ours.iter().map(String::as_str).collect();
    answer("allows_others", statement::allows_others(&read(about.as_ref())?, &ours))
}

fn applies<'b, 'v>(
    name: &str,
    args: &Args<'b, 'v>,
    decide: fn(&Statement, &str, Caller<'_>) -> Option<bool>,
) -> Done<'b, 'v> {
    let wrong = || failed(name, "takes a statement, an action, and the ids of an account and its organization".into());
    let [about, action, who] = args.as_slice() else { return Err(wrong()) };
    let action = action.downcast_ref::<CelString>().ok_or_else(wrong)?.inner();
    let who = texts(who.as_ref())?;
    let (account, organization) = match who.as_slice() {
        [account] => (account, Organization::Unknown),
        [account, none] if none.is_empty() => (account, Organization::None),
        [account, id] => (account, Organization::Is(id)),
        _ => return Err(wrong()),
    };
    answer(name, decide(&read(about.as_ref())?, action, Caller { account: Some(account), organization }))
}

fn answer<'b, 'v>(name: &str, decided: Option<bool>) -> Done<'b, 'v> {
    let undecided = || failed(name, "the account does not decide what the statement does".into());
    decided.map(|decided| CowVal::owned(CelBool::from(decided))).ok_or_else(undecided)
}

/// The part of a statement that decides.
fn read(about: &dyn Val) -> Result<Statement, ExecutionError> {
    super::counted::looked_through(about);
    if about.downcast_ref::<Fields>().is_some_and(Fields::is_of_a_policy) {
        return Err(failed("policy", NOT_OF_A_BUCKET.to_owned()));
    }
    let list = |name: &str| texts_of(about, name);
    let conditions = field(about, "conditions", |conditions| {
        let conditions = conditions.downcast_ref::<CelList>().ok_or_else(|| no_text("conditions"))?;
        conditions.inner().iter().map(|one| condition(one.as_ref())).collect()
    })?;
    Ok(Statement {
        effect: text_of(about, "effect")?.ok_or_else(|| no_text("effect"))?,
        accounts: list("accounts")?,
        others: list("others")?,
        not_principals: list("not_principals")?,
        reads: list("reads")?,
        touches: list("touches")?,
        unclear: list("unclear")?,
        elsewhere: field(about, "elsewhere", |is| Ok(is.downcast_ref::<CelBool>().is_some_and(|is| *is.inner())))?
            .unwrap_or_default(),
        conditions: conditions.unwrap_or_default(),
        principals: list("principals")?,
        ..Statement::default()
    })
}

fn condition(about: &dyn Val) -> Result<Condition, ExecutionError> {
    Ok(Condition {
        operator: text_of(about, "operator")?.unwrap_or_default(),
        key: text_of(about, "key")?.unwrap_or_default(),
        values: texts_of(about, "values")?,
        value: text_of(about, "value")?,
    })
}

/// A field of a record, if AWS has a value for it. A map that is no evidence has all fields or is no statement.
fn field<T>(
    record: &dyn Val,
    name: &str,
    read: impl FnOnce(&dyn Val) -> Result<T, ExecutionError>,
) -> Result<Option<T>, ExecutionError> {
    let is_evidence = record.downcast_ref::<Fields>().is_some();
    let Some(record) = record.as_indexer() else { return Err(failed(name, "is a field of a statement".into())) };
    let key = CelString::from(name.to_owned());
    match record.get(&key) {
        Err(ExecutionError::NoSuchKey(_)) if is_evidence => Ok(None),
        Err(error) => Err(error),
        Ok(value) => read(value.as_ref()).map(Some),
    }
}

fn text_of(record: &dyn Val, name: &str) -> Result<Option<String>, ExecutionError> {
    field(record, name, |value| {
        value.downcast_ref::<CelString>().map(|text| text.inner().to_owned()).ok_or_else(|| no_text(name))
    })
}

fn texts_of(record: &dyn Val, name: &str) -> Result<Vec<String>, ExecutionError> {
    field(record, name, texts).map(Option::unwrap_or_default)
}

fn texts(list: &dyn Val) -> Result<Vec<String>, ExecutionError> {
    let list = list.downcast_ref::<CelList>().ok_or_else(|| no_text("it"))?;
    let texts = list.inner().iter().map(|one| one.downcast_ref::<CelString>().map(|text| text.inner().to_owned()));
    texts.collect::<Option<Vec<String>>>().ok_or_else(|| no_text("it"))
}

fn no_text(what: &str) -> ExecutionError {
    failed(what, "is not valid in a statement".into())
}
