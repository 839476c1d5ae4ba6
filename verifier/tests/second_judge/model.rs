//! Generated accounts: what was read of them, and what was not.

use evidence::{UNREADABLE, time};
use proptest::prelude::*;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::answer::Answer;
use crate::common::NOW;

/// Something that was read, or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Field<T> {
    Known(T),
    Unread(Why),
}
pub use Field::{Known, Unread};

/// Why something was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Denied,
    Throttled,
    Incomplete,
    /// AWS refuses the call to everybody in the account.
    NotHere,
}

impl<T> Field<T> {
    /// A property of the value; undecided if the value was not read.
    pub fn is(&self, asked: impl FnOnce(&T) -> Answer) -> Answer {
        match self {
            Known(value) => asked(value),
            Unread(_) => Answer::CantTell,
        }
    }

    pub fn holds(&self, asked: impl FnOnce(&T) -> bool) -> Answer {
        self.is(|value| Answer::of(asked(value)))
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Known(value) => value.serialize(serializer),
            Unread(why) => unread(*why).serialize(serializer),
        }
    }
}

pub fn unread(why: Why) -> serde_json::Value {
    let code = match why {
        Why::Denied => "denied",
        Why::Throttled => "throttled",
        Why::Incomplete => "incomplete-answer",
        Why::NotHere => "not-available-here",
    };
    json!({ UNREADABLE: [{ "code": code, "account": "production", "message": "It was not read." }] })
}

/// A time, in seconds from the time of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    pub fn text(self) -> String {
        time::from_secs(NOW + self.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

pub fn why() -> impl Strategy<Value = Why> {
    prop_oneof![Just(Why::Throttled), Just(Why::Denied), Just(Why::Incomplete)]
}

/// Reasons of reads that AWS refuses to everybody in some accounts.
pub fn why_or_refused() -> impl Strategy<Value = Why> {
    prop_oneof![2 => why(), 1 => Just(Why::NotHere)]
}

/// A value that was usually read.
pub fn field<S: Strategy>(value: S) -> impl Strategy<Value = Field<S::Value>>
where
    S::Value: Clone,
{
    prop_oneof![12 => value.prop_map(Known), 1 => why().prop_map(Unread)]
}

/// A list that may have been read in part. Its last entry then says so.
pub fn partly<S: Strategy>(
    item: S,
    count: std::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = Vec<Field<S::Value>>>
where
    S::Value: Clone + 'static,
{
    (prop::collection::vec(item.prop_map(Known), count), prop::option::weighted(0.1, why())).prop_map(
        |(mut all, cut)| {
            all.extend(cut.map(Unread));
            all
        },
    )
}
